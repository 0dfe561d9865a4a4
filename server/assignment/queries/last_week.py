"""Read what came lately, for those who want to know what a rule would have made of it."""

from collections.abc import Collection
from datetime import datetime
from math import ceil

from server.db import sql
from server.people.queries import Viewer

SAMPLE = 1000


async def came_since(since: datetime) -> int:
    """Count the tickets that came since then."""
    return int(
        await sql.value(
            """
            SELECT coalesce(sum(n.came), 0) FROM teams g CROSS JOIN LATERAL (
                SELECT count(*) AS came FROM tickets WHERE team_id = g.id AND created_at >= $1) AS n
            """,
            since,
        )
    )


async def beginnings(*, since: datetime, came: int, limit: int = SAMPLE) -> tuple[int, ...]:
    """Return the first messages of tickets since then, the newest first; of many, one in so many."""
    found = await sql.rows(
        """
        SELECT m.id FROM teams g CROSS JOIN LATERAL (
            SELECT id, created_at, row_number() OVER (ORDER BY created_at DESC) AS place
            FROM tickets WHERE team_id = g.id AND created_at >= $1
        ) AS t CROSS JOIN LATERAL (
            SELECT id FROM messages WHERE ticket_id = t.id AND direction = 'in' AND automatic IS NULL
            ORDER BY seq LIMIT 1
        ) AS m
        WHERE t.place % $2 = 0 ORDER BY t.created_at DESC LIMIT $3
        """,
        since,
        max(1, ceil(came / limit)),
        limit,
    )
    return tuple(row["id"] for row in found)


async def message_of(number: int, place: int, *, viewer: Viewer) -> int | None:
    """Return the citizen's message of this place, counted from 1, in a ticket that the viewer may see."""
    found: int | None = await sql.value(
        """
        SELECT m.id FROM tickets t JOIN messages m ON m.ticket_id = t.id AND m.direction = 'in'
        WHERE t.number = $1 AND t.team_id = ANY($2::bigint[]) ORDER BY m.seq OFFSET $3 LIMIT 1
        """,
        number,
        viewer.team_ids,
        place - 1,
    )
    return found


async def seen_by(viewer: Viewer, ticket_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Return number and subject of those of these tickets that the viewer may see."""
    found = await sql.rows(
        """
        SELECT id, number, subject FROM tickets WHERE id = ANY($1::bigint[]) AND team_id = ANY($2::bigint[])
        """,
        list(ticket_ids),
        viewer.team_ids,
    )
    return {row["id"]: (row["number"], row["subject"]) for row in found}
