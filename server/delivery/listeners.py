"""Ring for every delivery whose time has come: the end of its undo window, or of a pause after a failure."""

from server.delivery import queries
from server.kit import clock
from server.kit.jobs import ring


async def ring_due() -> None:
    """Look once."""
    for delivery_id in await queries.due(now=clock.now()):
        await ring("deliver", delivery_id)
