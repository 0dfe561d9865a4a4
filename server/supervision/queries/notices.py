"""Read what a person was told: about promises, and about the house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.kit.limits import COUNT_CAP
from server.people.queries import Viewer

SHOWN = 50
ITEMS = 10
ALARMS = 20


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody was told in one go; ``promises`` counts no further than a list shows."""

    id: int
    at: datetime
    promises: int
    alarm_ids: tuple[int, ...]
    messages: int
    read_at: datetime | None
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One promise that a notice is about."""

    notice_id: int
    ticket_id: int
    number: int
    contact_name: str
    subject: str
    target: str
    percent: int
    due_at: datetime | None


async def notices(viewer: Viewer) -> tuple[Notice, ...]:
    """Return a person's newest notices."""
    found = await sql.rows(
        f"""
        SELECT n.id, n.at, n.read_at,
            (SELECT count(DISTINCT (c.ticket_id, c.target, c.turn)) FROM (
                SELECT i.ticket_id, i.target, i.turn FROM notice_items i WHERE i.notice_id = n.id
                LIMIT {COUNT_CAP}) AS c) AS promises,
            ARRAY(SELECT a.alarm_id FROM notice_alarms a WHERE a.notice_id = n.id ORDER BY 1 DESC LIMIT {ALARMS})
                AS alarm_ids,
            (SELECT count(*) FROM notice_messages m WHERE m.notice_id = n.id) AS messages,
            NOT EXISTS (SELECT FROM notice_items i WHERE i.notice_id = n.id AND i.acknowledged_at IS NULL)
                AND NOT EXISTS (SELECT FROM notice_alarms a WHERE a.notice_id = n.id AND a.acknowledged_at IS NULL)
                AS acknowledged
        FROM notices n WHERE n.user_id = $1 ORDER BY n.minute DESC LIMIT {SHOWN}
        """,
        viewer.id,
    )
    return tuple(Notice(**{**row, "alarm_ids": tuple(row["alarm_ids"])}) for row in found)


async def newest(viewer: Viewer, *, kinds: Sequence[str]) -> tuple[datetime, int, int] | None:
    """Return when this person was last told of something of these kinds and has not read it, and how much."""
    row = await sql.row(
        """
        SELECT n.at, (
                SELECT count(DISTINCT (i.ticket_id, i.target, i.turn)) FROM notice_items i WHERE i.notice_id = n.id
            ) AS promises,
            (SELECT count(*) FROM notice_alarms a WHERE a.notice_id = n.id) AS alarms
        FROM notices n WHERE n.user_id = $1 AND n.read_at IS NULL AND (
            ('trouble' = ANY($2::text[]) AND EXISTS (SELECT FROM notice_alarms a WHERE a.notice_id = n.id))
            OR EXISTS (SELECT FROM notice_items i WHERE i.notice_id = n.id AND CASE WHEN i.percent < 100
                THEN 'warning' WHEN i.percent = 100 THEN 'breach' ELSE 'escalation' END = ANY($2::text[])))
        ORDER BY n.minute DESC LIMIT 1
        """,
        viewer.id,
        list(kinds),
    )
    return (row["at"], row["promises"], row["alarms"]) if row else None


@dataclass(frozen=True, slots=True)
class Words:
    """What a supervisor said to a team."""

    author: str
    text: str
    at: datetime


async def messages(notice_ids: Sequence[int]) -> Mapping[int, list[Words]]:
    """Return what supervisors said in each notice, the newest first."""
    found = await sql.rows(
        """
        SELECT n.notice_id, u.name AS author, m.text, m.at
        FROM notice_messages n JOIN team_messages m ON m.id = n.message_id JOIN users u ON u.id = m.author_id
        WHERE n.notice_id = ANY($1::bigint[]) ORDER BY m.id DESC
        """,
        list(notice_ids),
    )
    made: dict[int, list[Words]] = {}
    for row in found:
        made.setdefault(row["notice_id"], []).append(Words(row["author"], row["text"], row["at"]))
    return made


async def items(notice_ids: Sequence[int], *, viewer: Viewer) -> Mapping[int, list[Item]]:
    """Return the first promises of each notice, of tickets that this person may see.

    Of the steps of one promise the furthest is told.
    """
    found = await sql.rows(
        f"""
        SELECT i.* FROM unnest($1::bigint[]) AS g(notice_id) CROSS JOIN LATERAL (
            SELECT i.notice_id, i.ticket_id, t.number, t.contact_name, t.subject, i.target, i.percent,
                i.due_at
            FROM (
                SELECT DISTINCT ON (s.ticket_id, s.target, s.turn) s.* FROM notice_items s
                WHERE s.notice_id = g.notice_id ORDER BY s.ticket_id, s.target, s.turn, s.percent DESC
            ) AS i JOIN tickets t ON t.id = i.ticket_id
            WHERE t.team_id = ANY($2::bigint[])
            ORDER BY i.percent DESC, i.due_at, i.ticket_id LIMIT {ITEMS}
        ) AS i
        """,
        list(notice_ids),
        list(viewer.team_ids),
    )
    made: dict[int, list[Item]] = {}
    for row in found:
        made.setdefault(row["notice_id"], []).append(Item(**row))
    return made
