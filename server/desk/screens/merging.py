"""Where a ticket may be merged, and what stands on tickets that were."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast

from agent_ui.models import Person, Reason
from agent_ui.models.codes import Status
from agent_ui.models.common import TicketMark
from agent_ui.models.merging import (
    MergeChoice,
    MergeChoices,
    MergedInto,
    MergedTicket,
    UndoMerge,
)
from server.desk import queries
from server.desk.queries import Candidate
from server.desk.screens.composing import new_key
from server.people.queries import Viewer
from server.search import queries as search
from server.search.asked import read
from server.search.pool import TooBusy
from server.tickets.queries.family import Into, Member
from server.tickets.queries.roots import roots_of
from server.tickets.queries.ticket import Ticket

FOUND = 8
NUMBER_DIGITS = 18


async def merge_choices(
    found: Ticket, *, viewer: Viewer, now: datetime, asked: str = "", error: Reason | None = None
) -> MergeChoices:
    """Offer the contact's other tickets, or those that were asked for by number or by words."""
    asked = " ".join(asked.split())
    ids: Sequence[int] = ()
    if asked:
        ids, busy = await _found(asked, viewer=viewer, now=now)
        error = error or busy
    else:
        ids = await queries.others_of_contact(found, viewer=viewer)
    offered = await queries.candidates(ids, viewer=viewer)
    fit = [one for one in offered if one.id != found.id and one.status != "closed"]
    if error is None and asked and not fit:
        error = _unfit(offered, found)
    return MergeChoices(
        ticket_id=found.id,
        number=str(found.number),
        contact=found.contact_name,
        form_key=new_key(),
        choices=tuple(
            _choice(one, found, chosen=place == 0) for place, one in enumerate(fit[:FOUND])
        ),
        asked=asked,
        error=error,
    )


def written_number(asked: str) -> int | None:
    """Return the ticket's number that was written, in whatever digits."""
    digits = asked.strip().lstrip("#").strip()
    return int(digits) if digits.isdecimal() and len(digits) <= NUMBER_DIGITS else None


async def marks(ids: Collection[int], *, viewer: Viewer) -> dict[int, TicketMark]:
    """Name tickets; a name leads where the viewer may go."""
    found = await queries.numbers(ids, viewer=viewer)
    return {one: TicketMark(one if seen else 0, str(n)) for one, (n, seen) in found.items()}


async def _found(
    asked: str, *, viewer: Viewer, now: datetime
) -> tuple[Sequence[int], Reason | None]:
    """Return the roots of what was found: nothing is merged into a merged ticket."""
    ids: list[int] = []
    busy = None
    number = written_number(asked)
    if number is not None:
        exact = await queries.numbered(number, viewer=viewer)
        ids += [exact] if exact else []
    if not ids:
        try:
            # A number is looked for as it is written on tickets; operators are words here.
            sought = read(asked.replace(":", " ") if number is None else str(number))
            hits = await search.find(sought, viewer=viewer, now=now, limit=FOUND * 2)
            ids += [hit.id for hit in hits.hits]
        except TooBusy:
            busy = Reason("merge_busy")
    roots = await roots_of(ids)
    return tuple(dict.fromkeys(roots[one] for one in ids)), busy


def _unfit(offered: Sequence[Candidate], found: Ticket) -> Reason | None:
    """Say why the only ticket that was found cannot be chosen."""
    if any(one.id == found.id for one in offered):
        return Reason("merged_into_itself")
    if offered:
        mark = TicketMark(offered[0].id, str(offered[0].number))
        return Reason("merge_target_closed", {"ticket": mark})
    return None


def _choice(one: Candidate, found: Ticket, *, chosen: bool) -> MergeChoice:
    return MergeChoice(
        id=one.id,
        number=str(one.number),
        subject=one.subject,
        status=cast("Status", one.status),
        contact=one.contact_name,
        address=one.address,
        last_words=one.last_words,
        last_message_at=one.last_message_at,
        another=one.contact_id != found.contact_id,
        chosen=chosen,
    )


def merged_into(ticket_id: int, into: Into) -> MergedInto:
    """Say where a merged ticket goes on; undone by who may see both."""
    return MergedInto(
        into=TicketMark(into.id if into.seen else 0, str(into.number)),
        at=into.merged_at,
        undo=UndoMerge(ticket_id, show=ticket_id, form_key=new_key()) if into.seen else None,
        by=Person(into.merged_by.id, into.merged_by.name),
    )


def merged_tickets(
    root_id: int, family: Collection[Member], *, viewer: Viewer
) -> tuple[MergedTicket, ...]:
    """List what was merged into a ticket; each leads where the viewer may go."""
    ways = ways_back(root_id, family, viewer=viewer)
    return tuple(
        MergedTicket(
            ticket=TicketMark(member.id if member.id in ways else 0, str(member.number)),
            subject=member.subject,
            contact=member.contact_name,
            undo=ways.get(member.id),
        )
        for member in family
    )


def ways_back(root_id: int, family: Collection[Member], *, viewer: Viewer) -> dict[int, UndoMerge]:
    """Offer the way back from each merge whose ticket the viewer may see; the root stays on screen then."""
    return {
        member.id: UndoMerge(member.id, show=root_id, form_key=new_key())
        for member in family
        if member.team_id in viewer.team_ids
    }
