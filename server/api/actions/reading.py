"""Write down who reads whose case by way of a program."""

from datetime import datetime

from server.db import sql
from server.kit.limits import API_READING
from server.people.queries import Viewer
from server.tickets import actions


async def note_reading(ticket_id: int, *, by: Viewer, now: datetime) -> None:
    """Note that somebody reads a conversation, once an hour however often their program asks."""
    known = await sql.value(
        """
        SELECT true FROM events WHERE ticket_id = $1 AND kind = 'ticket_opened' AND actor_id = $2 AND at > $3
        LIMIT 1
        """,
        ticket_id,
        by.id,
        now - API_READING,
    )
    if not known:
        await actions.opened(ticket_id, by=by, now=now)
