"""Take up tickets that are older than the search, or than its way of reading; goes on where it stopped."""

from server.db import sql
from server.kit.work import transaction
from server.search.actions.keep import rebuild

VERSION = 1
"""Raise it when words are read differently, and every ticket is read again."""
BATCH = 100


async def take_up(*, limit: int = BATCH) -> int:
    """Write the terms of the next tickets; return how many there were."""
    async with transaction():
        progress = await sql.row(
            "SELECT version, done_id, until_id FROM search_progress FOR UPDATE SKIP LOCKED"
        )
        if progress is None:
            return 0
        done, until = progress["done_id"], progress["until_id"]
        if progress["version"] != VERSION:
            done, until = 0, await sql.value("SELECT coalesce(max(id), 0) FROM tickets")
        elif done >= until:
            return 0
        found = await sql.rows(
            "SELECT id FROM tickets WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3 FOR UPDATE",
            done,
            until,
            limit,
        )
        if found:
            await rebuild([row["id"] for row in found])
        await sql.run(
            "UPDATE search_progress SET version = $1, done_id = $2, until_id = $3",
            VERSION,
            found[-1]["id"] if found else until,
            until,
        )
    return len(found)
