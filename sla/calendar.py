"""Opening hours of one place, and arithmetic in its open time.

An instant is open when the wall clock there shows an open time, on the day that a change of the
clocks makes shorter or longer too; a window is open from its start up to, not including, its end.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from sla.errors import BadCalendar, NeverOpens, TooFar
from sla.hours import Window, dated_hours, day_date, day_number, weekly_hours
from sla.timeline import Hours, Timeline
from sla.zones import DAY, EPOCH, FIRST_YEAR, LAST_YEAR, SECOND, in_utc, zone_named

_YEARS_AHEAD = 25


_LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Span:
    """Open time without a gap, named by the day on which it begins there.

    ``exception`` says that the day has its own hours; one on which the week would open and nothing
    did is a span of no length. ``folded`` stands for many spans of which only the sum is told.
    """

    day: date
    start: datetime
    end: datetime
    open: timedelta
    exception: bool = False
    folded: bool = False


class Calendar:
    """When a team or a channel is open.

    ``weekly`` maps a weekday (0 is Monday) to windows ``(start, end)``; an end at or before its
    start lies on the next day, so that ``time(0)`` as an end means midnight. ``exceptions`` maps a
    date to the windows that begin on it instead; none means closed. The end of a window that began
    the day before stays open on a closed day.
    """

    __slots__ = ("_dated", "_hours", "_line", "_tz", "_weekly", "zone")

    def __init__(
        self,
        zone: str,
        weekly: Mapping[int, Sequence[Window]],
        exceptions: Mapping[date, Sequence[Window]] | None = None,
    ) -> None:
        self._tz = zone_named(zone)
        self.zone = zone
        self._weekly = weekly_hours(weekly)
        self._dated = dated_hours(exceptions or {})
        self._hours = Hours(self._weekly, self._dated)
        self._line: Timeline | None = None

    @classmethod
    def always(cls, zone: str = "UTC") -> Self:
        """Give the calendar of a desk that never closes."""
        return cls(zone, {day: [(time(0), time(0))] for day in range(7)})

    def add(self, start: datetime, span: timedelta) -> datetime:
        """Give the instant at which so much open time has passed since ``start``.

        It is the first such instant: a span used up at closing time ends then, not when the doors
        open again. A negative span goes back, to the last such instant. A span of zero is used up
        at the first open moment.
        """
        at, wanted = _instant(start), _micro(span)
        line = self._line_over(at, at)
        goal = line.open_until(at) + wanted
        if wanted > 0:
            while goal > line.total:
                line, goal = self._later(line, at, wanted)
            return _datetime(line.earliest(goal))
        while goal < 0:
            line, goal = self._earlier(line, at, wanted)
        while goal >= line.total:
            line, goal = self._later(line, at, wanted)
        return _datetime(line.latest(goal))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Give the open time from ``start`` to ``end``; negative when they are reversed."""
        low, high = _instant(start), _instant(end)
        line = self._line_over(min(low, high), max(low, high))
        return timedelta(microseconds=line.open_until(high) - line.open_until(low))

    def is_open(self, at: datetime) -> bool:
        """Say whether the wall clock shows an open time."""
        instant = _instant(at)
        return self._line_over(instant, instant).is_open(instant)

    def next_open(self, at: datetime) -> datetime:
        """Give ``at`` itself when open, else the next opening."""
        return self.add(at, timedelta(0))

    def next_close(self, at: datetime) -> datetime | None:
        """Give the end of the open time that is now or comes next; None when no end is in sight."""
        opened = self.next_open(at)
        horizon = _micro(opened - EPOCH + _LONGEST)
        low = _micro(opened - EPOCH)
        _, end = next(self._line_over(low, horizon).spans(low, horizon))
        return None if end == horizon else _datetime(end)

    def shift_ends(
        self, start: datetime, end: datetime, *, pause: timedelta
    ) -> tuple[datetime, ...]:
        """Give the instants between two others at which it closes for ``pause`` or longer."""
        low, high, least = _instant(start), _instant(end), _micro(pause)
        spans = list(self._line_over(low, high + least).spans(low, high + least))
        nexts = [*(opened for opened, _ in spans[1:]), high + 2 * least]
        return tuple(
            _datetime(closed)
            for (_, closed), opened in zip(spans, nexts, strict=True)
            if closed <= high and opened - closed >= least
        )

    def account(self, start: datetime, end: datetime, *, most: int = 60) -> tuple[Span, ...]:
        """Name the open time from ``start`` to ``end`` and the days that were closed by exception.

        Of more than ``most`` spans the middle is folded into one.
        """
        start, end = in_utc(start), in_utc(end)
        half = most // 2
        if end - start > _LONGEST:
            head = self._account(start, start + _LONGEST / 2)[:half]
            tail = self._account(end - _LONGEST / 2, end)[-half:]
        else:
            spans = self._account(start, end)
            if len(spans) <= most:
                return tuple(spans)
            head, tail = spans[:half], spans[-half:]
        low = head[-1].end if head else start
        high = tail[0].start if tail else end
        middle = Span(self._day(low), low, high, self.between(low, high), folded=True)
        return (*head, middle, *tail)

    def _account(self, start: datetime, end: datetime) -> list[Span]:
        if end <= start:
            return []
        low, high = _micro(start - EPOCH), _micro(end - EPOCH)
        spans = []
        for opened, closed in self._line_over(low, high).spans(low, high):
            at, to = _datetime(opened), _datetime(closed)
            day = self._day(at)
            spans.append(Span(day, at, to, to - at, day_number(day) in self._dated))
        spans += self._closed_days(start, end)
        return sorted(spans, key=lambda span: (span.start, span.end))

    def _closed_days(self, start: datetime, end: datetime) -> Iterator[Span]:
        first, last = day_number(self._day(start)), day_number(self._day(end))
        days = self._hours.special_days
        for number in days[bisect_left(days, first) : bisect_right(days, last)]:
            day = day_date(number)
            if self._dated.get(number) == () and self._weekly[day.weekday()]:
                midnight = in_utc(datetime.combine(day, time(0), self._tz))
                if midnight < end:
                    at = max(midnight, start)
                    yield Span(day, at, at, timedelta(0), exception=True)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._tz).date()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Calendar):
            return NotImplemented
        return self is other or self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self.zone)

    def __repr__(self) -> str:
        hours = self._hours.week.total // SECOND / 3600
        return f"<Calendar {self.zone}: {hours:g} hours a week, {len(self._dated)} exceptions>"

    def _key(self) -> tuple[object, ...]:
        return self.zone, self._weekly, self._dated

    def _line_over(self, low: int, high: int) -> Timeline:
        """Give a timeline that holds both instants, with some years to spare."""
        line = self._line
        if line is not None and line.low <= low and high < line.high:
            return line
        first, last = (EPOCH + timedelta(microseconds=at) for at in (low, high))
        if first.year < FIRST_YEAR or last.year > LAST_YEAR:
            raise TooFar(f"only the years {FIRST_YEAR} to {LAST_YEAR} can be reckoned with")
        low_year, high_year = first.year - 1, last.year + _YEARS_AHEAD
        if line is not None:
            low_year, high_year = min(low_year, line.first_year), max(high_year, line.last_year)
        return self._lay(low_year, high_year)

    def _later(self, line: Timeline, at: int, wanted: int) -> tuple[Timeline, int]:
        """Add years at the end; give the new timeline and what is sought on it."""
        days = self._hours.special_days
        if self._hours.week.total == 0 and (not days or line.high > (days[-1] + 2) * DAY):
            raise NeverOpens(f"{self!r} does not open after {_datetime(at).isoformat()}")
        if line.last_year >= LAST_YEAR:
            raise TooFar("so much open time does not pass before the year 9999")
        line = self._lay(line.first_year, 2 * line.last_year - line.first_year)
        return line, line.open_until(at) + wanted

    def _earlier(self, line: Timeline, at: int, wanted: int) -> tuple[Timeline, int]:
        """Add years at the beginning; give the new timeline and what is sought on it."""
        days = self._hours.special_days
        if self._hours.week.total == 0 and (not days or line.low < (days[0] - 1) * DAY):
            raise NeverOpens(f"{self!r} was not open before {_datetime(at).isoformat()}")
        if line.first_year <= FIRST_YEAR:
            raise TooFar("so much open time has not passed since the year 1")
        line = self._lay(2 * line.first_year - line.last_year, line.last_year)
        return line, line.open_until(at) + wanted

    def _lay(self, first_year: int, last_year: int) -> Timeline:
        line = Timeline(
            self._hours, self._tz, max(first_year, FIRST_YEAR), min(last_year, LAST_YEAR)
        )
        self._line = line
        return line


def exceptions_for(
    first: date, last: date, windows: Sequence[Window], *, weekdays: Sequence[int] = range(7)
) -> dict[date, Sequence[Window]]:
    """Give the same windows to every day of a range, such as Ramadan's, on some weekdays only."""
    if last < first:
        raise BadCalendar(f"the range {first} to {last} is inverted: write its first day first")
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: windows for day in days if day.weekday() in weekdays}


def _instant(at: datetime) -> int:
    return _micro(in_utc(at) - EPOCH)


def _micro(span: timedelta) -> int:
    return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds


def _datetime(micro: int) -> datetime:
    return EPOCH + timedelta(microseconds=micro)
