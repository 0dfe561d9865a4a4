"""Training as a job."""

import dramatiq

from server.assignment import actions
from server.kit import clock


@dramatiq.actor(actor_name="train", queue_name="bulk")
async def train(_nudge: int) -> None:
    """Train the topic model if somebody asked for it; a second run finds nothing to do."""
    await actions.train_if_due(now=clock.now())
