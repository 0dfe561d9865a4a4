"""The doors to who works when: supervisors only."""

from dataclasses import replace
from datetime import date

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.shifts import ShiftForm
from server.assignment import actions
from server.kit import clock
from server.kit.errors import Forbidden, Invalid
from server.kit.http import AnyRequest, respond, see_other, text_of, zone
from server.kit.work import transaction
from server.people.queries import Viewer
from server.service_levels import actions as promises
from server.supervision import shift_forms
from server.supervision.screens import shifts as screens
from server.supervision.term_forms import typed

Answer = Response[str] | Redirect


@get(urls.SHIFTS)
async def shifts(
    request: AnyRequest, viewer: NamedDependency[Viewer], week: FromQuery[str | None] = None
) -> Response[str]:
    """Show who works when, in the week of a day."""
    _only_supervisors(viewer)
    now = clock.now()
    shown = await screens.shifts(viewer, _day(week), zone=zone(), now=now)
    page = await screens.shifts_page(viewer, shown, now=now)
    return respond(request, "shifts", page, part=("shifts", shown))


@post(urls.TEAM_HOURS, status_code=200)
async def save_team(
    request: AnyRequest, viewer: NamedDependency[Viewer], team_id: FromPath[int]
) -> Answer:
    """Save by which calendar a team works."""
    _only_supervisors(viewer)
    sent, now = await request.form(), clock.now()
    chosen = text_of(sent, "calendar", limit=200)
    try:
        async with transaction():
            await actions.set_team_hours(team_id, calendar=chosen or None, by=viewer, now=now)
            if typed(sent, "follow") == "yes":
                await promises.order_following(team_id=team_id, by=viewer.id, now=now)
    except Invalid as error:
        wrong = team_id, Reason(error.code)
        shown = await screens.shifts(viewer, None, zone=zone(), now=now, wrong=wrong)
        page = await screens.shifts_page(viewer, shown, now=now)
        return respond(request, "shifts", page, part=("shifts", shown), status=422)
    return see_other(urls.SHIFTS)


@get(urls.SHIFT)
async def shift(
    request: AnyRequest, viewer: NamedDependency[Viewer], user_id: FromPath[int]
) -> Response[str]:
    """Show the form of one person's hours."""
    _only_supervisors(viewer)
    return await _form(request, viewer, await screens.form(user_id, viewer))


@post(urls.SHIFT, status_code=200)
async def save_shift(
    request: AnyRequest, viewer: NamedDependency[Viewer], user_id: FromPath[int]
) -> Answer:
    """Save one person's hours, and their week for whoever else was chosen."""
    _only_supervisors(viewer)
    sent = await request.form()
    form = shift_forms.read(sent, await screens.form(user_id, viewer))
    if typed(sent, "do") == "more":
        return await _form(request, viewer, shift_forms.with_rows(form, 6))
    now = clock.now()
    people = [user_id, *(int(one.value) for one in form.others if one.selected)]
    if not form.own:
        async with transaction():
            for one in people:
                await actions.keep_team_hours(one, by=viewer, now=now)
        return see_other(urls.SHIFTS)
    form, draft = shift_forms.judge(form)
    if draft is None:
        return await _form(request, viewer, shift_forms.with_rows(form), status=422)
    try:
        async with transaction():
            await actions.set_shifts(
                user_id,
                zone=draft.zone,
                weekly=draft.weekly,
                exceptions=draft.exceptions,
                periods=draft.periods,
                by=viewer,
                now=now,
            )
            for one in people[1:]:
                await actions.set_week(
                    one, zone=draft.zone, weekly=draft.weekly, by=viewer, now=now
                )
    except Invalid as error:
        form = replace(form, errors=(("week", Reason(error.code)),))
        return await _form(request, viewer, form, status=422)
    return see_other(urls.SHIFTS)


async def _form(
    request: AnyRequest, viewer: Viewer, form: ShiftForm, *, status: int = 200
) -> Response[str]:
    page = await screens.form_page(viewer, form, now=clock.now())
    return respond(request, "shift", page, part=("shift_form", form), status=status)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _only_supervisors(viewer: Viewer) -> None:
    if not viewer.supervised:
        raise Forbidden


handlers = [shifts, save_team, shift, save_shift]
