"""Read what tags are called."""

from collections.abc import Collection

from server.db import sql


async def called(ids: Collection[int]) -> dict[int, str]:
    """Return what tags are called."""
    if not ids:
        return {}
    found = await sql.rows("SELECT id, name FROM tags WHERE id = ANY($1::bigint[])", sorted(ids))
    return {row["id"]: row["name"] for row in found}
