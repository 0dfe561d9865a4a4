"""Doing: answer, note, take, assign and change what a ticket is."""

from datetime import datetime
from typing import Any, cast

from litestar import Response, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Conversation, Reason
from agent_ui.models.codes import Mode
from agent_ui.sentences import REASONS
from server.desk import screens
from server.desk.handlers.forms import form_key, from_view, number, uploads
from server.desk.handlers.pages import known_view
from server.desk.screens import Typed
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.http import AnyRequest, is_part, respond, see_other, text_of
from server.kit.limits import REPLY_CHARACTERS, UPLOAD
from server.people.queries import Viewer
from server.tickets import actions
from server.tickets.actions import NewerThings
from server.tickets.queries import ticket
from server.tickets.queries.ticket import Ticket

MEGABYTE = 1024 * 1024
SAID_AS = {
    "empty_text": Reason("empty"),
    "text_too_long": Reason("too_long", {"limit": REPLY_CHARACTERS}),
    "too_long": Reason("too_long", {"limit": REPLY_CHARACTERS}),
    "files_too_large": Reason("file_too_large", {"limit": f"{UPLOAD // MEGABYTE} MB"}),
}
WRITING = frozenset({"reply", "note"})
Answer = Response[str] | Response[None] | Redirect


@post(urls.TICKET_ACTION, status_code=200)
async def act(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    ticket_id: FromPath[int],
    verb: FromPath[str],
) -> Answer:
    """Do one thing to a ticket and show it as it is then; repeated, the same form does it once."""
    form = await request.form()
    now = clock.now()
    # An unseen ticket is not found, whatever else is wrong with the form.
    found = await ticket.one(ticket_id, viewer=viewer)
    if verb in WRITING:
        return await _write(request, viewer, found, cast("Mode", verb), form, now=now)
    if verb == "read":
        seq = number(form, "seq") or number(form, "seen_seq") or 0
        await actions.mark_read(ticket_id, seq=seq, by=viewer)
        return Response(None, status_code=204)
    try:
        await _change(viewer, ticket_id, verb, form, now=now)
    except Invalid as error:
        refused = (error.field or verb, reason(error))
        shown = await again(request, viewer, ticket_id, now=now, refused=refused)
        return await answer(request, viewer, shown, now=now, status=422)
    return await _as_it_is_now(request, viewer, ticket_id, now=now)


async def _write(
    request: AnyRequest,
    viewer: Viewer,
    found: Ticket,
    mode: Mode,
    form: FormMultiDict,
    *,
    now: datetime,
) -> Answer:
    given = form.get("text", "")
    text = given if isinstance(given, str) else ""
    key = form_key(form)
    seen_seq = number(form, "anyway_seq" if form.get("anyway") else "seen_seq")
    ticket_id = found.id
    if mode == "reply" and (because := screens.blocked(found)):
        typed = Typed(text, mode, key, error=because)
        return await _composer_again(request, viewer, ticket_id, typed, now=now, status=422)
    try:
        files = await uploads(form)
        if mode == "note":
            await actions.note(ticket_id, by=viewer, text=text, files=files, form_key=key, now=now)
        else:
            await actions.reply(
                ticket_id,
                by=viewer,
                text=text,
                files=files,
                form_key=key,
                seen_seq=seen_seq,
                now=now,
            )
    except NewerThings as error:
        as_it_is = await ticket.one(ticket_id, viewer=viewer)
        newer = await screens.conflict(as_it_is, since=seen_seq or 0, seqs=error.seqs)
        typed = Typed(text, mode, key, conflict=newer)
        return await _composer_again(request, viewer, ticket_id, typed, now=now, status=409)
    except Invalid as error:
        typed = Typed(text, mode, key, error=reason(error))
        return await _composer_again(request, viewer, ticket_id, typed, now=now, status=422)
    return await _as_it_is_now(request, viewer, ticket_id, now=now)


async def _change(
    viewer: Viewer, ticket_id: int, verb: str, form: FormMultiDict, *, now: datetime
) -> None:
    field = "assignee" if verb == "assign" else verb
    choice = text_of(form, field, limit=20)
    common: dict[str, Any] = {
        "by": viewer,
        "form_key": form_key(form, choice=f"{verb}.{choice}"),
        "now": now,
    }
    match verb:
        case "take":
            await actions.assign(ticket_id, to=viewer.id, **common)
        case "assign":
            await actions.assign(ticket_id, to=number(form, field), **common)
        case "status":
            await actions.set_status(ticket_id, status=choice, **common)
        case "priority":
            await actions.set_priority(ticket_id, priority=choice, **common)
        case "topic":
            await actions.set_topic(ticket_id, topic_id=number(form, field), **common)
        case "team":
            await actions.set_team(ticket_id, team_id=number(form, field) or 0, **common)
        case _:
            raise NotFound


async def _as_it_is_now(
    request: AnyRequest, viewer: Viewer, ticket_id: int, *, now: datetime
) -> Answer:
    try:
        shown = await again(request, viewer, ticket_id, now=now)
    except NotFound:
        # Handed over to a team whose tickets this person does not see: back to the list.
        back = urls.inbox(known_view(from_view(request), viewer))
        if is_part(request):
            return Response(None, status_code=200, headers={"HX-Redirect": back})
        return see_other(back)
    if not is_part(request):
        return see_other(urls.ticket(ticket_id, view=shown.view))
    return respond(request, "conversation", shown)


async def _composer_again(
    request: AnyRequest,
    viewer: Viewer,
    ticket_id: int,
    typed: Typed,
    *,
    now: datetime,
    status: int,
) -> Answer:
    found = await ticket.one(ticket_id, viewer=viewer)
    if is_part(request):
        composer = screens.composer(found, seen_seq=found.last_seq, typed=typed)
        return respond(request, "composer", composer, status=status)
    shown = await again(request, viewer, ticket_id, now=now, typed=typed)
    return await answer(request, viewer, shown, now=now, status=status)


async def again(
    request: AnyRequest,
    viewer: Viewer,
    ticket_id: int,
    *,
    now: datetime,
    typed: Typed | None = None,
    notice: Reason | None = None,
    refused: tuple[str, Reason] | None = None,
) -> Conversation:
    """Build the ticket as it stands now, for somebody who had it open already."""
    found = await ticket.one(ticket_id, viewer=viewer)
    return await screens.conversation(
        found,
        viewer=viewer,
        view_key=known_view(from_view(request), viewer),
        seen_seq=found.last_seq,
        now=now,
        typed=typed,
        notice=notice,
        refused=refused,
    )


async def answer(
    request: AnyRequest, viewer: Viewer, shown: Conversation, *, now: datetime, status: int
) -> Response[str]:
    """Show the ticket, as a part or as the page around it."""
    if is_part(request):
        return respond(request, "conversation", shown, status=status)
    page = await screens.desk(viewer, view_key=shown.view, now=now, conversation=shown)
    return respond(request, "desk", page, status=status)


def reason(error: Invalid) -> Reason:
    """Return the sentence for what was wrong; a value that no form of ours offers has but one."""
    known = SAID_AS.get(error.code)
    return known or Reason(error.code if error.code in REASONS else "not_possible")
