"""Look again at who could take what waits: a round after a commit may always get lost."""

from server.assignment.actions import sweep
from server.kit import clock


async def look_again() -> None:
    """Look once."""
    await sweep(now=clock.now())
