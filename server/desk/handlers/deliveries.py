"""What becomes of an answer: take it back, send it again, say that it arrived."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath

from agent_ui import urls
from agent_ui.models import Reason
from server.delivery import actions
from server.delivery.actions import TakenBack, TooLate
from server.desk.handlers.shown import Answer, again, answer
from server.desk.screens import Typed
from server.kit import clock
from server.kit.errors import NotFound
from server.kit.http import AnyRequest, is_part, see_other
from server.people.queries import Viewer
from server.tickets.queries import thread


@post(urls.DELIVERY_ACTION, status_code=200)
async def settle(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    delivery_id: FromPath[int],
    verb: FromPath[str],
) -> Answer:
    """Do one thing to a delivery; what is taken back stands in the composer again."""
    now = clock.now()
    typed, too_late = None, None
    try:
        match verb:
            case "undo":
                taken_back = await actions.undo(delivery_id, by=viewer, now=now)
                typed = _typed(taken_back)
            case "resend":
                await actions.resend(delivery_id, by=viewer, now=now)
            case "arrived":
                await actions.arrived(delivery_id, by=viewer, now=now)
            case _:
                raise NotFound
    except TooLate as error:
        too_late = Reason(error.code)
    # Asked for only now: whatever was taken back is shown where its files are kept.
    ticket_id = await thread.ticket_of_delivery(delivery_id, viewer=viewer)
    shown = await again(request, viewer, ticket_id, now=now, typed=typed, notice=too_late)
    if too_late:
        return await answer(request, viewer, shown, now=now, status=409)
    if typed is None and not is_part(request):
        return see_other(urls.ticket(ticket_id, view=shown.view))
    return await answer(request, viewer, shown, now=now, status=200)


def _typed(back: TakenBack) -> Typed:
    if back.copies is None:
        return Typed(back.text, quotes=back.quotes)
    return Typed(
        back.text,
        cc=", ".join(copy.address for copy in back.copies if not copy.hidden),
        bcc=", ".join(copy.address for copy in back.copies if copy.hidden),
        quotes=back.quotes,
    )
