"""Let things be said so that they can be found."""

from datetime import datetime

from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.work import transaction
from tests.support import factories as make
from tests.support.factories import NOW


async def said(
    ticket_id: int,
    text: str,
    *,
    kind: str = "message_received",
    at: datetime = NOW,
    **values: object,
) -> int:
    """Let somebody say something, as the desk does: the event carries it into the index."""
    async with transaction():
        await sql.run(
            "UPDATE tickets SET last_message_at = greatest(last_message_at, $2) WHERE id = $1",
            ticket_id,
            at,
        )
        message_id = await make.message(ticket_id, **{"text": text, "said_at": at, **values})
        data = {"message": message_id, "said_us": int(NOW.timestamp() * 1e6)}
        await emit([Event(ticket_id, kind, data)], at=at)
    return message_id
