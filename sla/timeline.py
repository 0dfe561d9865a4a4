"""Opening hours laid out over instants, so that any stretch of years costs two look-ups.

An instant is open when the wall clock of the zone shows an open time. Time is cut where the zone
changes its distance from UTC and around exceptions; inside a piece the wall clock runs evenly and
its pattern repeats, so that open time is arithmetic.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import tzinfo

from sla.hours import MONDAY, WEEK, Pattern, Span, pattern, weekday
from sla.zones import DAY, changes, year_start


class Hours:
    """The pattern that holds on a day: the week's, or that of one exceptional day."""

    def __init__(
        self, weekly: Mapping[int, tuple[Span, ...]], dated: Mapping[int, tuple[Span, ...]]
    ) -> None:
        self._weekly, self._dated = weekly, dated
        self.week = pattern(WEEK, _week(weekly))
        self.special = {
            day: self._special(day) for day in sorted({near for d in dated for near in (d, d + 1)})
        }
        self.special_days = list(self.special)
        self.opens = self.week.total > 0 or any(one.total for one in self.special.values())

    def of_day(self, day: int) -> tuple[Span, ...]:
        """Give the windows that begin on that day, counted from its midnight."""
        found = self._dated.get(day)
        return self._weekly[weekday(day)] if found is None else found

    def pieces(self, low: int, high: int) -> Iterator[tuple[int, Pattern]]:
        """Give the patterns from one wall-clock moment to another, each with its beginning."""
        at = low
        for day in self.special_days[bisect_left(self.special_days, low // DAY) :]:
            if day * DAY >= high:
                break
            if at < day * DAY:
                yield at, self.week
            yield max(low, day * DAY), self.special[day]
            at = (day + 1) * DAY
        if at < high:
            yield at, self.week

    def _special(self, day: int) -> Pattern:
        today = [(start, min(end, DAY)) for start, end in self.of_day(day)]
        tail = [(0, end - DAY) for _, end in self.of_day(day - 1) if end > DAY]
        return pattern(DAY, today + tail)


class Timeline:
    """The pieces of some years. It never changes; whoever needs more years makes a longer one."""

    def __init__(self, hours: Hours, zone: tzinfo, first_year: int, last_year: int) -> None:
        self.first_year, self.last_year = first_year, last_year
        self.low, self.high = year_start(first_year), year_start(last_year + 1)
        self.starts: list[int] = []
        self.offsets: list[int] = []
        self.patterns: list[Pattern] = []
        self.bases: list[int] = []
        self.sums: list[int] = []
        self._lay(hours, zone)

    def open_until(self, at: int) -> int:
        """Give the open time from the beginning of the timeline to an instant."""
        piece = bisect_right(self.starts, at) - 1
        return self.bases[piece] + self.patterns[piece].open_until(at + self.offsets[piece])

    def is_open(self, at: int) -> bool:
        piece = bisect_right(self.starts, at) - 1
        return self.patterns[piece].is_open(at + self.offsets[piece])

    def spans(self, low: int, high: int) -> Iterator[Span]:
        """Give the stretches between two instants that are open without a gap."""
        opened, closed = low, low
        for piece in range(bisect_right(self.starts, low) - 1, bisect_left(self.starts, high)):
            offset, end = self.offsets[piece], self.high
            if piece + 1 < len(self.starts):
                end = self.starts[piece + 1]
            first, last = max(low, self.starts[piece]) + offset, min(high, end) + offset
            for start, end in self.patterns[piece].spans(first, last):
                if start - offset > closed:
                    if closed > opened:
                        yield opened, closed
                    opened = start - offset
                closed = end - offset
        if closed > opened:
            yield opened, closed

    def earliest(self, open_time: int) -> int:
        """Give the first instant by which so much open time has gone."""
        piece = bisect_left(self.sums, open_time) - 1
        wall = self.patterns[piece].earliest(open_time - self.bases[piece])
        return wall - self.offsets[piece]

    def latest(self, open_time: int) -> int:
        """Give the last instant by which no more open time has gone."""
        piece = bisect_right(self.sums, open_time) - 1
        wall = self.patterns[piece].latest(open_time - self.bases[piece])
        return wall - self.offsets[piece]

    @property
    def total(self) -> int:
        return self.sums[-1]

    def _lay(self, hours: Hours, zone: tzinfo) -> None:
        cuts = [cut for y in range(self.first_year, self.last_year + 1) for cut in changes(zone, y)]
        total = 0
        for (start, offset), (end, _) in zip(cuts, [*cuts[1:], (self.high, 0)], strict=True):
            pieces = list(hours.pieces(start + offset, end + offset))
            nexts = [wall for wall, _ in pieces[1:]] + [end + offset]
            for (wall, piece), next_wall in zip(pieces, nexts, strict=True):
                self.starts.append(wall - offset)
                self.offsets.append(offset)
                self.patterns.append(piece)
                self.sums.append(total)
                before = piece.open_until(wall)
                self.bases.append(total - before)
                total += piece.open_until(next_wall) - before
        self.sums.append(total)


def _week(weekly: Mapping[int, tuple[Span, ...]]) -> Iterator[Span]:
    """Give the week's spans counted from the epoch's own weekday, cut where the week wraps."""
    for day, spans in weekly.items():
        for start, end in spans:
            low = (MONDAY + day * DAY + start) % WEEK
            high = low + end - start
            yield low, min(high, WEEK)
            if high > WEEK:
                yield 0, high - WEEK
