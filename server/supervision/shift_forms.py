"""Read the form in which somebody's hours are written; what is wrong stands beside its field."""

from dataclasses import dataclass, replace
from typing import Any

from litestar.datastructures import FormMultiDict

from agent_ui.models import Reason
from agent_ui.models.shifts import ShiftForm
from agent_ui.models.terms import DayHours, Period
from server.kit.errors import Invalid
from server.supervision import hours
from server.supervision.term_forms import EXAMPLE, WEEK_ORDER, typed, written
from sla import BadCalendar
from sla.zones import zone_named

PERIODS = 60
EMPTY_ROWS = 2


@dataclass(frozen=True, slots=True)
class ShiftDraft:
    """Somebody's hours as they would be saved."""

    zone: str
    weekly: dict[str, hours.Windows]
    exceptions: dict[str, hours.Windows]
    periods: list[dict[str, Any]]


def read(form: FormMultiDict, shown: ShiftForm) -> ShiftForm:
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
            )
        )
    others = {str(one) for one in form.getall("others", [])}
    return replace(
        shown,
        own=typed(form, "own") != "team",
        zone=typed(form, "zone"),
        days=tuple(DayHours(day, typed(form, f"day-{day}")) for day in WEEK_ORDER),
        periods=tuple(periods),
        others=tuple(replace(one, selected=one.value in others) for one in shown.others),
    )


def with_rows(form: ShiftForm, more: int = EMPTY_ROWS) -> ShiftForm:
    """Return the form with some empty rows at the end."""
    kept = [one for one in form.periods if one.first or one.last or one.hours or one.name]
    return replace(form, periods=(*kept, *[Period()] * max(0, min(more, PERIODS - len(kept)))))


def judge(form: ShiftForm) -> tuple[ShiftForm, ShiftDraft | None]:
    """Return what would be saved, or the form with what is wrong beside each field."""
    errors: list[tuple[str, Reason]] = []
    try:
        zone_named(form.zone)
    except BadCalendar:
        errors.append(("zone", Reason("zone_unknown")))
    weekly: dict[str, hours.Windows] = {}
    days = []
    for one in form.days:
        try:
            weekly[str(one.weekday)] = hours.windows(one.hours)
            days.append(one)
        except Invalid as error:
            days.append(replace(one, error=Reason(error.code, {"example": EXAMPLE})))
    if not any(weekly.values()) and not any(day.error for day in days):
        errors.append(("week", Reason("never_works")))
    exceptions: dict[str, hours.Windows] = {}
    periods, kept = [], []
    for period in form.periods:
        try:
            if said := written(period):
                kept.append(said)
                first, last = hours.day(said["first"]), hours.day(said["last"])
                exceptions |= {day.isoformat(): said["windows"] for day in hours.days(first, last)}
            periods.append(period)
        except Invalid as error:
            periods.append(replace(period, error=Reason(error.code, {"example": EXAMPLE})))
    judged = replace(form, days=tuple(days), periods=tuple(periods), errors=tuple(errors))
    if errors or any(day.error for day in days) or any(period.error for period in periods):
        return judged, None
    return judged, ShiftDraft(form.zone, weekly, exceptions, kept)
