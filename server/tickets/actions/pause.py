"""Set a ticket aside and say why, in one step."""

from datetime import datetime

from server.kit.errors import Invalid
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions.answer import note
from server.tickets.actions.change import set_status

PAUSES = frozenset({"pending", "on_hold"})


async def pause(
    ticket_id: int, *, status: str, reason: str, by: Viewer, form_key: str, now: datetime
) -> None:
    """Move the ticket to one of :data:`PAUSES`; the reason stays on it as a note."""
    if status not in PAUSES:
        raise Invalid("status", field="status")
    async with transaction():
        await note(ticket_id, by=by, text=reason, form_key=f"{form_key}.why", now=now)
        await set_status(ticket_id, status=status, by=by, form_key=form_key, now=now)
