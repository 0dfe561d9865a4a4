"""Find what the demonstration's actions have made."""

from server.db import sql
from server.kit.links import Link


async def ticket_of(external_id: str, *, otherwise: str) -> tuple[int, int]:
    """Return a message's ticket and who has it; ``otherwise`` is the e-mail of whoever steps in."""
    row = await sql.row(
        """
        SELECT t.id, coalesce(t.assignee_id, (SELECT id FROM users WHERE email = $2)) AS agent_id
        FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE m.external_id = $1
        """,
        external_id,
        otherwise,
    )
    if row is None:
        raise LookupError(external_id)
    return row["id"], row["agent_id"]


async def topic_ids() -> dict[str, int]:
    """Return the id of every topic by its slug."""
    found = await sql.rows("SELECT slug, id FROM topics LIMIT 1000")
    return {row["slug"]: row["id"] for row in found}


async def delivery_of(message_id: int) -> int:
    """Return the delivery of an answer."""
    return int(await sql.value("SELECT id FROM deliveries WHERE message_id = $1", message_id))


async def asked_about(ticket_id: int) -> Link | None:
    """Return the link that a citizen got who was asked how it went."""
    row = await sql.row(
        "SELECT ticket_id, asked_at, expires_at FROM ratings WHERE ticket_id = $1", ticket_id
    )
    return None if row is None else Link(row["ticket_id"], row["asked_at"], row["expires_at"])
