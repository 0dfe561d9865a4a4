"""The search's own connections: few, short of time, and nobody else's, so that a hard question hurts nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from server.db.engine import connection_arguments
from server.kit.errors import TawasulError
from server.kit.settings import settings

STATEMENT = "300ms"
WAIT_SECONDS = 2.0


class TooBusy(TawasulError):
    """All connections of the search are in use."""

    status = 503
    code = "search_busy"


@dataclass(frozen=True, slots=True)
class Pool:
    """Connections for one kind of question, in every loop that asks it."""

    name: str
    size: int
    _open: dict[asyncio.AbstractEventLoop, Any] = field(default_factory=dict, repr=False)

    @asynccontextmanager
    async def held(self, _app: object = None) -> AsyncIterator[None]:
        """Hold the pool for as long as this process answers such questions."""
        loop = asyncio.get_running_loop()
        pool = await asyncpg.create_pool(
            **connection_arguments(settings().database_url),
            min_size=0,
            max_size=self.size,
            max_inactive_connection_lifetime=60,
            timeout=10,
            server_settings={
                "application_name": f"tawasul {self.name}",
                "statement_timeout": STATEMENT,
                "default_transaction_read_only": "on",
                "plan_cache_mode": "force_custom_plan",
                # Spans of time are looked through in their order, and no further than needed.
                "max_parallel_workers_per_gather": "0",
                "timezone": "UTC",
                "jit": "off",
            },
        )
        self._open[loop] = pool
        try:
            yield
        finally:
            del self._open[loop]
            await pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """Take a connection; raise :class:`TooBusy` when none comes free."""
        pool = self._open[asyncio.get_running_loop()]
        try:
            taken = await pool.acquire(timeout=WAIT_SECONDS)
        except TimeoutError as error:
            raise TooBusy from error
        try:
            yield taken
        finally:
            await pool.release(taken)


SEARCH = Pool("search", 4)
searching = SEARCH.held
connection = SEARCH.connection
