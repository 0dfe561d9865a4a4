"""The loops of alarms: look at the house, send what is due, say that somebody looks."""

from server.alarms.actions import forget_dispatches, send_due, sign_of_life, watch_house
from server.kit import clock


async def watch() -> None:
    """Look at the house once."""
    await watch_house(now=clock.now())


async def send() -> None:
    """Send everything that is due by now."""
    while await send_due(now=clock.now()):
        pass


async def live() -> None:
    """Say that promises are being watched."""
    await sign_of_life(now=clock.now())


async def forget() -> None:
    """Drop what is long past."""
    await forget_dispatches(now=clock.now())
