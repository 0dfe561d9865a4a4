"""Tell people about promises: who it is that hears of a step, and what they do with their notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.alarms import actions as alarms
from server.alarms.kinds import Item, kind_of
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.work import transaction
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
    """Write notices; return who was told of each."""
    if not tellings:
        return []
    found = await sql.rows(
        """
        SELECT n, CASE
            WHEN w.to_whom = 'user' THEN ARRAY(SELECT id FROM users WHERE id = w.user_id AND active)
            WHEN w.to_whom = 'agent' AND u.id IS NOT NULL THEN ARRAY[u.id]
            WHEN EXISTS (SELECT FROM memberships m JOIN users s ON s.id = m.user_id AND s.active
                WHERE m.team_id = t.team_id AND m.role = 'supervisor')
            THEN ARRAY(SELECT m.user_id FROM memberships m JOIN users s ON s.id = m.user_id AND s.active
                WHERE m.team_id = t.team_id AND m.role = 'supervisor' ORDER BY 1)
            ELSE ARRAY(SELECT id FROM users WHERE administrator AND active ORDER BY 1) END AS people
        FROM unnest($1::bigint[], $2::text[], $3::bigint[])
            WITH ORDINALITY AS w(ticket_id, to_whom, user_id, n)
        JOIN tickets t ON t.id = w.ticket_id LEFT JOIN users u ON u.id = t.assignee_id AND u.active
        ORDER BY n
        """,
        [one.ticket_id for one in tellings],
        [one.to for one in tellings],
        [one.user_id for one in tellings],
    )
    people = [tuple(row["people"]) for row in found]
    await alarms.tell(
        [
            (person, _item(one))
            for one, told in zip(tellings, people, strict=True)
            for person in told
        ],
        now=now,
    )
    return people


def _item(one: Telling) -> Item:
    return Item(
        kind_of(one.percent),
        one.at,
        one.ticket_id,
        one.target,
        one.turn,
        one.percent,
        one.due_at,
    )


async def read_notices(viewer: Viewer, *, now: datetime) -> None:
    """Mark all of a person's notices as seen."""
    await sql.run(
        "UPDATE notices SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL", viewer.id, now
    )


async def acknowledge(notice_id: int, *, by: Viewer, now: datetime) -> None:
    """Take note of everything in a notice: nobody further up is told of these promises."""
    async with transaction():
        await _acknowledge(notice_id, by=by, now=now)


async def _acknowledge(notice_id: int, *, by: Viewer, now: datetime) -> None:
    await sql.run(
        """
        SELECT FROM tickets t WHERE t.id IN (
            SELECT i.ticket_id FROM notice_items i JOIN notices n ON n.id = i.notice_id
            WHERE n.id = $1 AND n.user_id = $2 AND i.acknowledged_at IS NULL
        ) ORDER BY t.id FOR UPDATE
        """,
        notice_id,
        by.id,
    )
    noted = await sql.rows(
        """
        WITH noted AS (
            UPDATE notice_items i SET acknowledged_at = $3 FROM notices n
            WHERE n.id = $1 AND n.user_id = $2 AND i.notice_id = n.id AND i.acknowledged_at IS NULL
            RETURNING i.ticket_id, i.target, i.turn, i.percent
        )
        SELECT ticket_id, target, turn, max(percent) AS percent FROM noted
        GROUP BY ticket_id, target, turn ORDER BY ticket_id, target, turn
        """,
        notice_id,
        by.id,
        now,
    )
    await emit([_noted(row, notice_id, by=by) for row in noted], at=now)
    await sql.run(
        """
        UPDATE notice_alarms i SET acknowledged_at = $3 FROM notices n
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


def _noted(row: Any, notice_id: int, *, by: Viewer) -> Event:
    data = {
        "notice": notice_id,
        "clock": row["target"],
        "turn": row["turn"],
        "percent": row["percent"],
    }
    return Event(row["ticket_id"], "notice_acknowledged", data, by.id)


async def forget_notices(*, now: datetime) -> None:
    """Drop notices that are long past; the events stay."""
    await sql.run("DELETE FROM notices WHERE at < $1", now - KEPT)
