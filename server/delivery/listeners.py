"""Ring for every delivery whose time has come: the end of its undo window, or of a pause after a failure.

And ask citizens how it went, where that is due.
"""

from server.delivery import actions, queries
from server.kit import clock
from server.kit.jobs import ring


async def ring_due() -> None:
    """Look once."""
    for delivery_id in await queries.due(now=clock.now()):
        await ring("deliver", delivery_id)


async def ask_how_it_went() -> None:
    """Look once."""
    await actions.ask_due(now=clock.now())
