"""Opening windows as people write them, turned into patterns of open time on the wall clock."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sla.errors import BadCalendar
from sla.zones import DAY, SECOND

Window = tuple[time, time]
Span = tuple[int, int]

WEEK = 7 * DAY
MONDAY = 4 * DAY  # the first Monday after the epoch, which was a Thursday
_THURSDAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Pattern:
    """Open spans that repeat with a period, with running totals. All in microseconds."""

    period: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sums: tuple[int, ...]
    total: int

    def open_until(self, wall: int) -> int:
        """Give the open time from wall-clock zero to ``wall``."""
        rounds, rest = divmod(wall, self.period)
        index = bisect_right(self.starts, rest) - 1
        if index < 0:
            return rounds * self.total
        end = self.ends[index]
        return rounds * self.total + self.sums[index] + min(rest, end) - self.starts[index]

    def is_open(self, wall: int) -> bool:
        rest = wall % self.period
        index = bisect_right(self.starts, rest) - 1
        return index >= 0 and rest < self.ends[index]

    def spans(self, low: int, high: int) -> Iterator[Span]:
        """Give the open spans between two wall-clock moments."""
        for round_ in range(low // self.period, -(-high // self.period)):
            base = round_ * self.period
            for start, end in zip(self.starts, self.ends, strict=True):
                if base + start >= high:
                    return
                if base + end > low:
                    yield max(base + start, low), min(base + end, high)

    def earliest(self, open_time: int) -> int:
        """Give the first wall-clock moment by which so much open time has gone."""
        rounds, rest = divmod(open_time, self.total)
        if rest == 0:
            rounds, rest = rounds - 1, self.total
        index = bisect_left(self.sums, rest) - 1
        return rounds * self.period + self.starts[index] + rest - self.sums[index]

    def latest(self, open_time: int) -> int:
        """Give the last wall-clock moment by which no more open time has gone."""
        rounds, rest = divmod(open_time, self.total)
        index = bisect_right(self.sums, rest) - 1
        return rounds * self.period + self.starts[index] + rest - self.sums[index]


def pattern(period: int, spans: Iterable[Span]) -> Pattern:
    """Sort and merge spans into a pattern."""
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    sums, total = [], 0
    for start, end in merged:
        sums.append(total)
        total += end - start
    starts, ends = tuple(start for start, _ in merged), tuple(end for _, end in merged)
    return Pattern(period, starts, ends, tuple(sums), total)


def weekly_hours(weekly: Mapping[int, Sequence[Window]]) -> dict[int, tuple[Span, ...]]:
    """Check the regular week: weekday (0 is Monday) to spans counted from that day's midnight."""
    if not isinstance(weekly, Mapping):
        raise BadCalendar("weekly hours are a mapping: weekday (0 is Monday) to a list of windows")
    for weekday in weekly:
        if isinstance(weekday, bool) or not isinstance(weekday, int) or not 0 <= weekday <= 6:
            raise BadCalendar(f"{weekday!r} is no weekday: use 0 (Monday) to 6 (Sunday)")
    return {day: day_spans(weekly.get(day, ()), of=f"weekday {day}") for day in range(7)}


def dated_hours(exceptions: Mapping[date, Sequence[Window]]) -> dict[int, tuple[Span, ...]]:
    """Check the exceptions: day number since the epoch to spans counted from its midnight."""
    if not isinstance(exceptions, Mapping):
        raise BadCalendar("exceptions are a mapping: date to a list of windows, empty when closed")
    found = {}
    for day, windows in exceptions.items():
        if isinstance(day, datetime) or not isinstance(day, date):
            raise BadCalendar(f"an exception's key is a date, not {day!r}")
        found[day_number(day)] = day_spans(windows, of=day.isoformat())
    return found


def day_spans(windows: object, *, of: str) -> tuple[Span, ...]:
    """Check one day's windows. An end at or before its start lies on the next day."""
    if isinstance(windows, str) or not isinstance(windows, Iterable):
        raise BadCalendar(f"the windows of {of} are a list of (start, end), not {windows!r}")
    spans = []
    for window in windows:
        if isinstance(window, str) or not isinstance(window, Sequence) or len(window) != 2:
            raise BadCalendar(f"a window of {of} is a pair (start, end), not {window!r}")
        start, end = (_since_midnight(at, of=of) for at in window)
        spans.append((start, end if end > start else end + DAY))
    merged = pattern(DAY, spans)
    return tuple(zip(merged.starts, merged.ends, strict=True))


def weekday(day: int) -> int:
    """Give the weekday (0 is Monday) of a day number since the epoch."""
    return (day + 3) % 7


def day_number(day: date) -> int:
    """Give the days since the epoch."""
    return day.toordinal() - _THURSDAY


def day_date(day: int) -> date:
    return date.fromordinal(day + _THURSDAY)


def _since_midnight(at: object, *, of: str) -> int:
    if not isinstance(at, time):
        raise BadCalendar(f"a window of {of} starts and ends at a time of day, not {at!r}")
    if at.tzinfo is not None:
        raise BadCalendar(f"the windows of {of} are on the calendar's own clock: no zone in {at!r}")
    return ((at.hour * 60 + at.minute) * 60 + at.second) * SECOND + at.microsecond
