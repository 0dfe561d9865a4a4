"""The check of clocks as a job: it reads every clock there is, and a loop must not wait for that."""

import dramatiq

from server.kit import clock
from server.service_levels import actions


@dramatiq.actor(actor_name="check_clocks", queue_name="bulk")
async def check_clocks(check_id: int) -> None:
    """Compare every clock with its events; a second run finds it done."""
    await actions.finish_check(check_id, now=clock.now())
