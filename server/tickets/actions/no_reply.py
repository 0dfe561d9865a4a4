"""Say that what a citizen wrote needs no answer, and why: the wait ends and the reason is there for whoever asks."""

from datetime import datetime

from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions.answer import note
from server.tickets.actions.change import end_wait
from server.tickets.actions.common import first_answer, keep_answer, lock, refuse_if_newer


async def need_no_reply(
    ticket_id: int,
    *,
    reason: str,
    by: Viewer,
    form_key: str,
    seen_seq: int | None,
    now: datetime,
) -> None:
    """End the citizen's wait without an answer; the reason stays on the ticket as a note.

    Raises :class:`NewerThings` if others did something since ``seen_seq``; ``None`` ends it anyway.
    """
    async with transaction():
        if await first_answer(by, form_key, "need_no_reply", now=now) is not None:
            return
        ticket = await lock(ticket_id, by)
        await refuse_if_newer(ticket, by, seen_seq=seen_seq)
        await note(ticket_id, by=by, text=reason, form_key=f"{form_key}.why", now=now)
        await end_wait(ticket_id, by=by, form_key=f"{form_key}.end", now=now)
        await keep_answer(by, form_key, {"ticket": ticket.id})
