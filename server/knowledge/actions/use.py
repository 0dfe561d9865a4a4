"""Remember what went into an answer: by ids alone, once for each ticket, so that it ranks higher next time."""

from datetime import datetime

from server.db import sql
from server.kit.work import transaction
from server.people.queries import Viewer


async def use_piece(piece_id: int, *, ticket_id: int, by: Viewer, now: datetime) -> None:
    """Count a canned reply or an article that was put into an answer."""
    async with transaction():
        fresh = await sql.run(
            """
            INSERT INTO knowledge_uses (knowledge_id, ticket_id, user_id, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            """,
            piece_id,
            ticket_id,
            by.id,
            now,
        )
        if fresh:
            await sql.run("UPDATE knowledge SET uses = uses + 1 WHERE id = $1", piece_id)


async def use_answer(source_id: int, *, ticket_id: int, by: Viewer, now: datetime) -> None:
    """Remember that the answer of another ticket was quoted."""
    async with transaction():
        await sql.run(
            """
            INSERT INTO answer_uses (source_id, ticket_id, user_id, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            """,
            source_id,
            ticket_id,
            by.id,
            now,
        )
