"""Which tickets stand together.

A merge is a link that leads up; the last ticket on the way is the root, in which the conversation goes on.
Everything merged into a ticket, however far down, is its family.
"""

from collections.abc import Collection

from server.db import sql
from server.kit.limits import MERGED_TOGETHER
from server.people.queries import Viewer

# The limits keep each step to the index, however many merges there are: how few it needs, no plan can know.
INTO = "CROSS JOIN LATERAL (SELECT * FROM ticket_merges WHERE ticket_id = {one} LIMIT 1) AS m"
"""What the ticket {one} is merged into."""
FROM = f"CROSS JOIN LATERAL (SELECT * FROM ticket_merges WHERE into_id = {{one}} LIMIT {MERGED_TOGETHER}) AS m"
"""What is merged into the ticket {one}."""
BELOW = f"""below AS (
    SELECT {{root}}::bigint AS id, true AS active, 0 AS depth
    UNION ALL
    SELECT m.ticket_id, b.active AND m.status NOT IN ('resolved', 'closed'), depth + 1
    FROM below b {FROM.format(one="b.id")} WHERE depth < {MERGED_TOGETHER}
)"""
"""The ticket {root} and its family; ``active`` are those whose matter was not settled when they were merged."""
UP = f"""WITH RECURSIVE up AS (
    SELECT unnest($1::bigint[]) AS first, unnest($1::bigint[]) AS id, 0 AS depth
    UNION ALL
    SELECT up.first, m.into_id, depth + 1 FROM up {INTO.format(one="up.id")}
    WHERE depth < {MERGED_TOGETHER}
)"""


async def root_of(ticket_id: int) -> int:
    """Return the ticket in which this one's conversation goes on: itself, unless it is merged."""
    return (await roots_of([ticket_id]))[ticket_id]


async def way_up(ticket_id: int) -> tuple[int, ...]:
    """Return a ticket and what it is merged into, one after the other, the root last."""
    found = await sql.rows(f"{UP} SELECT id FROM up ORDER BY depth", [ticket_id])
    return tuple(row["id"] for row in found)


async def roots_of(ticket_ids: Collection[int]) -> dict[int, int]:
    """Return the root of each of these tickets."""
    if not ticket_ids:
        return {}
    found = await sql.rows(
        f"{UP} SELECT DISTINCT ON (first) first, id FROM up ORDER BY first, depth DESC",
        sorted(set(ticket_ids)),
    )
    return {row["first"]: row["id"] for row in found}


async def together(ticket_id: int) -> tuple[int, ...]:
    """Return the ids of a ticket and its family."""
    found = await sql.rows(
        f"WITH RECURSIVE {BELOW.format(root='$1')} SELECT id FROM below ORDER BY id", ticket_id
    )
    return tuple(row["id"] for row in found)


async def families_of(root_ids: Collection[int]) -> dict[int, int]:
    """Return every ticket that stands with one of these roots, and with which."""
    found = await sql.rows(
        f"""
        WITH RECURSIVE standing AS (
            SELECT unnest($1::bigint[]) AS root, unnest($1::bigint[]) AS id, 0 AS depth
            UNION ALL
            SELECT s.root, m.ticket_id, depth + 1 FROM standing s {FROM.format(one="s.id")}
            WHERE depth < {MERGED_TOGETHER}
        ) SELECT root, id FROM standing
        """,
        sorted(root_ids),
    )
    return {row["id"]: row["root"] for row in found}


async def seen_at(viewer: Viewer, ticket_id: int) -> int | None:
    """Return where this person reads what was said on a ticket: the last one on its way up that they may open."""
    found: int | None = await sql.value(
        f"""
        {UP} SELECT up.id FROM up JOIN tickets t ON t.id = up.id
        WHERE t.team_id = ANY($2::bigint[]) ORDER BY depth DESC LIMIT 1
        """,
        [ticket_id],
        viewer.team_ids,
    )
    return found


async def sees(viewer: Viewer, ticket_id: int) -> bool:
    """Say whether this person may see what was said on a ticket: on its own, or with one it was merged into."""
    return await seen_at(viewer, ticket_id) is not None


async def merged_numbers(ticket_ids: Collection[int]) -> dict[int, int]:
    """Return the numbers of the tickets in which those of these go on that are merged."""
    if not ticket_ids:
        return {}
    found = await sql.rows(
        f"""
        {UP} SELECT root.first, t.number
        FROM (SELECT DISTINCT ON (first) first, id FROM up ORDER BY first, depth DESC) AS root
        JOIN tickets t ON t.id = root.id WHERE root.id <> root.first
        """,
        sorted(set(ticket_ids)),
    )
    return {row["first"]: row["number"] for row in found}
