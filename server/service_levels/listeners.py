"""The loops of promises: each looks at what has come due, however many clocks run."""

from datetime import date
from zoneinfo import ZoneInfo

from server.kit import clock
from server.kit.settings import settings
from server.service_levels.actions import (
    check_clocks,
    follow_terms,
    forget_notices,
    record_breaches,
    take_steps,
)

NIGHT = 3


async def watch_due() -> None:
    """Record everything that is due by now, and take the steps whose time has come."""
    while await record_breaches(now=clock.now()):
        pass
    while await take_steps(now=clock.now()):
        pass


async def watch_terms() -> None:
    """Let open tickets follow changed terms, batch after batch."""
    while await follow_terms(now=clock.now()):
        pass


class Nightly:
    """Once a night, at an hour at which few people work: compare clocks with their events, drop old notices."""

    def __init__(self) -> None:
        self._last: date | None = None

    async def look_after(self) -> None:
        """Do it if it is the hour and has not been done."""
        now = clock.now()
        local = now.astimezone(ZoneInfo(settings().zone))
        if local.hour == NIGHT and self._last != local.date():
            self._last = local.date()
            await check_clocks()
            await forget_notices(now=now)
