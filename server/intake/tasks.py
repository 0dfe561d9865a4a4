"""The drain as a job."""

import dramatiq

from server.intake import actions


@dramatiq.actor(actor_name="drain", queue_name="intake")
async def drain(account_id: int) -> None:
    """Empty an account's journal; a second run finds nothing to do."""
    await actions.drain(account_id)
