"""Build the pages on which promises are written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from zoneinfo import ZoneInfo, available_timezones

from agent_ui.models import Name, Reason
from agent_ui.models.terms import (
    CalendarForm,
    CalendarLine,
    CalendarPage,
    DayHours,
    Period,
    Terms,
    TermsPage,
    TermsPreview,
    TermsVersion,
)
from server.kit.settings import settings
from server.people.queries import Viewer
from server.service_levels.actions import Preview
from server.supervision import hours
from server.supervision.feasts import COUNTRIES
from server.supervision.queries import terms as queries
from server.supervision.queries.terms import CalendarRow, CalendarVersion
from server.supervision.screens.policies import (
    channel_hours,
    policy_lines,
    retired_lines,
    team_leads,
)
from server.supervision.term_forms import WEEK_ORDER, CalendarDraft, with_rows
from server.tickets.screens.chrome import chrome
from sla import NeverOpens, remarks
from sla.stored import calendar_of

SOON = timedelta(days=90)


async def terms_page(
    viewer: Viewer, *, now: datetime, wrong: tuple[str, str] | None = None
) -> TermsPage:
    """Build the list of everything that is promised; ``wrong`` is a field and what is wrong with it."""
    view = await terms(now=now, editable=viewer.administrator)
    if wrong:
        field, code = wrong
        leads = tuple(
            replace(one, error=Reason(code, {"team": one.team}))
            if field == f"lead-{one.team_id}"
            else one
            for one in view.leads
        )
        view = replace(view, leads=leads)
    return TermsPage(await chrome(viewer, here="terms", now=now), view)


async def terms(*, now: datetime, editable: bool) -> Terms:
    """Build the list alone."""
    return Terms(
        await policy_lines(now=now),
        tuple(_calendar_line(row, now=now) for row in await queries.calendars()),
        await queries.following(now=now),
        await team_leads() if editable else (),
        await channel_hours() if editable else (),
        editable,
        await retired_lines(now=now),
    )


async def calendar_page(viewer: Viewer, form: CalendarForm, *, now: datetime) -> CalendarPage:
    """Put a calendar's form on a page."""
    return CalendarPage(await chrome(viewer, here="terms", now=now), form)


async def calendar_form(calendar_id: int, *, now: datetime) -> CalendarForm:
    """Build the form of a calendar as it is; 0 is a new one."""
    empty = CalendarForm(
        id=0,
        name="",
        zone=settings().zone,
        days=tuple(DayHours(day) for day in WEEK_ORDER),
        periods=(),
        year=now.year,
        countries=COUNTRIES,
        zones=tuple(sorted(available_timezones())),
    )
    if not calendar_id:
        return with_rows(empty)
    row = await queries.calendar(calendar_id)
    filled = replace(
        empty,
        id=row.id,
        name=row.name,
        zone=row.zone,
        days=tuple(DayHours(day, hours.text(row.weekly.get(str(day), ()))) for day in WEEK_ORDER),
        periods=tuple(_periods(row)),
        versions=_versions(await queries.calendar_versions(row.name)),
    )
    return with_rows(filled)


def remarks_of(draft: CalendarDraft) -> tuple[Reason, ...]:
    """Say what looks unmeant in a draft."""
    windows = {int(day): [_window(one) for one in found] for day, found in draft.weekly.items()}
    dated = {
        date.fromisoformat(day): [_window(one) for one in found]
        for day, found in draft.exceptions.items()
    }
    said = []
    for one in remarks(windows, dated):
        if one.weekday is not None:
            said.append(Reason(one.code, {"day": Name(*_weekday(one.weekday))}))
        else:
            days = {"day": one.first, "first": one.first, "last": one.last}
            said.append(Reason(one.code, days))
    return tuple(said)


def preview(found: Preview) -> TermsPreview:
    """Show what a draft would do."""
    return TermsPreview(
        found.tickets, found.looked_at, found.affected, found.newly_late, found.no_longer_late
    )


def _weekday(number: int) -> tuple[str, str]:
    ar = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
    en = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return ar[number], en[number]


def _window(window: Sequence[str]) -> tuple[time, time]:
    start, end = window
    return time.fromisoformat(start), time(0) if end == "24:00" else time.fromisoformat(end)


def _calendar_line(row: CalendarRow, *, now: datetime) -> CalendarLine:
    calendar = calendar_of(row.zone, row.weekly, row.exceptions)
    is_open = calendar.is_open(now)
    try:
        opens_at = None if is_open else calendar.next_open(now)
        closes_at = calendar.next_close(now) if is_open else None
    except NeverOpens:
        opens_at = closes_at = None
    today = now.astimezone(ZoneInfo(row.zone)).date()
    return CalendarLine(
        row.id,
        row.name,
        row.zone,
        _week(row.weekly),
        len(row.exceptions),
        row.used_by,
        row.author,
        row.saved_at,
        is_open,
        opens_at,
        closes_at,
        tuple(_unconfirmed(row, today=today)),
        tuple(
            DayHours(day, hours.text(row.weekly[str(day)]))
            for day in WEEK_ORDER
            if row.weekly.get(str(day))
        ),
        tuple(_ahead(row, today=today)),
    )


def _length(window: Sequence[str]) -> int:
    start, end = (int(at[:2]) * 3600 + int(at[3:]) * 60 for at in window)
    return end - start if end > start else end + 86_400 - start


def _periods(row: CalendarRow) -> Iterable[Period]:
    """Show the periods that the exceptions were written as; what was saved without any, day by day."""
    if row.periods or not row.exceptions:
        for one in sorted(row.periods, key=itemgetter("first", "last")):
            text = hours.text(one["windows"])
            yield Period(one["first"], one["last"], text, one["name"], one["provisional"])
        return
    for day, windows in sorted(row.exceptions.items()):
        yield Period(day, day, hours.text(windows))


def _ahead(row: CalendarRow, *, today: date) -> Iterator[Period]:
    """Give the days to come that have other hours."""
    for one in _periods(row):
        first, last = date.fromisoformat(one.first), date.fromisoformat(one.last)
        if last >= today:
            yield replace(one, first_day=first, last_day=last)


def _versions(found: Iterable[CalendarVersion]) -> tuple[TermsVersion, ...]:
    return tuple(
        TermsVersion(
            one.saved_at,
            one.author,
            phase="in_force" if one.current else "over",
            week_seconds=_week(one.weekly),
            exceptions=one.exceptions,
        )
        for one in found
    )


def _week(weekly: Mapping[str, Sequence[Sequence[str]]]) -> int:
    return sum(_length(window) for windows in weekly.values() for window in windows)


def _unconfirmed(row: CalendarRow, *, today: date) -> Iterator[tuple[str, date, date]]:
    """Give the days of the coming months that wait for a moon to be sighted."""
    for one in sorted(row.periods, key=itemgetter("first", "last")):
        first, last = date.fromisoformat(one["first"]), date.fromisoformat(one["last"])
        if one["provisional"] and last >= today and first <= today + SOON:
            yield one["name"], first, last
