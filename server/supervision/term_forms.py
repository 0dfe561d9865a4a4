"""Read the forms in which calendars and policies are written; what is wrong stands beside its field."""

import hashlib
import math
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

import msgspec
from litestar.datastructures import FormMultiDict

from agent_ui.models import Reason
from agent_ui.models.codes import Target
from agent_ui.models.terms import CalendarForm, DayHours, Period, PolicyForm, PolicyStep
from server.kit.errors import Invalid
from server.service_levels.queries import Step
from server.supervision import feasts, hours
from sla import BadCalendar
from sla.clock import Kind
from sla.zones import zone_named

EXAMPLE = "07:30-12:00 12:30-15:30"
PERIODS = 200
STEPS = 6
EMPTY_ROWS = 3
MOST_HOURS = 10_000
MOST_POSITION = 1000
MOST_PERCENT = 1000
CHARACTERS = 200
WEEK_ORDER = (6, 0, 1, 2, 3, 4, 5)
"""The week begins on Sunday."""


@dataclass(frozen=True, slots=True)
class CalendarDraft:
    """A calendar as it would be saved."""

    zone: str
    weekly: dict[str, hours.Windows]
    exceptions: dict[str, hours.Windows]
    periods: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """A policy as it would be saved."""

    position: int
    calendar: str
    allowed_minutes: dict[str, float]
    pauses_in: tuple[str, ...]
    steps: tuple[Step, ...]
    priority: str | None
    channel: str | None
    topic_id: int | None


@dataclass(slots=True)
class _Errors:
    found: list[tuple[str, Reason]] = field(default_factory=list)

    def add(self, name: str, code: str, **params: str | int) -> None:
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
    have = {one.first for one in form.periods}
    added = [
        Period(day.isoformat(), day.isoformat(), "", name, provisional)
        for day, name, provisional in found
        if day.isoformat() not in have
    ]
    kept = [one for one in form.periods if one.first or one.last or one.hours or one.name]
    return replace(form, periods=tuple((*kept, *added)[:PERIODS]))


def judge_calendar(form: CalendarForm) -> tuple[CalendarForm, CalendarDraft | None]:
    """Return what would be saved, or the form with what is wrong beside each field."""
    errors = _Errors()
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
    exceptions: dict[str, hours.Windows] = {}
    periods, kept = [], []
    for period in form.periods:
        try:
            if said := _period(period):
                kept.append(said)
                first, last = hours.day(said["first"]), hours.day(said["last"])
                exceptions |= {day.isoformat(): said["windows"] for day in hours.days(first, last)}
            periods.append(period)
        except Invalid as error:
            periods.append(replace(period, error=Reason(error.code, {"example": EXAMPLE})))
    if len(exceptions) > hours.MOST_DAYS:
        errors.add("periods", "too_many_days", limit=hours.MOST_DAYS)
    judged = replace(
        form, days=tuple(days), periods=tuple(periods), errors=(*form.errors, *errors.found)
    )
    if judged.errors or any(d.error for d in days) or any(p.error for p in periods):
        return judged, None
    return judged, CalendarDraft(form.zone, weekly, exceptions, kept)


def _period(period: Period) -> dict[str, Any] | None:
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
        "provisional": period.provisional,
    }


def _day(typed_day: str) -> date | None:
    try:
        return hours.day(typed_day)
    except Invalid:
        return None


def read_policy(form: FormMultiDict, shown: PolicyForm) -> PolicyForm:
    """Return the form as it was filled in, nothing judged."""
    return replace(
        shown,
        name=typed(form, "name") if not shown.id else shown.name,
        position=typed(form, "position"),
        calendar=typed(form, "calendar"),
        allowed=tuple((cast("Target", str(kind)), typed(form, str(kind))) for kind in Kind),
        pauses_in=frozenset(form.getall("pauses_in", [])) & {"pending", "on_hold"},
        steps=tuple(
            PolicyStep(typed(form, f"percent-{n}"), typed(form, f"to-{n}")) for n in range(STEPS)
        ),
        priority=typed(form, "priority"),
        channel=typed(form, "channel"),
        topic=typed(form, "topic"),
    )


def judge_policy(form: PolicyForm) -> tuple[PolicyForm, PolicyDraft | None]:
    """Return what would be saved, or the form with what is wrong beside each field."""
    errors = _Errors()
    if not form.name:
        errors.add("name", "required")
    if form.calendar not in form.calendars:
        errors.add("calendar", "no_calendar")
    position = _number(form.position)
    if position is None or not 0 < position <= MOST_POSITION or position != int(position):
        errors.add("position", "not_a_number")
    allowed: dict[str, float] = {}
    for target, text in form.allowed:
        number = _number(text)
        if text and (number is None or not 0 < number <= MOST_HOURS):
            errors.add(target, "not_a_number")
        elif number is not None:
            allowed[target] = number * 60
    if not allowed and not errors.found:
        errors.add("allowed", "nothing_promised")
    steps, chain = _steps(form)
    judged = replace(form, steps=tuple(steps), errors=(*form.errors, *errors.found))
    if errors.found or any(step.error for step in steps) or position is None:
        return judged, None
    return judged, PolicyDraft(
        int(position),
        form.calendar,
        allowed,
        tuple(sorted(form.pauses_in)),
        tuple(sorted(chain, key=lambda step: step.percent)),
        form.priority or None,
        form.channel or None,
        int(form.topic) if form.topic.isdecimal() else None,
    )


def _steps(form: PolicyForm) -> tuple[list[PolicyStep], list[Step]]:
    steps, chain = [], []
    people = {f"user-{user_id}": user_id for user_id, _ in form.people}
    for step in form.steps:
        percent = _number(step.percent)
        fine = percent is not None and 0 < percent <= MOST_PERCENT and percent == int(percent)
        if step.percent and not (fine and step.to in {"agent", "supervisors", *people}):
            steps.append(replace(step, error=Reason("percent", {"limit": MOST_PERCENT})))
            continue
        steps.append(step)
        if percent is not None:
            named = people.get(step.to)
            chain.append(Step(int(percent), "user" if named else step.to, named))
    return steps, chain


def fingerprint(draft: object) -> str:
    """Return what tells one draft from another, so that nobody saves what was not looked at."""
    return hashlib.sha256(msgspec.json.encode(draft)).hexdigest()[:16]


def _number(text: str) -> float | None:
    text = text.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789.")).replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
