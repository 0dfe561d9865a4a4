"""Read the form in which a calendar is written; what is wrong stands beside its field."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import msgspec
from litestar.datastructures import FormMultiDict

from agent_ui.models import Reason
from agent_ui.models.common import Param
from agent_ui.models.terms import CalendarForm, DayHours, Period
from server.kit.errors import Invalid
from server.supervision import feasts, hours
from sla import BadCalendar, unmeant
from sla.stored import dated_of, weekly_of
from sla.zones import zone_named

EXAMPLE = "07:30-12:00 12:30-15:30"
PERIODS = 200
EMPTY_ROWS = 3
CHARACTERS = 200
MOVED = timedelta(days=3)
"""A moon is never sighted further from the day that was reckoned."""
MOVES = {"earlier": -1, "later": 1, "confirm": 0}
WEEK_ORDER = (6, 0, 1, 2, 3, 4, 5)
"""The week begins on Sunday."""


@dataclass(frozen=True, slots=True)
class CalendarDraft:
    """A calendar as it would be saved."""

    zone: str
    weekly: dict[str, hours.Windows]
    exceptions: dict[str, hours.Windows]
    periods: list[dict[str, Any]]


@dataclass(slots=True)
class Errors:
    """What is wrong, by the field beside which it is said."""

    found: list[tuple[str, Reason]] = field(default_factory=list)

    def add(self, name: str, code: str, **params: Param) -> None:
        """Say what is wrong with one field."""
        self.found.append((name, Reason(code, params)))


def typed(form: FormMultiDict, name: str) -> str:
    """Return what stands in a field; longer than anything meant is cut."""
    value = form.get(name, "")
    return value.strip()[:CHARACTERS].replace("\x00", "") if isinstance(value, str) else ""


def read_calendar(form: FormMultiDict, shown: CalendarForm) -> CalendarForm:
    """Return the form as it was filled in, nothing judged."""
    periods = []
    for n in range(PERIODS):
        if f"first-{n}" not in form:
            break
        periods.append(
            Period(
                typed(form, f"first-{n}"),
                typed(form, f"last-{n}"),
                typed(form, f"hours-{n}"),
                typed(form, f"name-{n}"),
                typed(form, f"provisional-{n}") == "yes",
            )
        )
    year = typed(form, "year")
    return replace(
        shown,
        name=typed(form, "name") if not shown.id else shown.name,
        zone=typed(form, "zone"),
        days=tuple(DayHours(day, typed(form, f"day-{day}")) for day in WEEK_ORDER),
        periods=tuple(periods),
        country=typed(form, "country"),
        year=int(year) if year.isdecimal() and len(year) < 5 else 0,
    )


def with_rows(form: CalendarForm, more: int = EMPTY_ROWS) -> CalendarForm:
    """Return the form with some empty rows at the end, and the days of the others by both calendars."""
    kept = [one for one in form.periods if one.first or one.last or one.hours or one.name]
    shown = [replace(one, first_day=_day(one.first), last_day=_day(one.last)) for one in kept]
    empty = [Period() for _ in range(min(more, PERIODS - len(shown)))]
    return replace(form, periods=(*shown, *empty))


def with_holidays(form: CalendarForm, *, locale: str) -> CalendarForm:
    """Return the form with a country's holidays added, those it has already left as they are."""
    try:
        found = feasts.of(form.country, form.year, locale=locale)
    except Invalid as error:
        return replace(form, errors=(*form.errors, ("periods", Reason(error.code))))
    kept = [one for one in form.periods if one.first or one.last or one.hours or one.name]
    added = [
        Period(one.first.isoformat(), one.last.isoformat(), "", one.name, one.provisional)
        for one in found
        if not any(_has(period, one) for period in kept)
    ]
    return replace(form, periods=tuple((*kept, *added)[:PERIODS]))


def _has(period: Period, feast: feasts.Feast) -> bool:
    """Say whether a period is this feast, as it was added before or as people moved it since."""
    first, last = _day(period.first), _day(period.last or period.first)
    if first is None or last is None:
        return False
    same = period.name == feast.name and abs(first - feast.first) <= MOVED
    return same or (not period.hours and first <= feast.last and last >= feast.first)


def judge_calendar(form: CalendarForm) -> tuple[CalendarForm, CalendarDraft | None]:
    """Return what would be saved, or the form with what is wrong beside each field."""
    errors = Errors()
    if not form.name:
        errors.add("name", "required")
    try:
        zone_named(form.zone)
    except BadCalendar:
        errors.add("zone", "zone_unknown")
    weekly: dict[str, hours.Windows] = {}
    days = []
    for one in form.days:
        try:
            weekly[str(one.weekday)] = hours.windows(one.hours)
            days.append(one)
        except Invalid as error:
            days.append(replace(one, error=Reason(error.code, {"example": EXAMPLE})))
    periods, kept = [], []
    for period in form.periods:
        try:
            if said := written(period):
                kept.append(said | {"provisional": period.provisional})
            periods.append(period)
        except Invalid as error:
            periods.append(replace(period, error=Reason(error.code, {"example": EXAMPLE})))
    exceptions = _by_day(kept)
    if len(exceptions) > hours.MOST_DAYS:
        errors.add("periods", "too_many_days", limit=hours.MOST_DAYS)
    else:
        days, periods = _sensible(days, periods, weekly, exceptions, errors)
    judged = replace(
        form, days=tuple(days), periods=tuple(periods), errors=(*form.errors, *errors.found)
    )
    if judged.errors or any(d.error for d in days) or any(p.error for p in periods):
        return judged, None
    return judged, CalendarDraft(form.zone, weekly, exceptions, kept)


def written(period: Period) -> dict[str, Any] | None:
    """Return a period as it is kept, none of an empty row; raise :class:`Invalid` for one that cannot be meant."""
    if not (period.first or period.last or period.hours or period.name):
        return None
    first = hours.day(period.first)
    last = hours.day(period.last) if period.last else first
    hours.days(first, last)
    return {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "windows": hours.windows(period.hours),
        "name": period.name,
    }


def _by_day(periods: list[dict[str, Any]]) -> dict[str, hours.Windows]:
    """Return the hours of each day; of periods that share a day the shorter counts: a feast in Ramadan."""
    found: dict[str, hours.Windows] = {}
    spans = [(hours.day(one["first"]), hours.day(one["last"]), one["windows"]) for one in periods]
    for first, last, windows in sorted(spans, key=lambda span: span[0] - span[1]):
        found |= {day.isoformat(): windows for day in hours.days(first, last)}
    return found


def _sensible(
    days: list[DayHours],
    periods: list[Period],
    weekly: dict[str, hours.Windows],
    exceptions: dict[str, hours.Windows],
    errors: Errors,
) -> tuple[list[DayHours], list[Period]]:
    """Mark the days and periods whose hours nobody can mean."""
    # What could not be read is said already; without it the rest would look emptier than it is.
    unread = any(day.error for day in days) or any(period.error for period in periods)
    for one in unmeant(weekly_of(weekly), dated_of(exceptions)):
        if one.weekday is not None:
            days = [_day_wrong(day) if day.weekday == one.weekday else day for day in days]
        elif one.first is not None and one.last is not None:
            reason = Reason(
                "windows_overlap" if one.code == "overlap" else one.code, {"last": one.last}
            )
            periods = [
                replace(period, error=reason)
                if (day := _day(period.first)) and day <= one.first <= (_day(period.last) or day)
                else period
                for period in periods
            ]
        elif not unread:
            errors.add("days", one.code)
    return days, periods


def _day_wrong(day: DayHours) -> DayHours:
    return replace(day, error=day.error or Reason("windows_overlap"))


def moved(form: CalendarForm, verb: str) -> CalendarForm | None:
    """Return the form with one unconfirmed period moved by a day or confirmed; nothing for another verb."""
    action, _, number = verb.partition("-")
    if action not in MOVES or not number.isdecimal() or int(number) >= len(form.periods):
        return None
    period = form.periods[int(number)]
    first, last = _day(period.first), _day(period.last or period.first)
    if first is None or last is None:
        return None
    step = timedelta(days=MOVES[action])
    there = replace(
        period,
        first=(first + step).isoformat(),
        last=(last + step).isoformat(),
        provisional=action != "confirm",
    )
    periods = tuple(there if n == int(number) else one for n, one in enumerate(form.periods))
    return replace(form, periods=periods)


def _day(typed_day: str) -> date | None:
    try:
        return hours.day(typed_day)
    except Invalid:
        return None


def fingerprint(draft: object) -> str:
    """Return what tells one draft from another, so that nobody saves what was not looked at."""
    return hashlib.sha256(msgspec.json.encode(draft)).hexdigest()[:16]
