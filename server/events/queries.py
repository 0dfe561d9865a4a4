"""Read events: a ticket's, and the tail that followers keep a cursor in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.db import sql


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it was written."""

    id: int
    xid: int
    ticket_id: int
    seq: int
    kind: str
    data: dict[str, Any]
    at: datetime
    actor_id: int | None


async def of_ticket(ticket_id: int, *, after: int = 0, limit: int = 500) -> tuple[Stored, ...]:
    """Return a ticket's newest events above ``after``, oldest first."""
    found = await sql.rows(
        """
        SELECT * FROM (
            SELECT id, xid::text::bigint AS xid, ticket_id, seq, kind, data, at, actor_id FROM events
            WHERE ticket_id = $1 AND seq > $2 ORDER BY seq DESC LIMIT $3
        ) AS newest ORDER BY seq
        """,
        ticket_id,
        after,
        limit,
    )
    return tuple(_stored(row) for row in found)


async def tail(cursor: tuple[int, int], *, limit: int = 500) -> tuple[Stored, ...]:
    """Return what follows ``(xid, id)`` and can no longer be overtaken by a slower transaction."""
    found = await sql.rows(
        """
        SELECT id, xid::text::bigint AS xid, ticket_id, seq, kind, data, at, actor_id FROM events
        WHERE (xid, id) > ($1::text::xid8, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY xid, id LIMIT $3
        """,
        str(cursor[0]),
        cursor[1],
        limit,
    )
    return tuple(_stored(row) for row in found)


def _stored(row: Any) -> Stored:
    return Stored(**{**row, "data": sql.load(row["data"])})
