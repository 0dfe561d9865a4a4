"""The doors to alarms: everybody's own choices; for administrators the ways they leave the house."""

from dataclasses import replace

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.alarms import AlarmChoices, WebhookForm
from server.alarms import actions
from server.kit import clock
from server.kit.errors import Forbidden, Invalid
from server.kit.http import AnyRequest, is_part, respond, see_other
from server.people.queries import Viewer
from server.supervision import alarm_forms
from server.supervision.alarm_forms import typed
from server.supervision.screens import alarms as screens

Answer = Response[str] | Redirect


@get(urls.ALARMS)
async def choices(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show what reaches this person, and when."""
    shown = await screens.choices(viewer)
    saved = request.query_params.get("saved") == "1"
    return await _choices(request, viewer, replace(shown, saved=saved))


@post(urls.ALARMS, status_code=200)
async def choose(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Answer:
    """Keep what was chosen, or send a test by e-mail."""
    sent = await request.form()
    form, draft = alarm_forms.read_choices(sent, await screens.choices(viewer))
    if draft is None:
        return await _choices(request, viewer, form, status=422)
    if typed(sent, "do") == "test":
        try:
            await actions.try_mail(viewer.id, now=clock.now())
        except Invalid as error:
            form = replace(form, errors=(("email", Reason(error.code)),))
            return await _choices(request, viewer, form, status=422)
    await actions.save_choice(
        viewer.id,
        email=draft.email,
        browser=draft.browser,
        zone=draft.zone,
        quiet=draft.quiet,
        pressing=draft.pressing,
    )
    return see_other(f"{urls.ALARMS}?saved=1")


@get(urls.ALARM_WAYS)
async def ways(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show how alarms leave the house."""
    _only_administrators(viewer)
    return await _ways(request, viewer)


@post(urls.ALARM_WAYS, status_code=200)
async def choose_account(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Answer:
    """Choose the account by which alarms leave."""
    _only_administrators(viewer)
    account = typed(await request.form(), "account")
    try:
        await actions.choose_account(int(account) if account.isdecimal() else None)
    except Invalid as error:
        return await _ways(request, viewer, error=Reason(error.code))
    return see_other(urls.ALARM_WAYS)


@get(urls.WEBHOOK)
async def webhook(
    request: AnyRequest, viewer: NamedDependency[Viewer], webhook_id: FromPath[int]
) -> Response[str]:
    """Show a webhook's form."""
    _only_administrators(viewer)
    return await _webhook(request, viewer, await screens.webhook(webhook_id))


@post(urls.WEBHOOK, status_code=200)
async def write_webhook(
    request: AnyRequest, viewer: NamedDependency[Viewer], webhook_id: FromPath[int]
) -> Answer:
    """Save a webhook, or remove it."""
    _only_administrators(viewer)
    sent = await request.form()
    form, draft = alarm_forms.read_webhook(sent, await screens.webhook(webhook_id))
    if typed(sent, "do") == "remove" and webhook_id:
        await actions.remove_webhook(webhook_id, now=clock.now())
        return see_other(urls.ALARM_WAYS)
    try:
        await actions.save_webhook(webhook_id, draft, now=clock.now())
    except Invalid as error:
        form = replace(form, errors=((error.field or "name", Reason(error.code)),))
        return await _webhook(request, viewer, form, status=422)
    return see_other(urls.ALARM_WAYS)


@post(urls.WEBHOOK_TEST, status_code=200)
async def try_webhook(viewer: NamedDependency[Viewer], webhook_id: FromPath[int]) -> Redirect:
    """Send a test there; the page shows what becomes of it."""
    _only_administrators(viewer)
    await actions.try_webhook(webhook_id, now=clock.now())
    return see_other(urls.ALARM_WAYS)


async def _choices(
    request: AnyRequest, viewer: Viewer, shown: AlarmChoices, *, status: int = 200
) -> Response[str]:
    page = await screens.choices_page(viewer, shown, now=clock.now())
    return respond(request, "alarms", page, part=("alarm_choices", shown), status=status)


async def _ways(
    request: AnyRequest, viewer: Viewer, *, error: Reason | None = None
) -> Response[str]:
    shown = await screens.alarm_ways(now=clock.now(), error=error)
    status = 422 if error else 200
    if is_part(request):
        return respond(request, "alarm_ways", shown, status=status)
    page = await screens.ways_page(viewer, shown, now=clock.now())
    return respond(request, "alarm_ways", page, status=status)


async def _webhook(
    request: AnyRequest, viewer: Viewer, form: WebhookForm, *, status: int = 200
) -> Response[str]:
    page = await screens.webhook_page(viewer, form, now=clock.now())
    return respond(request, "webhook", page, part=("webhook_form", form), status=status)


def _only_administrators(viewer: Viewer) -> None:
    if not viewer.administrator:
        raise Forbidden


handlers = [choices, choose, ways, choose_account, webhook, write_webhook, try_webhook]
