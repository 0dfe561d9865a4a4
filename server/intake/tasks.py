"""The drain and the reconciliation as jobs."""

import dramatiq

from server.intake import actions


@dramatiq.actor(actor_name="drain", queue_name="intake")
async def drain(account_id: int) -> None:
    """Empty an account's journal; a second run finds nothing to do."""
    await actions.drain(account_id)


@dramatiq.actor(actor_name="reconcile", queue_name="bulk")
async def reconcile(account_id: int) -> None:
    """Compare an account's mailbox with what we made of it."""
    await actions.reconcile(account_id)
