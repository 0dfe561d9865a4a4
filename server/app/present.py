"""Whoever has a screen open is here."""

import asyncio
from collections.abc import Collection

from server.kit import clock, log
from server.live.hub import Hub
from server.people.actions import seen

EVERY = 10.0

_log = log.get(__name__)


async def keep_people_present(hub: Hub) -> None:
    """Note every few seconds who has a screen open in this process."""
    while True:
        await note(hub.people())
        await asyncio.sleep(EVERY)


async def note(user_ids: Collection[int]) -> None:
    """Note that they are here; trouble with that is logged and stops nobody."""
    try:
        await seen(user_ids, now=clock.now())
    except Exception as error:  # noqa: BLE001 -- the database may be away for a while
        _log.warning("presence not noted", error=type(error).__name__)
