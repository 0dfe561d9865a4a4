"""Read what tags are called."""

from collections.abc import Collection

from routing.text import normalise
from server.db import sql

MANY = 5000


async def called(ids: Collection[int]) -> dict[int, str]:
    """Return what tags are called."""
    if not ids:
        return {}
    found = await sql.rows("SELECT id, name FROM tags WHERE id = ANY($1::bigint[])", sorted(ids))
    return {row["id"]: row["name"] for row in found}


async def called_like(said: str) -> list[str]:
    """Return the tags that are called so, however they are spelled; ``said`` is normalised."""
    found = await sql.rows(f"SELECT name FROM tags ORDER BY id LIMIT {MANY}")
    return [
        row["name"]
        for row in found
        if normalise(row["name"]).replace(" ", "_") in {said, said.replace(" ", "_")}
    ]
