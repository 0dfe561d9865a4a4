"""Periods of whole days, as the office counts them: where they begin and end, and which came before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal, get_args

from hijridate import Gregorian, Hijri

from server.kit.errors import Invalid

Kind = Literal["day", "week", "month", "hijri", "days"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Days = tuple[date, date]
"""The first and the last day, both of them included."""

DAY = timedelta(days=1)
LONGEST = timedelta(days=800)
EARLIEST, LATEST = date(1970, 1, 1), date(2070, 1, 1)
SUNDAY = 6
"""The day with which a week begins, as weekdays are numbered."""
MOST_DAYS, MOST_WEEKS = 31, 31
"""How many parts of a kind a period may have before it is parted by the next larger kind."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole days, and which kind of stretch it is."""

    kind: Kind
    first: date
    last: date

    @property
    def days(self) -> Days:
        return self.first, self.last


def period(
    kind: str | None, at: str | None, first: str | None, last: str | None, *, today: date
) -> Period:
    """Read a period; raise :class:`Invalid` for one that cannot be meant. None is this month.

    ``at`` is any day of a day, week or month; ``first`` and ``last`` are the ends of other days.
    """
    if kind is None:
        kind = "days" if first or last else "month"
    if kind not in KINDS:
        raise Invalid("not_possible", field="period")
    if kind == "days":
        until = _day(last) if last else today
        return _custom(_day(first) if first else until - 29 * DAY, until)
    return around(kind, _in_reach(_day(at)) if at else today)


def around(kind: Kind, day: date) -> Period:
    """Return the day, week or month that a day is in."""
    match kind:
        case "week":
            first = day - (day.weekday() - SUNDAY) % 7 * DAY
            return Period(kind, first, first + 6 * DAY)
        case "month":
            first = day.replace(day=1)
            return Period(kind, first, (first + 31 * DAY).replace(day=1) - DAY)
        case "hijri":
            there = Gregorian.fromdate(day).to_hijri()
            first = date.fromordinal(Hijri(there.year, there.month, 1).to_gregorian().toordinal())
            return Period(kind, first, first + (there.month_length() - 1) * DAY)
        case _:
            return Period(kind, day, day)


def earlier(one: Period) -> Period:
    """Return the period before, as long or of the same kind."""
    if one.kind == "days":
        return Period("days", one.first - (one.last - one.first) - DAY, one.first - DAY)
    return around(one.kind, one.first - DAY)


def later(one: Period) -> Period:
    """Return the period behind, as long or of the same kind."""
    if one.kind == "days":
        return Period("days", one.last + DAY, one.last + (one.last - one.first) + DAY)
    return around(one.kind, one.last + DAY)


def compared(one: Period, *, today: date) -> Days:
    """Return the days to compare with: of a period that is not over, only as many of the one before."""
    before = earlier(one)
    if one.last <= today:
        return before.days
    passed = max(today - one.first, timedelta(0))
    return before.first, min(before.last, before.first + passed)


def parts(one: Period) -> tuple[date, ...]:
    """Return with which days the parts of a period begin: days, weeks or months, so that they can be read."""
    if one.last - one.first < MOST_DAYS * DAY:
        return tuple(one.first + n * DAY for n in range((one.last - one.first).days + 1))
    kind: Kind = "week" if one.last - one.first < MOST_WEEKS * 7 * DAY else "month"
    starts = [one.first]
    while (following := around(kind, starts[-1]).last + DAY) <= one.last:
        starts.append(following)
    return tuple(starts)


def instants(days: Days, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return where a period begins and, behind its last day, ends."""
    first, last = days
    return (
        datetime.combine(first, time(0), zone),
        datetime.combine(last + DAY, time(0), zone),
    )


def between(first: date, last: date) -> Sequence[date]:
    """Return every day from one to another."""
    return [first + n * DAY for n in range((last - first).days + 1)]


def _custom(first: date, last: date) -> Period:
    if first > last:
        raise Invalid("range_inverted", field="period")
    if last - first > LONGEST:
        raise Invalid("period_too_long", field="period")
    return Period("days", _in_reach(first), _in_reach(last))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("date_unreadable", field="period") from error


def _in_reach(day: date) -> date:
    """Refuse a day that nobody has a reason to ask for; Umm al-Qura knows all others."""
    if not EARLIEST <= day <= LATEST:
        raise Invalid("date_unreadable", field="period")
    return day
