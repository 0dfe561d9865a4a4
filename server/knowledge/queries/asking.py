"""What one ticket asks, and the topics around its own."""

from server.db import sql
from server.tickets.queries.ticket import Ticket
from server.tickets.queries.topics import Topic

TEXTS = 4
CHARACTERS = 4000


async def texts(ticket: Ticket) -> tuple[str, ...]:
    """Return the subject and the citizen's newest words; where nobody wrote, what was noted of a call."""
    found = await sql.rows(
        f"""
        SELECT direction, left(reply_text, {CHARACTERS}) AS text FROM messages
        WHERE ticket_id = $1 AND direction <> 'out' AND automatic IS NULL ORDER BY seq DESC LIMIT {TEXTS * 3}
        """,
        ticket.id,
    )
    said = [row["text"] for row in found if row["direction"] == "in"]
    noted = [row["text"] for row in found]
    return (ticket.subject, *(said or noted)[:TEXTS])


def around(topic_id: int | None, tree: tuple[Topic, ...]) -> tuple[int, ...]:
    """Return a topic and those above it, the nearest first."""
    path: list[int] = []
    for entry in tree:
        del path[entry.depth :]
        path.append(entry.topic.id)
        if entry.topic.id == topic_id:
            return tuple(reversed(path))
    return ()
