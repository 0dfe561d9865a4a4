"""The doors to tickets: finding them, and reading what was said, what happened and what is promised."""

from dataclasses import dataclass
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from server.api.actions import note_reading
from server.api.handlers.common import asks, id_of, number, reader
from server.api.queries import tickets as queries
from server.api.screens import tickets as screens
from server.api.shapes import tickets as shapes
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.limits import API_MESSAGES, API_PAGE, LIST_PAGE
from server.people.queries import Viewer
from server.tickets.queries import lists
from server.tickets.queries.views import View, view

VIEWS = ("all", "mine", "unassigned", "late")
ME = "me"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which tickets are asked for."""

    view: str
    team: str | None
    status: str | None
    tag: str | None
    assignee: str | None
    contact: str | None
    cursor: str | None
    limit: int


@get("/tickets", operation_id="tickets", summary="Tickets", **asks("tickets:read"))
async def tickets(
    viewer: NamedDependency[Viewer],
    of: Annotated[
        str, QueryParameter(name="view", description=f"One of {', '.join(VIEWS)}.")
    ] = "all",
    team: Annotated[str | None, QueryParameter(description="The id of a team.")] = None,
    status: Annotated[
        str | None, QueryParameter(description="A status; otherwise all but resolved and closed.")
    ] = None,
    tag: Annotated[str | None, QueryParameter(description="A tag.")] = None,
    assignee: Annotated[
        str | None, QueryParameter(description=f"The id of a person, or `{ME}`.")
    ] = None,
    contact: Annotated[str | None, QueryParameter(description="The id of a contact.")] = None,
    having: Annotated[
        str | None,
        QueryParameter(name="number", description="A ticket’s number, and nothing else."),
    ] = None,
    cursor: Annotated[
        str | None, QueryParameter(description="`next_cursor` of the answer before.")
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=API_PAGE)] = LIST_PAGE,
) -> shapes.Tickets:
    """List tickets of the person's teams, what was written to last first; late ones by their due times."""
    if having is not None:
        ids = await queries.with_number(number(having, field="number"), viewer=viewer)
        after = None
    else:
        asked = Asked(of, team, status, tag, assignee, contact, cursor, limit)
        try:
            ids, after = await _found(asked, viewer)
        except Invalid as error:
            field = "cursor" if error.field == "after" else error.field
            raise Invalid(error.code, field=field) from error
    found = await queries.summaries(ids, viewer=viewer)
    return shapes.Tickets(tuple(map(screens.ticket, found)), after)


@get("/tickets/{ticket_id:str}", operation_id="ticket", summary="A ticket", **asks("tickets:read"))
async def ticket(viewer: NamedDependency[Viewer], ticket_id: FromPath[str]) -> shapes.Ticket:
    """Say how a ticket stands."""
    return screens.ticket(await _one(ticket_id, viewer))


@get(
    "/tickets/{ticket_id:str}/messages",
    operation_id="messages",
    summary="What was said",
    **asks("tickets:read"),
)
async def messages(
    viewer: NamedDependency[Viewer],
    ticket_id: FromPath[str],
    since: Annotated[int, QueryParameter(ge=0, le=2**53)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=API_MESSAGES)] = API_MESSAGES,
) -> shapes.Messages:
    """Say what was said on a ticket itself, the first thing first. That it was read is written down."""
    one = await _one(ticket_id, viewer)
    await note_reading(one.id, by=viewer, now=clock.now())
    found = await queries.messages(one.id, since=since, limit=limit + 1)
    return shapes.Messages(tuple(map(screens.message, found[:limit])), len(found) > limit)


@get(
    "/tickets/{ticket_id:str}/events",
    operation_id="events",
    summary="What happened",
    **asks("tickets:read"),
)
async def events(
    viewer: NamedDependency[Viewer],
    ticket_id: FromPath[str],
    since: Annotated[int, QueryParameter(ge=0, le=2**53)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=API_PAGE)] = API_PAGE,
) -> shapes.Events:
    """Say what happened on a ticket, the first thing first."""
    one = await _one(ticket_id, viewer)
    found = await queries.events(one.id, since=since, limit=limit + 1)
    return shapes.Events(tuple(map(screens.event, found[:limit])), len(found) > limit)


@get(
    "/tickets/{ticket_id:str}/clocks",
    operation_id="clocks",
    summary="What is promised",
    **asks("tickets:read"),
)
async def clocks(
    viewer: NamedDependency[Viewer],
    ticket_id: FromPath[str],
    language: Annotated[
        str | None, QueryParameter(description="`ar` or `en`; otherwise what the person reads.")
    ] = None,
) -> shapes.Clocks:
    """Say the promises of a ticket, and how each was reckoned."""
    ui = reader(language, viewer, now=clock.now())
    one = await _one(ticket_id, viewer)
    return await screens.clocks(one.id, ui, viewer=viewer)


async def _found(asked: Asked, viewer: Viewer) -> tuple[list[int], str | None]:
    seen = _view(asked, viewer)
    narrow = [name for name in ("assignee", "contact", "tag") if getattr(asked, name) is not None]
    if asked.view != "all":
        narrow.insert(0, "view")
    if asked.team is not None and "view" in narrow:
        narrow.append("team")
    if len(narrow) > 1 and set(narrow) != {"view", "tag"}:
        raise Invalid("not_together", field=narrow[-1])
    within = {
        "team_ids": seen.team_ids,
        "statuses": seen.statuses,
        "after": asked.cursor,
        "limit": asked.limit,
    }
    if asked.assignee is not None:
        mine = asked.assignee == ME
        user_id = viewer.id if mine else number(asked.assignee, field="assignee")
        return await queries.of_agent(user_id, **within)
    if asked.contact is not None:
        return await queries.of_contact(number(asked.contact, field="contact"), **within)
    page = await lists.page(
        seen, viewer=viewer, now=clock.now(), after=asked.cursor, limit=asked.limit
    )
    return [row.id for row in page.rows], page.next_after


def _view(asked: Asked, viewer: Viewer) -> View:
    if asked.view not in VIEWS:
        raise Invalid("not_possible", field="view")
    if asked.tag is not None and "\x00" in asked.tag:
        raise Invalid("not_possible", field="tag")
    team = f"team-{number(asked.team, field='team')}" if asked.team is not None else asked.view
    return view(team, viewer=viewer, status=asked.status, tag=asked.tag)


async def _one(text: str, viewer: Viewer) -> queries.Summary:
    found = await queries.summaries([id_of(text)], viewer=viewer)
    if not found:
        raise NotFound
    return found[0]


handlers = [tickets, ticket, messages, events, clocks]
