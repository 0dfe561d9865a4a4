"""Plain SQL on the connection that Piccolo uses: the open transaction's, else one of the pool.

Placeholders are PostgreSQL's own ``$1``; batches travel as arrays and are spread by ``unnest``.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from asyncpg import Record

from server.db.engine import DB, pool


def _here() -> Any:
    transaction = DB.current_transaction.get()
    return pool() if transaction is None else transaction.connection


async def rows(query: str, *args: object) -> list[Record]:
    """Return every row."""
    found: list[Record] = await _here().fetch(query, *args)
    return found


async def row(query: str, *args: object) -> Record | None:
    """Return the first row, if any."""
    found: Record | None = await _here().fetchrow(query, *args)
    return found


async def value(query: str, *args: object) -> Any:
    """Return the first column of the first row, or ``None``."""
    return await _here().fetchval(query, *args)


async def run(query: str, *args: object) -> int:
    """Execute; return how many rows it touched."""
    status: str = await _here().execute(query, *args)
    count = status.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0


def columns(records: Sequence[Sequence[object]], width: int) -> tuple[list[object], ...]:
    """Turn rows into the ``width`` columns that ``unnest`` wants; no rows give empty columns."""
    if not records:
        return tuple([] for _ in range(width))
    return tuple(list(column) for column in zip(*records, strict=True))


def dump(value: object) -> str:
    """Write a value as the text of a ``jsonb`` parameter."""
    return msgspec.json.encode(value).decode()


def load(text: str | None) -> Any:
    """Read a ``jsonb`` column."""
    return None if text is None else msgspec.json.decode(text)


async def script(statements: str) -> None:
    """Execute several statements without parameters; only migrations need it."""
    await _here().execute(statements)
