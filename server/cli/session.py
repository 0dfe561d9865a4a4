"""Run one action on the database and leave: what most commands do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from server.cli.environment import database

Answer = TypeVar("Answer")


def with_database(act: Callable[[], Awaitable[Answer]]) -> Answer:
    """Open the database, act, close; what the action rings for is rung before we go."""
    from server.kit import log
    from server.kit.settings import settings

    with database():
        log.configure(settings())
        return asyncio.run(_inside(act))


async def _inside(act: Callable[[], Awaitable[Answer]]) -> Answer:
    from server.db.engine import close_pool, open_pool
    from server.kit.settings import settings

    await open_pool(settings().database_url, kind="tool", size=2)
    try:
        return await act()
    finally:
        await close_pool()
