"""Read what a person was told about promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.people.queries import Viewer

SHOWN = 50
ITEMS = 10


@dataclass(frozen=True, slots=True)
class Notice:
    id: int
    at: datetime
    count: int
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
        SELECT n.id, n.at, n.count, n.read_at, NOT EXISTS (SELECT FROM notice_items i
            WHERE i.notice_id = n.id AND i.acknowledged_at IS NULL) AS acknowledged
        FROM notices n WHERE n.user_id = $1 ORDER BY n.minute DESC LIMIT {SHOWN}
        """,
        viewer.id,
    )
    return tuple(Notice(**row) for row in found)


async def items(notice_ids: Sequence[int], *, viewer: Viewer) -> Mapping[int, list[Item]]:
    """Return the first promises of each notice, of tickets that this person may see."""
    found = await sql.rows(
        f"""
        SELECT i.* FROM unnest($1::bigint[]) AS g(notice_id) CROSS JOIN LATERAL (
            SELECT i.notice_id, i.ticket_id, t.number, t.contact_name, t.subject, i.target, i.percent,
                i.due_at
            FROM notice_items i JOIN tickets t ON t.id = i.ticket_id
            WHERE i.notice_id = g.notice_id AND t.team_id = ANY($2::bigint[])
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
