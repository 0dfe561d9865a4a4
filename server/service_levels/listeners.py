"""The loops of promises: each looks at what has come due, however many clocks run."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from server.kit import clock
from server.kit.jobs import ring
from server.kit.settings import settings
from server.service_levels.actions import (
    begin_check,
    follow_terms,
    forget_notices,
    record_breaches,
    take_steps,
)
from server.service_levels.queries.checks import unfinished

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


async def watch_nights() -> None:
    """Once a night, when few people work, ring for a check of all clocks; drop old notices."""
    now = clock.now()
    local = now.astimezone(ZoneInfo(settings().zone))
    if local.hour == NIGHT:
        await begin_check(local.date())
        await forget_notices(now=now)
    for check_id in await unfinished(since=local.date() - timedelta(days=1)):
        await ring("check_clocks", check_id)
