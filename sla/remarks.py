"""What is allowed in opening hours but is seldom meant, for whoever is about to save them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sla.hours import Window, dated_hours, weekly_hours

_LONG_CLOSURE = 30
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Remark:
    """A code and the weekday or the dates it is about.

    ``overlap``: windows of the day overlap and count once. ``over_midnight``: a window ends on the
    next day. ``never_opens``: there is no open time at all. ``long_closure``: a month or more is
    closed by exception.
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
