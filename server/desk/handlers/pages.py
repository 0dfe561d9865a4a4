"""Looking: the inbox, a ticket, the rail."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from agent_ui import urls
from server.desk import screens
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.http import AnyRequest, is_part, respond, see_other
from server.people.queries import Viewer
from server.tickets import actions
from server.tickets.queries import ticket, views
from server.tickets.screens.chrome import chrome

VIEW_CHARACTERS = 40


@get(urls.HOME)
async def home() -> Redirect:
    """Begin with what is one's own."""
    return see_other(urls.inbox("mine"))


@get(urls.INBOX)
async def inbox(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    view: FromPath[str],
    status: FromQuery[str | None] = None,
    tag: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """Show a view of the inbox, or only its list."""
    now = clock.now()
    status, tag, after = status or None, (tag or "")[: VIEW_CHARACTERS * 2] or None, after or None
    if is_part(request):
        shown = await screens.ticket_list(
            viewer, view_key=view, now=now, after=after, status=status, tag=tag
        )
        return respond(request, "ticket_list", shown)
    page = await screens.desk(viewer, view_key=view, now=now, after=after, status=status, tag=tag)
    return respond(request, "desk", page)


@get(urls.TICKET)
async def ticket_page(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    ticket_id: FromPath[int],
    view: FromQuery[str | None] = None,
    before: FromQuery[int | None] = None,
) -> Response[str]:
    """Open a ticket; looking into somebody's case is written down, looking again at what is open is not."""
    now = clock.now()
    view_key = known_view(view, viewer)
    found = await ticket.one(ticket_id, viewer=viewer)
    seen_seq = found.last_seq
    if not is_refetch(request):
        seen_seq = await actions.opened(ticket_id, by=viewer, now=now)
    elif found.read_seq < found.last_message_seq and not is_unseen(request):
        await actions.mark_read(ticket_id, seq=seen_seq, by=viewer)
    shown = await screens.conversation(
        found, viewer=viewer, view_key=view_key, seen_seq=seen_seq, before=before, now=now
    )
    if is_part(request):
        return respond(request, "conversation", shown)
    page = await screens.desk(viewer, view_key=view_key, now=now, conversation=shown)
    return respond(request, "desk", page)


@get(urls.RAIL)
async def rail(
    request: AnyRequest, viewer: NamedDependency[Viewer], here: FromQuery[str] = ""
) -> Response[str] | Redirect:
    """Show the rail alone, as its live refetch asks for it; it is no page to go to."""
    if not is_part(request):
        return see_other(urls.HOME)
    shown = await chrome(viewer, here=here[:VIEW_CHARACTERS], now=clock.now())
    return respond(request, "chrome", shown)


def known_view(key: str | None, viewer: Viewer) -> str:
    """Return the view a ticket was opened from, if this viewer has it; an old link still opens the ticket."""
    try:
        return views.view(key, viewer=viewer).key if key else "mine"
    except (NotFound, Invalid):
        return "mine"


def is_unseen(request: AnyRequest) -> bool:
    """Say whether the tab that asks lies behind others: what it shows, nobody has read."""
    return request.headers.get("Tab-Hidden") == "true"


def is_refetch(request: AnyRequest) -> bool:
    """Say whether an open conversation asks for itself, as it does when something changed."""
    return is_part(request) and request.headers.get("HX-Source", "").endswith("#conversation")
