"""Build the pages on which promises are written."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import cast
from zoneinfo import available_timezones

from agent_ui.models import Name, Reason
from agent_ui.models.codes import ChannelKind, Priority, Target
from agent_ui.models.terms import (
    CalendarForm,
    CalendarLine,
    CalendarPage,
    DayHours,
    Period,
    PolicyForm,
    PolicyLine,
    PolicyPage,
    PolicyStep,
    Terms,
    TermsPage,
    TermsPreview,
    TermsVersion,
)
from server.kit.settings import settings
from server.people.queries import Viewer, users
from server.service_levels.actions import Preview
from server.supervision import hours
from server.supervision.feasts import COUNTRIES
from server.supervision.queries import terms as queries
from server.supervision.queries.terms import CalendarRow, PolicyRow, Topic, Version
from server.supervision.term_forms import STEPS, WEEK_ORDER, CalendarDraft, with_rows
from server.tickets.screens.chrome import chrome
from sla import NeverOpens, remarks
from sla.clock import Kind
from sla.stored import calendar_of

WEEKDAY = date(2024, 1, 1)
"""A Monday."""
USUAL = (PolicyStep("75", "agent"), PolicyStep("100", "supervisors"))


async def terms_page(viewer: Viewer, *, now: datetime) -> TermsPage:
    """Build the list of everything that is promised."""
    return TermsPage(await chrome(viewer, here="terms", now=now), await terms(now=now))


async def terms(*, now: datetime) -> Terms:
    """Build the list alone."""
    return Terms(
        tuple(_policy_line(row) for row in await queries.policies()),
        tuple(_calendar_line(row, now=now) for row in await queries.calendars()),
        await queries.following(),
    )


async def calendar_page(viewer: Viewer, form: CalendarForm, *, now: datetime) -> CalendarPage:
    """Put a calendar's form on a page."""
    return CalendarPage(await chrome(viewer, here="terms", now=now), form)


async def policy_page(viewer: Viewer, form: PolicyForm, *, now: datetime) -> PolicyPage:
    """Put a policy's form on a page."""
    return PolicyPage(await chrome(viewer, here="terms", now=now), form)


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
        versions=_versions(await queries.versions("calendars", row.name)),
    )
    return with_rows(filled)


async def policy_form(policy_id: int) -> PolicyForm:
    """Build the form of a policy as it is; 0 is a new one."""
    calendars = tuple(row.name for row in await queries.calendars())
    empty = PolicyForm(
        id=0,
        name="",
        position="1",
        calendar=calendars[0] if calendars else "",
        allowed=tuple((cast("Target", str(kind)), "") for kind in Kind),
        pauses_in=frozenset({"pending"}),
        steps=(*USUAL, *(PolicyStep() for _ in range(STEPS - len(USUAL)))),
        calendars=calendars,
        topics=_tree(await queries.topics()),
        people=tuple((user.id, user.name) for user in await users()),
    )
    if not policy_id:
        return empty
    row = await queries.policy(policy_id)
    chain = [
        PolicyStep(
            str(step["percent"]),
            f"user-{step['to_id']}" if step["to"] == "user" else step["to"],
        )
        for step in row.steps
    ]
    return replace(
        empty,
        id=row.id,
        name=row.name,
        position=str(row.position),
        calendar=row.calendar,
        allowed=tuple(
            (cast("Target", str(kind)), _hours(row.allowed_minutes.get(str(kind)))) for kind in Kind
        ),
        pauses_in=frozenset(row.pauses_in),
        steps=(*chain, *(PolicyStep() for _ in range(STEPS)))[:STEPS],
        priority=row.priority or "",
        channel=row.channel or "",
        topic=str(row.topic_id or ""),
        versions=_versions(await queries.versions("policies", row.name)),
    )


def remarks_of(draft: CalendarDraft) -> tuple[Reason, ...]:
    """Say what looks unmeant in a draft."""
    windows = {int(day): [_window(one) for one in found] for day, found in draft.weekly.items()}
    dated = {
        date.fromisoformat(day): [_window(one) for one in found]
        for day, found in draft.exceptions.items()
    }
    said = []
    for one in remarks(windows, dated):
        when = WEEKDAY.replace(day=1 + one.weekday) if one.weekday is not None else one.first
        params = {"first": one.first, "last": one.last}
        days = {key: _noon(day) for key, day in params.items() if day}
        if one.weekday is not None:
            said.append(Reason(one.code, {"day": Name(*_weekday(one.weekday))}))
        else:
            said.append(Reason(one.code, {"day": _noon(when) if when else None, **days}))
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


def _noon(day: date) -> Name:
    return Name(day.isoformat(), day.isoformat())


def _window(window: Sequence[str]) -> tuple[time, time]:
    start, end = window
    return time.fromisoformat(start), time(0) if end == "24:00" else time.fromisoformat(end)


def _calendar_line(row: CalendarRow, *, now: datetime) -> CalendarLine:
    calendar = calendar_of(row.zone, row.weekly, row.exceptions)
    week = sum(_length(window) for windows in row.weekly.values() for window in windows)
    is_open = calendar.is_open(now)
    try:
        opens_at = None if is_open else calendar.next_open(now)
        closes_at = calendar.next_close(now) if is_open else None
    except NeverOpens:
        opens_at = closes_at = None
    return CalendarLine(
        row.id,
        row.name,
        row.zone,
        week,
        len(row.exceptions),
        row.used_by,
        row.author,
        row.saved_at,
        is_open,
        opens_at,
        closes_at,
    )


def _length(window: Sequence[str]) -> int:
    start, end = (int(at[:2]) * 3600 + int(at[3:]) * 60 for at in window)
    return end - start if end > start else end + 86_400 - start


def _policy_line(row: PolicyRow) -> PolicyLine:
    return PolicyLine(
        row.id,
        row.name,
        row.calendar,
        tuple(
            (cast("Target", str(kind)), int(row.allowed_minutes[str(kind)] * 60))
            for kind in Kind
            if str(kind) in row.allowed_minutes
        ),
        row.author,
        row.saved_at,
        cast("Priority | None", row.priority),
        cast("ChannelKind | None", row.channel),
        Name(row.topic_ar or "", row.topic_en or "") if row.topic_id else None,
    )


def _periods(row: CalendarRow) -> Iterable[Period]:
    """Show the periods that the exceptions were written as; what was saved without any, day by day."""
    if row.periods or not row.exceptions:
        for one in row.periods:
            text = hours.text(one["windows"])
            yield Period(one["first"], one["last"], text, one["name"], one["provisional"])
        return
    for day, windows in sorted(row.exceptions.items()):
        yield Period(day, day, hours.text(windows))


def _versions(found: Iterable[Version]) -> tuple[TermsVersion, ...]:
    return tuple(TermsVersion(one.saved_at, one.author) for one in found)


def _tree(found: Sequence[Topic]) -> tuple[tuple[str, Name, int], ...]:
    """List topics below their parents."""
    listed: list[tuple[str, Name, int]] = []

    def below(parent: int | None, depth: int) -> None:
        for topic in found:
            if topic.parent_id == parent:
                listed.append((str(topic.id), Name(topic.name_ar, topic.name_en), depth))
                below(topic.id, depth + 1)

    below(None, 0)
    return tuple(listed)


def _hours(minutes: float | None) -> str:
    return "" if minutes is None else f"{minutes / 60:g}"
