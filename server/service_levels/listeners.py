"""The breach loop: looks twice a second at what has fallen due, however many clocks run."""

from server.kit import clock
from server.service_levels.actions import record_breaches


async def watch_due() -> None:
    """Record everything that is due by now."""
    while await record_breaches(now=clock.now()):
        pass
