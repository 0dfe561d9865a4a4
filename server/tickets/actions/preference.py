"""Say whether a contact is given preference; every open ticket of theirs tells of it, and its promises follow."""

from datetime import datetime

from server.contacts import actions as contacts
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.errors import Forbidden, Invalid, NotFound
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions.common import first_answer, keep_answer

CLASSES = frozenset({"vip", "ordinary"})


async def set_contact_class(
    ticket_id: int, *, contact_class: str, by: Viewer, form_key: str, now: datetime
) -> None:
    """Put the contact of a ticket among those given preference, or take them out; for its team's supervisors.

    The ticket from which it was done tells of it even when it is no longer open.
    """
    if contact_class not in CLASSES:
        raise Invalid("contact_class", field="contact_class")
    async with transaction():
        if await first_answer(by, form_key, "contact_class", now=now) is not None:
            return
        contact_id = await sql.value("SELECT contact_id FROM tickets WHERE id = $1", ticket_id)
        teams = await _lock(ticket_id, contact_id)
        team_id = teams.get(ticket_id)
        if team_id not in by.team_ids:
            raise NotFound
        if team_id not in by.supervised:
            raise Forbidden
        vip = contact_class == "vip"
        if await contacts.prefer(contact_id, vip=vip):
            # A ticket that was being made meanwhile was promised by the former class.
            concerned = await _lock(ticket_id, contact_id)
            data = {"contact": contact_id, "vip": vip}
            events = [Event(one, "contact_class_changed", data, by.id) for one in concerned]
            await emit(events, at=now)
        await keep_answer(by, form_key, {"ticket": ticket_id})


async def _lock(ticket_id: int, contact_id: int | None) -> dict[int, int]:
    """Lock the contact's open tickets and this one; return the team of each."""
    found = await sql.rows(
        """
        SELECT id, team_id FROM tickets
        WHERE contact_id = $2 AND (id = $1 OR status IN ('new', 'open', 'pending', 'on_hold'))
        ORDER BY id FOR UPDATE
        """,
        ticket_id,
        contact_id,
    )
    return {row["id"]: row["team_id"] for row in found}
