"""The database: one Piccolo engine per process, opened under the loop that uses it."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from piccolo.engine.postgres import PostgresEngine


class _Engine(PostgresEngine):
    """Piccolo's engine, without the connection that it would open while being imported."""

    async def check_version(self) -> None:
        pass

    async def prep_database(self) -> None:
        pass


DB = _Engine(config={})

STATEMENT_SECONDS = {"web": 2, "jobs": 30, "tool": 600}
"""How long one statement may run, by the kind of process."""


class WrongDatabaseURL(ValueError):
    """The URL cannot be read as a PostgreSQL address."""


def connection_arguments(url: str) -> dict[str, Any]:
    """Read a ``postgresql://`` URL; ``host`` may be a socket folder in the query part.

    Spelled out, because asyncpg would otherwise fill gaps from the environment and the home folder.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise WrongDatabaseURL("the database URL must begin with postgresql://")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    arguments: dict[str, Any] = {
        "host": query.get("host") or parts.hostname or "localhost",
        "port": int(query.get("port") or parts.port or 5432),
        "user": unquote(parts.username or "postgres"),
        "database": unquote(parts.path.lstrip("/")) or "postgres",
    }
    if parts.password:
        arguments["password"] = unquote(parts.password)
    if "sslmode" in query:
        arguments["ssl"] = query["sslmode"]
    return arguments


async def open_pool(url: str, *, kind: str, size: int) -> None:
    """Open the pool of this process; ``kind`` sets how long a statement may take."""
    seconds = STATEMENT_SECONDS[kind]
    DB.config.clear()
    DB.config.update(connection_arguments(url))
    await DB.start_connection_pool(
        min_size=1,
        max_size=size,
        max_inactive_connection_lifetime=120,
        timeout=10,
        server_settings={
            "application_name": f"tawasul {kind}",
            "statement_timeout": f"{seconds}s",
            "lock_timeout": f"{min(seconds, 10)}s",
            "idle_in_transaction_session_timeout": "15s",
            "timezone": "UTC",
            "jit": "off",
        },
    )


async def close_pool() -> None:
    """Give all connections back."""
    if DB.pool is not None:
        pool, DB.pool = DB.pool, None
        await pool.close()


def pool() -> Any:
    """Return the open asyncpg pool."""
    if DB.pool is None:
        raise RuntimeError("the database pool of this process is not open")
    return DB.pool
