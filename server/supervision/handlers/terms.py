"""The doors to what is promised and to calendars: administrators write, supervisors read."""

from dataclasses import replace
from datetime import datetime

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.terms import CalendarForm, Terms
from server.kit import clock
from server.kit.errors import Forbidden, Invalid
from server.kit.http import AnyRequest, is_part, respond, see_other
from server.kit.work import transaction
from server.people.queries import Viewer
from server.service_levels import actions
from server.supervision import term_forms
from server.supervision.queries import terms as queries
from server.supervision.screens import terms as screens
from server.supervision.term_forms import CalendarDraft, fingerprint, typed
from sla.stored import calendar_of

Answer = Response[str] | Redirect


@get(urls.TERMS)
async def terms(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show what is promised, to supervisors for reading."""
    if not viewer.supervised:
        raise Forbidden
    now = clock.now()
    if is_part(request):
        found = await screens.terms(now=now, editable=viewer.administrator)
        return respond(request, "terms", found)
    return respond(request, "terms", await screens.terms_page(viewer, now=now))


@post(urls.TERMS, status_code=200)
async def write_places(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Answer:
    """Save who leads which team, and which channel has hours of its own."""
    only_administrators(viewer)
    sent, now = await request.form(), clock.now()
    view = await screens.terms(now=now, editable=True)
    try:
        async with transaction():
            await _save_places(sent, view, by=viewer, now=now)
    except Invalid as error:
        page = await screens.terms_page(viewer, now=now, wrong=(error.field or "", error.code))
        return respond(request, "terms", page, part=("terms", page.terms), status=422)
    return see_other(urls.TERMS)


async def _save_places(sent: FormMultiDict, view: Terms, *, by: Viewer, now: datetime) -> None:
    for team in view.leads:
        lead = typed(sent, f"lead-{team.team_id}")
        lead_id = int(lead) if lead.isdecimal() else None
        if f"lead-{team.team_id}" in sent and lead_id != team.lead_id:
            await actions.set_lead(team.team_id, lead_id=lead_id)
    for one in view.channels:
        hours = typed(sent, f"hours-{one.channel}")
        if f"hours-{one.channel}" in sent and hours != one.calendar:
            await actions.set_channel_hours(one.channel, calendar=hours or None)
            if typed(sent, "follow") == "yes":
                await actions.order_following(channel=one.channel, by=by.id, now=now)


@get(urls.CALENDAR)
async def calendar(
    request: AnyRequest, viewer: NamedDependency[Viewer], calendar_id: FromPath[int]
) -> Response[str]:
    """Show a calendar's form."""
    only_administrators(viewer)
    form = await screens.calendar_form(calendar_id, now=clock.now())
    return await _calendar(request, viewer, form)


@post(urls.CALENDAR, status_code=200)
async def write_calendar(
    request: AnyRequest, viewer: NamedDependency[Viewer], calendar_id: FromPath[int]
) -> Answer:
    """Add rows or holidays, say what a draft would change, or save it."""
    only_administrators(viewer)
    sent = await request.form()
    form = term_forms.read_calendar(sent, await screens.calendar_form(calendar_id, now=clock.now()))
    match typed(sent, "do"):
        case "more":
            return await _calendar(request, viewer, term_forms.with_rows(form, 10))
        case "holidays":
            added = term_forms.with_holidays(form, locale=viewer.locale)
            return await _calendar(request, viewer, term_forms.with_rows(added))
        case verb:
            if moved := term_forms.moved(form, verb):
                return await _calendar(request, viewer, term_forms.with_rows(moved))
            form, draft = term_forms.judge_calendar(form)
    if not form.id and await queries.calendar_taken(form.name):
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


async def _looked_at(form: CalendarForm, draft: CalendarDraft, seen: str) -> CalendarForm:
    calendar = calendar_of(draft.zone, draft.weekly, draft.exceptions)
    found = await actions.preview_calendar(form.name, calendar, now=clock.now())
    shown = replace(
        form, remarks=screens.remarks_of(draft), preview=screens.preview(found), checked=seen
    )
    return term_forms.with_rows(shown)


async def _calendar(
    request: AnyRequest, viewer: Viewer, form: CalendarForm, *, status: int = 200
) -> Response[str]:
    page = await screens.calendar_page(viewer, form, now=clock.now())
    return respond(request, "calendar", page, part=("calendar_form", form), status=status)


def only_administrators(viewer: Viewer) -> None:
    """Refuse everybody else."""
    if not viewer.administrator:
        raise Forbidden


handlers = [terms, write_places, calendar, write_calendar]
