"""A ticket as it stands after something was done to it, as a part of the page or as the page around it."""

from datetime import datetime

from litestar import Response
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Conversation, Reason
from agent_ui.sentences import REASONS
from server.desk import screens
from server.desk.handlers.forms import from_view
from server.desk.handlers.pages import known_view
from server.desk.screens import Typed
from server.kit.errors import Invalid, NotFound
from server.kit.http import AnyRequest, is_part, respond, see_other
from server.kit.limits import PICTURE_BYTES, REPLY_CHARACTERS, TYPED_COPIES, UPLOAD
from server.people.queries import Viewer
from server.tickets.actions import WrongCopy, WrongPicture
from server.tickets.queries import ticket

MEGABYTE = 1024 * 1024
SAID_AS = {
    "empty_text": Reason("empty"),
    "text_too_long": Reason("too_long", {"limit": REPLY_CHARACTERS}),
    "too_long": Reason("too_long", {"limit": REPLY_CHARACTERS}),
    "files_too_large": Reason("file_too_large", {"limit": f"{UPLOAD // MEGABYTE} MB"}),
    "pictures_too_large": Reason(
        "pictures_too_large", {"limit": f"{PICTURE_BYTES // MEGABYTE} MB"}
    ),
    "too_many_copies": Reason("too_many_copies", {"limit": TYPED_COPIES}),
}
Answer = Response[str] | Response[None] | Redirect


async def as_it_is_now(
    request: AnyRequest, viewer: Viewer, ticket_id: int, *, now: datetime
) -> Answer:
    """Show the ticket after a change that worked; the list, where it is no longer this person's to see."""
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
    if isinstance(error, WrongCopy):
        return Reason(error.code, {"address": error.address})
    if isinstance(error, WrongPicture):
        return Reason(error.code, {"name": error.name})
    known = SAID_AS.get(error.code)
    return known or Reason(error.code if error.code in REASONS else "not_possible")
