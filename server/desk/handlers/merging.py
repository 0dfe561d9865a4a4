"""Bring tickets together and part them: merge, take a merge back, split a message off."""

from dataclasses import replace
from datetime import datetime

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.merging import MergeChoices, MergeDone, MergePage, UndoMerge
from server.desk import queries, screens
from server.desk.handlers.forms import form_key, from_view, number
from server.desk.handlers.pages import known_view
from server.desk.handlers.shown import Answer, again, answer
from server.desk.screens.composing import new_key
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.http import AnyRequest, is_part, respond, see_other, text_of
from server.kit.limits import MERGED_TOGETHER
from server.people.queries import Viewer
from server.tickets import actions
from server.tickets.actions import Merged
from server.tickets.queries import ticket
from server.tickets.screens.chrome import chrome

ASKED_CHARACTERS = 200


@get(urls.MERGE)
async def choose(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    ticket_id: FromPath[int],
    q: FromQuery[str] = "",
) -> Response[str]:
    """Show into which tickets this one may be merged."""
    now = clock.now()
    found = await ticket.one(ticket_id, viewer=viewer)
    choices = await screens.merge_choices(
        found, viewer=viewer, asked=q[:ASKED_CHARACTERS].replace("\x00", ""), now=now
    )
    return await _choices(request, viewer, choices, now=now, status=200)


@post(urls.MERGE, status_code=200)
async def merge(
    request: AnyRequest, viewer: NamedDependency[Viewer], ticket_id: FromPath[int]
) -> Answer:
    """Merge a ticket into the chosen one, and show that; refused, the choice comes back with the reason."""
    form = await request.form()
    now = clock.now()
    found = await ticket.one(ticket_id, viewer=viewer)
    asked = text_of(form, "q", limit=ASKED_CHARACTERS)
    into: int | None = None
    try:
        into = await _chosen(form, asked, viewer)
        root = await actions.merge(
            ticket_id, into=into, by=viewer, form_key=form_key(form), now=now
        )
    except Merged:
        shown = await again(request, viewer, ticket_id, now=now)
        return await answer(request, viewer, shown, now=now, status=409)
    except (Invalid, NotFound) as error:
        because = await _because(error, into, viewer)
        choices = await screens.merge_choices(
            found, viewer=viewer, asked=asked, error=because, now=now
        )
        return await _choices(request, viewer, choices, now=now, status=422)
    named = await screens.marks([ticket_id, root], viewer=viewer)
    done = MergeDone(
        named[ticket_id],
        named[root],
        open=root,
        undo=UndoMerge(ticket_id, show=ticket_id, form_key=new_key()),
    )
    return await _open(request, viewer, root, done=done, now=now)


@post(urls.UNDO_MERGE, status_code=200)
async def undo_merge(
    request: AnyRequest, viewer: NamedDependency[Viewer], ticket_id: FromPath[int]
) -> Answer:
    """Let a merged ticket stand for itself again, and show it or the one it was merged into."""
    form = await request.form()
    now = clock.now()
    show = number(form, "show") or ticket_id
    for one in {ticket_id, show}:
        await ticket.one(one, viewer=viewer)
    try:
        await actions.undo_merge(ticket_id, by=viewer, form_key=form_key(form), now=now)
    except Invalid as error:
        shown = await again(request, viewer, ticket_id, now=now, notice=Reason(error.code))
        return await answer(request, viewer, shown, now=now, status=409)
    return await _open(request, viewer, show, now=now)


@post(urls.SPLIT, status_code=200)
async def split(
    request: AnyRequest, viewer: NamedDependency[Viewer], message_id: FromPath[int]
) -> Answer:
    """Make a ticket of a message, and show it."""
    form = await request.form()
    now = clock.now()
    source = await queries.ticket_of_message(message_id, viewer=viewer)
    try:
        new = await actions.split(message_id, by=viewer, form_key=form_key(form), now=now)
    except Merged:
        shown = await again(request, viewer, source, now=now)
        return await answer(request, viewer, shown, now=now, status=409)
    except Invalid as error:
        shown = await again(request, viewer, source, now=now, notice=Reason(error.code))
        return await answer(request, viewer, shown, now=now, status=422)
    if new == source:
        # The form was sent twice: the message has gone already.
        return await _open(request, viewer, new, now=now)
    named = await screens.marks([new, source], viewer=viewer)
    # Routed to a team whose tickets this person does not see, it is out of their hands.
    seen = named[new].id == new
    done = MergeDone(
        named[new],
        named[source],
        open=new if seen else source,
        split=True,
        form_key=new_key() if seen else "",
    )
    return await _open(request, viewer, done.open, done=done, now=now)


async def _chosen(form: FormMultiDict, asked: str, viewer: Viewer) -> int:
    """Return the ticket that was chosen, or whose number was written."""
    chosen = number(form, "into")
    if chosen is not None:
        return chosen
    written = screens.written_number(asked)
    if written is None:
        raise Invalid("merge_nothing_chosen", field="into")
    found = await queries.numbered(written, viewer=viewer)
    if found is None:
        raise NotFound
    return found


async def _because(error: Invalid | NotFound, into: int | None, viewer: Viewer) -> Reason:
    if isinstance(error, NotFound):
        return Reason("no_such_ticket")
    if error.code == "closed" and into is not None:
        known = await screens.marks([into], viewer=viewer)
        return Reason("merge_target_closed", {"ticket": known.get(into)})
    return Reason(error.code, {"limit": MERGED_TOGETHER})


async def _choices(
    request: AnyRequest, viewer: Viewer, choices: MergeChoices, *, now: datetime, status: int
) -> Response[str]:
    if is_part(request):
        return respond(request, "merge_choices", choices, status=status)
    page = MergePage(await chrome(viewer, here="", now=now), choices)
    return respond(request, "merge", page, status=status)


async def _open(
    request: AnyRequest,
    viewer: Viewer,
    ticket_id: int,
    *,
    done: MergeDone | None = None,
    now: datetime,
) -> Answer:
    """Show a ticket in the place of the one that was open."""
    view = known_view(from_view(request), viewer)
    address = urls.ticket(ticket_id, view=view)
    if not is_part(request):
        return see_other(address)
    await actions.opened(ticket_id, by=viewer, now=now)
    shown = await again(request, viewer, ticket_id, now=now)
    return respond(
        request, "conversation", replace(shown, done=done), headers={"HX-Push-Url": address}
    )
