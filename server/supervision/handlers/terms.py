"""The doors to calendars and policies: administrators only."""

from dataclasses import replace

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.terms import CalendarForm, PolicyForm
from server.kit import clock
from server.kit.errors import Forbidden
from server.kit.http import AnyRequest, is_part, respond, see_other
from server.people.queries import Viewer
from server.service_levels import actions
from server.service_levels.queries import Policy
from server.supervision import term_forms
from server.supervision.queries import terms as queries
from server.supervision.screens import terms as screens
from server.supervision.term_forms import CalendarDraft, PolicyDraft, fingerprint, typed
from sla.stored import calendar_of

Answer = Response[str] | Redirect


@get(urls.TERMS)
async def terms(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show what is promised."""
    _only_administrators(viewer)
    now = clock.now()
    if is_part(request):
        return respond(request, "terms", await screens.terms(now=now))
    return respond(request, "terms", await screens.terms_page(viewer, now=now))


@get(urls.CALENDAR)
async def calendar(
    request: AnyRequest, viewer: NamedDependency[Viewer], calendar_id: FromPath[int]
) -> Response[str]:
    """Show a calendar's form."""
    _only_administrators(viewer)
    form = await screens.calendar_form(calendar_id, now=clock.now())
    return await _calendar(request, viewer, form)


@post(urls.CALENDAR, status_code=200)
async def write_calendar(
    request: AnyRequest, viewer: NamedDependency[Viewer], calendar_id: FromPath[int]
) -> Answer:
    """Add rows or holidays, say what a draft would change, or save it."""
    _only_administrators(viewer)
    sent = await request.form()
    form = term_forms.read_calendar(sent, await screens.calendar_form(calendar_id, now=clock.now()))
    match typed(sent, "do"):
        case "more":
            return await _calendar(request, viewer, term_forms.with_rows(form, 10))
        case "holidays":
            added = term_forms.with_holidays(form, locale=viewer.locale)
            return await _calendar(request, viewer, term_forms.with_rows(added))
        case verb:
            form, draft = term_forms.judge_calendar(form)
    if not form.id and await queries.taken("calendars", form.name):
        form, draft = replace(form, errors=(*form.errors, ("name", Reason("name_taken")))), None
    if draft is None:
        return await _calendar(request, viewer, term_forms.with_rows(form), status=422)
    seen = fingerprint(draft)
    if verb != "save" or typed(sent, "checked") != seen:
        return await _calendar(request, viewer, await _looked_at(form, draft, seen))
    await actions.save_calendar(
        form.name,
        zone=draft.zone,
        weekly=draft.weekly,
        exceptions=draft.exceptions,
        periods=draft.periods,
        by=viewer.id,
        now=clock.now(),
    )
    if typed(sent, "follow") == "yes":
        await actions.order_following(calendar=form.name, by=viewer.id, now=clock.now())
    return see_other(urls.TERMS)


@get(urls.POLICY)
async def policy(
    request: AnyRequest, viewer: NamedDependency[Viewer], policy_id: FromPath[int]
) -> Response[str]:
    """Show a policy's form."""
    _only_administrators(viewer)
    return await _policy(request, viewer, await screens.policy_form(policy_id))


@post(urls.POLICY, status_code=200)
async def write_policy(
    request: AnyRequest, viewer: NamedDependency[Viewer], policy_id: FromPath[int]
) -> Answer:
    """Say what a draft would change, save it, or retire the policy."""
    _only_administrators(viewer)
    sent = await request.form()
    form = term_forms.read_policy(sent, await screens.policy_form(policy_id))
    if typed(sent, "do") == "retire" and form.id:
        await actions.retire_policy(form.name, now=clock.now())
        return see_other(urls.TERMS)
    form, draft = term_forms.judge_policy(form)
    if not form.id and await queries.taken("policies", form.name):
        form, draft = replace(form, errors=(*form.errors, ("name", Reason("name_taken")))), None
    if draft is None:
        return await _policy(request, viewer, form, status=422)
    seen = fingerprint(draft)
    if typed(sent, "do") != "save" or typed(sent, "checked") != seen:
        found = await actions.preview_policy(_drafted(form, draft), now=clock.now())
        form = replace(form, preview=screens.preview(found), checked=seen)
        return await _policy(request, viewer, form)
    await actions.save_policy(
        form.name,
        calendar=draft.calendar,
        allowed_minutes=draft.allowed_minutes,
        pauses_in=draft.pauses_in,
        priority=draft.priority,
        channel=draft.channel,
        topic_id=draft.topic_id,
        position=draft.position,
        steps=draft.steps,
        by=viewer.id,
        now=clock.now(),
    )
    if typed(sent, "follow") == "yes":
        await actions.order_following(policy=form.name, by=viewer.id, now=clock.now())
    return see_other(urls.TERMS)


async def _looked_at(form: CalendarForm, draft: CalendarDraft, seen: str) -> CalendarForm:
    calendar = calendar_of(draft.zone, draft.weekly, draft.exceptions)
    found = await actions.preview_calendar(form.name, calendar, now=clock.now())
    shown = replace(
        form, remarks=screens.remarks_of(draft), preview=screens.preview(found), checked=seen
    )
    return term_forms.with_rows(shown)


def _drafted(form: PolicyForm, draft: PolicyDraft) -> Policy:
    return Policy(
        id=0,
        name=form.name,
        calendar=draft.calendar,
        calendar_id=0,
        position=draft.position,
        priority=draft.priority,
        channel=draft.channel,
        topic_id=draft.topic_id,
        allowed_minutes=draft.allowed_minutes,
        pauses_in=frozenset(draft.pauses_in),
        steps=draft.steps,
    )


async def _calendar(
    request: AnyRequest, viewer: Viewer, form: CalendarForm, *, status: int = 200
) -> Response[str]:
    page = await screens.calendar_page(viewer, form, now=clock.now())
    return respond(request, "calendar", page, part=("calendar_form", form), status=status)


async def _policy(
    request: AnyRequest, viewer: Viewer, form: PolicyForm, *, status: int = 200
) -> Response[str]:
    page = await screens.policy_page(viewer, form, now=clock.now())
    return respond(request, "policy", page, part=("policy_form", form), status=status)


def _only_administrators(viewer: Viewer) -> None:
    if not viewer.administrator:
        raise Forbidden


handlers = [terms, calendar, write_calendar, policy, write_policy]
