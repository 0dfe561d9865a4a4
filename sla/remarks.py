"""What is seldom meant in opening hours and what cannot be, for whoever is about to save them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from sla.calendar import Calendar
from sla.errors import NeverOpens
from sla.hours import Window, dated_hours, weekly_hours
from sla.zones import DAY

_LONG_CLOSURE = 30
_YEAR = timedelta(days=365)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Remark:
    """A code and the weekday or the dates it is about.

    ``overlap``: windows of the day overlap and count once. ``over_midnight``: a window ends on the
    next day. ``never_opens``: there is no open time at all. ``long_closure``: a month or more is
    closed by exception. ``closed_year``: exceptions leave no open time for a year or more.
    """

    code: str
    weekday: int | None = None
    first: date | None = None
    last: date | None = None


def remarks(
    weekly: Mapping[int, Sequence[Window]], exceptions: Mapping[date, Sequence[Window]]
) -> tuple[Remark, ...]:
    """Say what looks unmeant; hours that cannot be meant raise ``BadCalendar``."""
    regular, dated = weekly_hours(weekly), dated_hours(exceptions)
    found = [Remark(code, weekday=day) for day in sorted(weekly) for code in _of_day(weekly[day])]
    for day in sorted(exceptions):
        found += [Remark(code, first=day, last=day) for code in _of_day(exceptions[day])]
    if not any(regular.values()) and not any(dated.values()):
        found.append(Remark("never_opens"))
    found += _closures(sorted(day for day, windows in exceptions.items() if not windows))
    return tuple(found)


def unmeant(
    weekly: Mapping[int, Sequence[Window]], exceptions: Mapping[date, Sequence[Window]]
) -> tuple[Remark, ...]:
    """Say what nobody can mean: windows that overlap, no hours at all, a year without any."""
    regular, dated = weekly_hours(weekly), dated_hours(exceptions)
    found = [
        Remark("overlap", weekday=day)
        for day in range(7)
        if "overlap" in _of_day(weekly.get(day, ()))
        or _runs_into(regular[day - 1 if day else 6], regular[day])
    ]
    found += [
        Remark("overlap", first=day, last=day)
        for day in sorted(exceptions)
        if "overlap" in _of_day(exceptions[day])
    ]
    if not any(regular.values()) and not any(dated.values()):
        return (*found, Remark("never_opens"))
    return (*found, *_closed_years(Calendar("UTC", weekly, exceptions), exceptions))


def _runs_into(before: Sequence[tuple[int, int]], day: Sequence[tuple[int, int]]) -> bool:
    """Say whether a night's window is still open when the next day's first one begins."""
    return bool(before and day) and before[-1][1] - DAY > day[0][0]


def _closed_years(
    calendar: Calendar, exceptions: Mapping[date, Sequence[Window]]
) -> Iterator[Remark]:
    until = date.min
    for day in sorted(exceptions):
        if exceptions[day] or day < until:
            continue
        midnight = datetime.combine(day, time(0), UTC)
        try:
            until = calendar.next_open(midnight).date()
        except NeverOpens:
            until = max(exceptions) + _DAY
            yield Remark("closed_year", first=day, last=max(exceptions))
            continue
        if until - day >= _YEAR:
            yield Remark("closed_year", first=day, last=until - _DAY)


def _of_day(windows: Sequence[Window]) -> Iterator[str]:
    if any(end <= start and end != end.min for start, end in windows):
        yield "over_midnight"
    in_order = sorted(windows)
    if any(_wraps(one) or two[0] < one[1] for one, two in pairwise(in_order)):
        yield "overlap"


def _wraps(window: Window) -> bool:
    return window[1] <= window[0]


def _closures(days: Sequence[date]) -> Iterator[Remark]:
    first = None
    for index, day in enumerate(days):
        first = first or day
        if index + 1 == len(days) or days[index + 1] != day + _DAY:
            if (day - first).days + 1 >= _LONG_CLOSURE:
                yield Remark("long_closure", first=first, last=day)
            first = None
