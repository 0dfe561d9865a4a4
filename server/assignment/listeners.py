"""Look again at who could take what waits: a round after a commit may always get lost."""

from server.assignment.actions import sweep, train_if_due, turn_shifts, watch_model
from server.kit import clock


async def look_again() -> None:
    """Look once."""
    await sweep(now=clock.now())


async def turn() -> None:
    """Begin and end the shifts whose time has come."""
    while await turn_shifts(now=clock.now()):
        pass


async def learn() -> None:
    """Train the topic model when it is time, and see that the one in use stands."""
    await train_if_due(now=clock.now())
    await watch_model(now=clock.now())
