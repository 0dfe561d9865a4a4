"""Sending as a job."""

import dramatiq

from server.delivery import actions


@dramatiq.actor(actor_name="deliver", queue_name="delivery")
async def deliver(delivery_id: int) -> None:
    """Send one message; a second run finds nothing to do."""
    await actions.deliver(delivery_id)
