"""The door to how a ticket's promises were reckoned: for everybody who may see the ticket."""

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from server.kit import clock
from server.kit.errors import Invalid
from server.kit.http import AnyRequest, is_part, respond, see_other, text_of
from server.kit.limits import FORM_KEY_CHARACTERS, REPLY_CHARACTERS
from server.people.queries import Viewer
from server.supervision.screens import accounts as screens
from server.tickets import actions
from server.tickets.actions import Merged, NewerThings

SEQ_DIGITS = 18


@get(urls.ACCOUNTS)
async def accounts(
    request: AnyRequest, viewer: NamedDependency[Viewer], ticket_id: FromPath[int]
) -> Response[str]:
    """Show every promise of a ticket line by line."""
    now = clock.now()
    if is_part(request):
        found = await screens.accounts(ticket_id, viewer=viewer, now=now)
        return respond(request, "clock_accounts", found)
    page = await screens.accounts_page(ticket_id, viewer=viewer, now=now)
    return respond(request, "accounts", page)


@post(urls.ACCOUNTS, status_code=200)
async def need_no_reply(
    request: AnyRequest, viewer: NamedDependency[Viewer], ticket_id: FromPath[int]
) -> Response[str] | Redirect:
    """Say that what the citizen wrote needs no answer."""
    form, now = await request.form(), clock.now()
    reason = text_of(form, "reason", limit=REPLY_CHARACTERS)
    key = text_of(form, "form_key", limit=FORM_KEY_CHARACTERS - 32)
    try:
        await actions.need_no_reply(
            ticket_id,
            reason=reason,
            by=viewer,
            form_key=f"{key}.no-reply",
            seen_seq=_seen(form),
            now=now,
        )
    except Invalid as error:
        because, status = Reason(error.code), 422
    except NewerThings as error:
        because, status = Reason(error.code), 409
    except Merged:
        because, status = await screens.goes_on(ticket_id, viewer=viewer), 409
    else:
        return see_other(urls.ticket(ticket_id))
    page = await screens.accounts_page(
        ticket_id, viewer=viewer, now=now, reason=reason, error=because
    )
    return respond(request, "accounts", page, status=status)


def _seen(form: FormMultiDict) -> int | None:
    text = text_of(form, "seen_seq", limit=SEQ_DIGITS)
    if text and not (text.isascii() and text.isdecimal()):
        raise Invalid("not_possible", field="seen_seq")
    return int(text) if text else None


handlers = [accounts, need_no_reply]
