"""The loop behind the reports: note which days change, count closed days, and check them at night."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from server.kit import clock
from server.kit.settings import settings
from server.supervision.actions import check_days, count_days, follow_events

NIGHT = 4
"""An hour after the clocks are checked."""
CHECKED = timedelta(days=35)


async def keep_counts() -> None:
    """Follow what happened, then count some days; a long rebuild leaves room for what happens meanwhile."""
    while await follow_events(now=clock.now()):
        pass
    await count_days(now=clock.now())


class NightlyCounts:
    """Once a night: compare the counts of the last weeks with their rows."""

    def __init__(self) -> None:
        self._last: date | None = None

    async def look_after(self) -> None:
        """Do it if it is the hour and has not been done."""
        local = clock.now().astimezone(ZoneInfo(settings().zone))
        if local.hour == NIGHT and self._last != local.date():
            self._last = local.date()
            await check_days(since=local.date() - CHECKED, now=clock.now())
