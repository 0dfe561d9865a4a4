"""Say that what a citizen wrote needs no answer, and why: the wait ends and the reason is there for whoever asks."""

from datetime import datetime

from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions.answer import note
from server.tickets.actions.change import end_wait


async def need_no_reply(
    ticket_id: int, *, reason: str, by: Viewer, form_key: str, now: datetime
) -> None:
    """End the citizen's wait without an answer; the reason stays on the ticket as a note."""
    async with transaction():
        await note(ticket_id, by=by, text=reason, form_key=f"{form_key}.why", now=now)
        await end_wait(ticket_id, by=by, form_key=form_key, now=now)
