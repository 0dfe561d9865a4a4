"""Signs of life of the processes, so that the web process can say whether the others are there."""

from datetime import datetime

from server.db import sql


async def beat(process: str, *, at: datetime) -> None:
    """Note that ``process`` (``work``, ``listen``) is alive; call it every few seconds."""
    await sql.run(
        """
        INSERT INTO heartbeats (process, at) VALUES ($1, $2)
        ON CONFLICT (process) DO UPDATE SET at = excluded.at
        """,
        process,
        at,
    )


async def last() -> dict[str, datetime]:
    """Return when each process was last heard of."""
    return {
        row["process"]: row["at"] for row in await sql.rows("SELECT process, at FROM heartbeats")
    }
