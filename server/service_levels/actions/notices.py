"""Tell people about promises: in one notice a minute each, however many promises it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.db import sql
from server.people.queries import Viewer

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Telling:
    """Somebody is to hear of one step of one clock."""

    ticket_id: int
    target: str
    turn: int
    percent: int
    at: datetime
    due_at: datetime | None
    to: str
    user_id: int | None


async def tell(tellings: Sequence[Telling], *, now: datetime) -> list[tuple[int, ...]]:
    """Write notices; return who was told of each. A promise that somebody has taken note of tells nobody else."""
    if not tellings:
        return []
    found = await sql.rows(
        """
        SELECT n, CASE
            WHEN EXISTS (SELECT FROM notice_items i WHERE i.ticket_id = w.ticket_id
                AND i.target = w.target AND i.turn = w.turn AND i.acknowledged_at IS NOT NULL) THEN '{}'
            WHEN w.to_whom = 'user' THEN ARRAY(SELECT id FROM users WHERE id = w.user_id AND active)
            WHEN w.to_whom = 'agent' AND u.id IS NOT NULL THEN ARRAY[u.id]
            WHEN EXISTS (SELECT FROM memberships m JOIN users s ON s.id = m.user_id AND s.active
                WHERE m.team_id = t.team_id AND m.role = 'supervisor')
            THEN ARRAY(SELECT m.user_id FROM memberships m JOIN users s ON s.id = m.user_id AND s.active
                WHERE m.team_id = t.team_id AND m.role = 'supervisor' ORDER BY 1)
            ELSE ARRAY(SELECT id FROM users WHERE administrator AND active ORDER BY 1) END AS people
        FROM unnest($1::bigint[], $2::text[], $3::int[], $4::text[], $5::bigint[])
            WITH ORDINALITY AS w(ticket_id, target, turn, to_whom, user_id, n)
        JOIN tickets t ON t.id = w.ticket_id LEFT JOIN users u ON u.id = t.assignee_id AND u.active
        ORDER BY n
        """,
        [one.ticket_id for one in tellings],
        [one.target for one in tellings],
        [one.turn for one in tellings],
        [one.to for one in tellings],
        [one.user_id for one in tellings],
    )
    people = [tuple(row["people"]) for row in found]
    items = [
        (person, one.ticket_id, one.target, one.turn, one.percent, one.at, one.due_at)
        for one, told in zip(tellings, people, strict=True)
        for person in told
    ]
    if items:
        await _write(items, now=now)
    return people


async def _write(items: Sequence[Sequence[object]], *, now: datetime) -> None:
    columns = sql.columns(items, 7)
    minute = now.replace(second=0, microsecond=0)
    # In order of people, so that two loops that tell the same ones wait and do not lock each other out.
    await sql.run(
        """
        INSERT INTO notices (user_id, minute, at, count)
        SELECT user_id, $2, $3, count(*) FROM unnest($1::bigint[]) AS w(user_id)
        GROUP BY user_id ORDER BY user_id
        ON CONFLICT (user_id, minute) DO UPDATE
            SET count = notices.count + excluded.count, at = excluded.at, read_at = NULL
        """,
        columns[0],
        minute,
        now,
    )
    await sql.run(
        """
        INSERT INTO notice_items (notice_id, ticket_id, target, turn, percent, at, due_at)
        SELECT n.id, w.ticket_id, w.target, w.turn, w.percent, w.at, w.due_at
        FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::int[], $6::smallint[], $7::timestamptz[],
                    $8::timestamptz[]) AS w(user_id, ticket_id, target, turn, percent, at, due_at)
        JOIN notices n ON n.user_id = w.user_id AND n.minute = $1
        ON CONFLICT DO NOTHING
        """,
        minute,
        *columns,
    )


async def read_notices(viewer: Viewer, *, now: datetime) -> None:
    """Mark all of a person's notices as seen."""
    await sql.run(
        "UPDATE notices SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL", viewer.id, now
    )


async def acknowledge(notice_id: int, *, by: Viewer, now: datetime) -> None:
    """Take note of everything in a notice: nobody further up is told of these promises."""
    await sql.run(
        """
        UPDATE notice_items i SET acknowledged_at = $3 FROM notices n
        WHERE n.id = $1 AND n.user_id = $2 AND i.notice_id = n.id AND i.acknowledged_at IS NULL
        """,
        notice_id,
        by.id,
        now,
    )
    await sql.run(
        "UPDATE notices SET read_at = coalesce(read_at, $3) WHERE id = $1 AND user_id = $2",
        notice_id,
        by.id,
        now,
    )


async def forget_notices(*, now: datetime) -> None:
    """Drop notices that are long past; the events stay."""
    await sql.run("DELETE FROM notices WHERE at < $1", now - KEPT)
