"""An independent reckoning of open time: look at the wall clock, step by step."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Windows = Sequence[tuple[time, time]]
DAY = timedelta(days=1)


class WallClock:
    """Opening hours as a person at the door would judge them."""

    def __init__(
        self,
        zone: str,
        weekly: Mapping[int, Windows],
        exceptions: Mapping[date, Windows],
        step: timedelta,
    ) -> None:
        self.zone, self.weekly, self.exceptions, self.step = zone, weekly, exceptions, step

    def is_open(self, at: datetime) -> bool:
        here = at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        today, yesterday = here.date(), here.date() - DAY
        for day in (today, yesterday):
            for start, end in self.exceptions.get(day, self.weekly.get(day.weekday(), ())):
                opens, closes = datetime.combine(day, start), datetime.combine(day, end)
                if closes <= opens:
                    closes += DAY
                if opens <= here < closes:
                    return True
        return False

    def between(self, start: datetime, end: datetime) -> timedelta:
        total, at = timedelta(0), start.astimezone(UTC)
        while at < end:
            total += self.step if self.is_open(at) else timedelta(0)
            at += self.step
        return total

    def add(self, start: datetime, span: timedelta, limit: timedelta) -> datetime | None:
        at, left, end = start.astimezone(UTC), span, start + limit
        while left > timedelta(0):
            if at > end:
                return None
            left -= self.step if self.is_open(at) else timedelta(0)
            at += self.step
        return at
