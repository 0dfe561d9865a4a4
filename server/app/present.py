"""Whoever has a screen open is here."""

import asyncio

from server.kit import clock, log
from server.live.hub import Hub
from server.people.actions import seen

EVERY = 10.0

_log = log.get(__name__)


async def keep_people_present(hub: Hub) -> None:
    """Note every few seconds who has a screen open in this process."""
    while True:
        try:
            await seen(hub.people(), now=clock.now())
        except Exception as error:  # noqa: BLE001 -- the database may be away for a while
            _log.warning("presence not noted", error=type(error).__name__)
        await asyncio.sleep(EVERY)
