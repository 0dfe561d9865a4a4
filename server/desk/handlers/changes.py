"""Doing: answer, note, take, assign and change what a ticket is."""

from datetime import datetime
from typing import Any, cast

from litestar import Response, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath

from agent_ui import urls
from agent_ui.models.codes import Mode
from server.desk.handlers.forms import form_key, number
from server.desk.handlers.shown import Answer, again, answer, as_it_is_now, reason
from server.desk.handlers.writing import write
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.http import AnyRequest, text_of
from server.kit.lists import parted
from server.people.queries import Viewer
from server.tickets import actions
from server.tickets.actions import Merged
from server.tickets.queries import ticket

TAGS_CHARACTERS = 2000
WRITING = frozenset({"reply", "note"})


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
        return await write(request, viewer, found, cast("Mode", verb), form, now=now)
    if verb == "read":
        seq = number(form, "seq") or number(form, "seen_seq") or 0
        await actions.mark_read(ticket_id, seq=seq, by=viewer)
        return Response(None, status_code=204)
    try:
        await _change(viewer, ticket_id, verb, form, now=now)
    except Merged:
        # Somebody merged it meanwhile: its own page says where it goes on.
        shown = await again(request, viewer, ticket_id, now=now)
        return await answer(request, viewer, shown, now=now, status=409)
    except Invalid as error:
        refused = (error.field or verb, reason(error))
        shown = await again(request, viewer, ticket_id, now=now, refused=refused)
        return await answer(request, viewer, shown, now=now, status=422)
    return await as_it_is_now(request, viewer, ticket_id, now=now)


async def _change(
    viewer: Viewer, ticket_id: int, verb: str, form: FormMultiDict, *, now: datetime
) -> None:
    if verb == "tags":
        given = text_of(form, "tags", limit=TAGS_CHARACTERS)
        key = form_key(form, choice="tags")
        await actions.set_tags(ticket_id, tags=parted(given), by=viewer, form_key=key, now=now)
        return
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
        case "contact_class":
            await actions.set_contact_class(ticket_id, contact_class=choice, **common)
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
