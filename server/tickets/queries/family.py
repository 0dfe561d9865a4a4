"""Which tickets stand together: a merged ticket, what it is merged into, and what was merged before.

A merge is a link that leads up; the last ticket on the way is the root. Everything merged into a ticket,
however far down, is its family.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.kit.limits import MERGED_TOGETHER
from server.tickets.queries.lists import Someone

BELOW = f"""below AS (
    SELECT {{root}}::bigint AS id, true AS active, 0 AS depth
    UNION ALL
    SELECT m.ticket_id, b.active AND m.status NOT IN ('resolved', 'closed'), depth + 1
    FROM below b JOIN ticket_merges m ON m.into_id = b.id WHERE depth < {MERGED_TOGETHER}
)"""
"""The ticket {root} and its family; ``active`` are those whose matter was not settled when they were merged."""
_UP = f"""WITH RECURSIVE up AS (
    SELECT unnest($1::bigint[]) AS first, unnest($1::bigint[]) AS id, 0 AS depth
    UNION ALL
    SELECT up.first, m.into_id, depth + 1 FROM up JOIN ticket_merges m ON m.ticket_id = up.id
    WHERE depth < {MERGED_TOGETHER}
)"""


@dataclass(frozen=True, slots=True)
class Member:
    """A merged ticket; ``status`` is what it had before, ``into_id`` what it was merged into itself."""

    id: int
    number: int
    subject: str
    contact_id: int
    contact_name: str
    team_id: int
    status: str
    into_id: int
    merged_at: datetime
    merged_by: Someone


async def root_of(ticket_id: int) -> int:
    """Return the ticket in which this one's conversation goes on: itself, unless it is merged."""
    return (await roots_of([ticket_id]))[ticket_id]


async def roots_of(ticket_ids: Collection[int]) -> dict[int, int]:
    """Return the root of each of these tickets."""
    if not ticket_ids:
        return {}
    found = await sql.rows(
        f"{_UP} SELECT DISTINCT ON (first) first, id FROM up ORDER BY first, depth DESC",
        sorted(set(ticket_ids)),
    )
    return {row["first"]: row["id"] for row in found}


async def family(ticket_id: int) -> tuple[Member, ...]:
    """Return what is merged into this ticket, directly or not, the earliest merge first.

    Whoever may see a ticket may see its family: the viewer's right to the ticket was checked before.
    """
    found = await sql.rows(
        f"""
        WITH RECURSIVE {BELOW.format(root="$1")}
        SELECT t.id, t.number, t.subject, t.contact_id, t.contact_name, t.team_id, m.status, m.into_id,
            m.merged_at, m.merged_by, u.name AS merged_by_name
        FROM below b JOIN ticket_merges m ON m.ticket_id = b.id
        JOIN tickets t ON t.id = b.id JOIN users u ON u.id = m.merged_by
        WHERE b.id <> $1 ORDER BY m.merged_at, t.id LIMIT {MERGED_TOGETHER}
        """,
        ticket_id,
    )
    return tuple(
        Member(
            id=row["id"],
            number=row["number"],
            subject=row["subject"],
            contact_id=row["contact_id"],
            contact_name=row["contact_name"],
            team_id=row["team_id"],
            status=row["status"],
            into_id=row["into_id"],
            merged_at=row["merged_at"],
            merged_by=Someone(row["merged_by"], row["merged_by_name"]),
        )
        for row in found
    )
