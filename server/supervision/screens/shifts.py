"""Build the week of each team, and the form of one person's hours."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, cast
from zoneinfo import available_timezones

from agent_ui.models import Choice, Name, Reason
from agent_ui.models.codes import Presence
from agent_ui.models.shifts import (
    ShiftDay,
    ShiftForm,
    ShiftFormPage,
    ShiftRow,
    Shifts,
    ShiftsPage,
    TeamShifts,
)
from agent_ui.models.terms import DayHours, Period
from server.assignment.queries import shifts as queries
from server.assignment.queries.shifts import TeamHours, Worker
from server.kit.settings import settings
from server.people.queries import Viewer
from server.supervision import hours
from server.supervision.shift_forms import with_rows
from server.supervision.term_forms import WEEK_ORDER
from server.tickets.screens.chrome import chrome

DAY = timedelta(days=1)
ALL_DAY = "00:00-24:00"
WRONG_TEAM = tuple[int, Reason]


async def shifts_page(viewer: Viewer, shown: Shifts, *, now: datetime) -> ShiftsPage:
    """Put a week on a page."""
    return ShiftsPage(await chrome(viewer, here="shifts", now=now), shown)


async def form_page(viewer: Viewer, form: ShiftForm, *, now: datetime) -> ShiftFormPage:
    """Put a person's form on a page."""
    return ShiftFormPage(await chrome(viewer, here="shifts", now=now), form)


async def shifts(
    viewer: Viewer,
    week: date | None,
    *,
    zone: tzinfo,
    now: datetime,
    wrong: WRONG_TEAM | None = None,
) -> Shifts:
    """Build the week that a day is in, of the teams that this person supervises."""
    today = now.astimezone(zone).date()
    day = week or today
    first = day - (day.weekday() - WEEK_ORDER[0]) % 7 * DAY
    days = tuple(first + n * DAY for n in range(7))
    teams = await queries.team_hours(viewer.supervised)
    people = await queries.workers(viewer.supervised)
    calendars = await queries.calendar_names()
    return Shifts(
        days,
        tuple(
            _team(
                team,
                [one for one in people if team.id in one.team_ids],
                days,
                today,
                calendars,
                wrong,
            )
            for team in teams
        ),
        today,
        first - 7 * DAY,
        first + 7 * DAY,
    )


async def form(user_id: int, viewer: Viewer) -> ShiftForm:
    """Build the form of a person's hours; who keeps their team's begins with those."""
    one = await queries.worker(user_id, team_ids=viewer.supervised)
    colleagues = await queries.workers(viewer.supervised)
    teams = await queries.team_hours(viewer.supervised)
    usual = next((team for team in teams if team.id in one.team_ids and team.weekly), None)
    weekly = one.weekly if one.weekly is not None else (usual.weekly if usual else None) or {}
    return with_rows(
        ShiftForm(
            one.id,
            one.name,
            one.weekly is not None,
            one.zone or (usual.zone if usual else None) or settings().zone,
            tuple(DayHours(day, hours.text(weekly.get(str(day), ()))) for day in WEEK_ORDER),
            tuple(
                Period(
                    period["first"], period["last"], hours.text(period["windows"]), period["name"]
                )
                for period in one.periods
            ),
            tuple(sorted(available_timezones())),
            tuple(
                Choice(str(other.id), Name(other.name, other.name))
                for other in colleagues
                if other.id != one.id and set(other.team_ids) & set(one.team_ids)
            ),
            (),
            one.author,
            one.saved_at,
        )
    )


def _team(
    team: TeamHours,
    people: Sequence[Worker],
    days: tuple[date, ...],
    today: date,
    calendars: tuple[str, ...],
    wrong: WRONG_TEAM | None,
) -> TeamShifts:
    rows = tuple(_row(one, team, days) for one in people)
    return TeamShifts(
        team.id,
        Name(team.name_ar, team.name_en),
        rows,
        tuple(sum(bool(row.days[n].hours) for row in rows) for n in range(len(days))),
        days,
        today,
        team.calendar or "",
        calendars,
        wrong[1] if wrong and wrong[0] == team.id else None,
    )


def _row(one: Worker, team: TeamHours, days: Sequence[date]) -> ShiftRow:
    own = one.weekly is not None
    weekly = one.weekly if own else team.weekly
    exceptions = one.exceptions if own else team.exceptions
    return ShiftRow(
        one.id,
        one.name,
        cast("Presence", one.presence),
        own,
        team.on_shift if one.on_shift is None else one.on_shift,
        tuple(_day(weekly, exceptions, day) for day in days),
    )


def _day(weekly: Mapping[str, Any] | None, exceptions: Mapping[str, Any], day: date) -> ShiftDay:
    if weekly is None:
        return ShiftDay(ALL_DAY)
    if day.isoformat() in exceptions:
        return ShiftDay(hours.text(exceptions[day.isoformat()]), special=True)
    return ShiftDay(hours.text(weekly.get(str(day.weekday()), ())))
