"""Read the nightly checks of clocks."""

from datetime import date

from server.db import sql


async def unfinished(*, since: date) -> tuple[int, ...]:
    """Return the checks that were begun and have not come to an end."""
    found = await sql.rows(
        "SELECT id FROM clock_checks WHERE ended_at IS NULL AND night >= $1 ORDER BY id LIMIT 10",
        since,
    )
    return tuple(row["id"] for row in found)
