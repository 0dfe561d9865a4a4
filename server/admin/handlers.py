"""The doors of administration: quarantine, channel accounts, mail that was kept."""

import contextlib

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from agent_ui import urls
from server.admin import screens
from server.admin.doors import only_administrators
from server.delivery import actions as delivery
from server.intake import actions as intake
from server.intake.queries.reconciliation import looking
from server.kit import clock
from server.kit.errors import Forbidden, NotFound
from server.kit.http import AnyRequest, framed, is_part, respond, see_other
from server.kit.limits import SMALL_FORM
from server.people.queries import Viewer
from server.tickets.screens.letter import document


@get(urls.QUARANTINE)
async def quarantine(
    request: AnyRequest, viewer: NamedDependency[Viewer], after: FromQuery[int | None] = None
) -> Response[str]:
    """Show what came in and could not be used."""
    only_administrators(viewer)
    if is_part(request):
        return respond(request, "quarantine", await screens.quarantine(after=after))
    page = await screens.quarantine_page(viewer, after=after, now=clock.now())
    return respond(request, "quarantine", page)


@post(urls.QUARANTINE_ACTION, status_code=200)
async def act(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    entry_id: FromPath[int],
    verb: FromPath[str],
) -> Response[str] | Redirect:
    """Try an entry again, or make a ticket of it by hand; one that somebody else has dealt with is gone."""
    only_administrators(viewer)
    if verb not in {"retry", "ticket"}:
        raise NotFound
    with contextlib.suppress(NotFound):
        if verb == "retry":
            await intake.retry(entry_id)
        else:
            await intake.make_ticket(entry_id, now=clock.now())
    if is_part(request):
        return respond(request, "quarantine", await screens.quarantine())
    return see_other(urls.QUARANTINE)


@post(urls.ASK_FOR_MAIL, status_code=200)
async def ask_for_mail(
    request: AnyRequest, viewer: NamedDependency[Viewer], mail_id: FromPath[int]
) -> Response[str] | Redirect:
    """Ask a mailbox again for a mail that it did not hand out; one that came meanwhile is gone."""
    only_administrators(viewer)
    with contextlib.suppress(NotFound):
        await intake.ask_again(mail_id, now=clock.now())
    if is_part(request):
        return respond(request, "quarantine", await screens.quarantine())
    return see_other(urls.QUARANTINE)


@get(urls.CHANNELS)
async def channels(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show every channel account and how it is doing."""
    only_administrators(viewer)
    if is_part(request):
        return respond(request, "account_list", await screens.accounts())
    return respond(request, "channels", await screens.channels_page(viewer, now=clock.now()))


@post(urls.ANSWER_AGAIN, status_code=200)
async def answer_again(
    request: AnyRequest, viewer: NamedDependency[Viewer], account_id: FromPath[int]
) -> Response[str] | Redirect:
    """Let an account answer by itself again that had been stopped."""
    only_administrators(viewer)
    await delivery.answer_again(account_id)
    if is_part(request):
        return respond(request, "account_list", await screens.accounts())
    return see_other(urls.CHANNELS)


@get(urls.RECONCILIATION)
async def reconciliation(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show what lies on the mail servers and what became of it."""
    teams = _supervised(viewer)
    if is_part(request):
        return respond(request, "reconciliation", await screens.reconciliation(teams))
    page = await screens.reconciliation_page(viewer, teams, now=clock.now())
    return respond(request, "reconciliation", page)


@post(urls.RECONCILIATION, status_code=200)
async def look_now(
    request: AnyRequest, viewer: NamedDependency[Viewer]
) -> Response[str] | Redirect:
    """Count now."""
    teams = _supervised(viewer)
    mailboxes = [one.account_id for one in await looking(of_teams=teams)]
    await intake.ask_to_reconcile(mailboxes, now=clock.now())
    if is_part(request):
        return respond(request, "reconciliation", await screens.reconciliation(teams))
    return see_other(urls.RECONCILIATION)


@get(urls.OUTGOING)
async def outgoing(
    request: AnyRequest, viewer: NamedDependency[Viewer], after: FromQuery[int | None] = None
) -> Response[str]:
    """Show the mail that was kept instead of being sent."""
    if is_part(request):
        listed = await screens.outgoing_list(viewer, after=after)
        return respond(request, "outgoing_list", listed)
    page = await screens.outgoing(viewer, now=clock.now(), after=after)
    return respond(request, "outgoing", page)


@get(urls.OUTGOING_MAIL)
async def outgoing_mail(
    request: AnyRequest, viewer: NamedDependency[Viewer], mail_id: FromPath[int]
) -> Response[str]:
    """Show one kept mail as its reader would see it."""
    page = await screens.outgoing(viewer, now=clock.now(), mail_id=mail_id)
    return respond(request, "outgoing", page, part=("outgoing_mail", page.mail))


@get(urls.OUTGOING_BODY)
async def outgoing_body(viewer: NamedDependency[Viewer], mail_id: FromPath[int]) -> Response[str]:
    """Show the HTML part of a kept mail, for a frame."""
    mail = await screens.letter(mail_id, viewer)
    if mail.html is None:
        raise NotFound
    pictures = {
        file.content_id: (file.content_type, file.content) for file in mail.files if file.content_id
    }
    return framed(document(mail.html, pictures=pictures))


def _supervised(viewer: Viewer) -> tuple[int, ...] | None:
    """Return the teams whose mailboxes this person looks after; ``None`` stands for all."""
    if viewer.administrator:
        return None
    if not viewer.supervised:
        raise Forbidden
    return tuple(sorted(viewer.supervised))


router = Router(
    path="/",
    route_handlers=[
        quarantine,
        act,
        ask_for_mail,
        channels,
        answer_again,
        reconciliation,
        look_now,
        outgoing,
        outgoing_mail,
        outgoing_body,
    ],
    request_max_body_size=SMALL_FORM,
)
