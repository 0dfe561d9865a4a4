"""The tree of topics."""

from dataclasses import dataclass

from server.db import sql
from server.tickets.queries.lists import Named

MANY = 1000
DEPTH = 8


@dataclass(frozen=True, slots=True)
class Topic:
    """One node of the tree; ``depth`` 0 is the top."""

    topic: Named
    depth: int


async def tree() -> tuple[Topic, ...]:
    """Return all topics, each before what lies under it, neighbours by their position."""
    found = await sql.rows(
        """
        WITH RECURSIVE tree AS (
            SELECT id, name_ar, name_en, 0 AS depth, ARRAY[position::bigint, id] AS path
            FROM topics WHERE parent_id IS NULL AND removed_at IS NULL
            UNION ALL
            SELECT t.id, t.name_ar, t.name_en, depth + 1, path || t.position::bigint || t.id
            FROM topics t JOIN tree ON t.parent_id = tree.id WHERE depth + 1 < $2 AND t.removed_at IS NULL
        )
        SELECT id, name_ar, name_en, depth FROM tree ORDER BY path LIMIT $1
        """,
        MANY,
        DEPTH,
    )
    return tuple(
        Topic(Named(row["id"], row["name_ar"], row["name_en"]), row["depth"]) for row in found
    )
