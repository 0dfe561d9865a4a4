"""Bring a database's schema up to this version: all of it or none, by one process at a time."""

import contextlib
import io
import os
from pathlib import Path
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresTransaction

from server.db.engine import DB, connection_arguments

LOCK = 0x7A3A5001
MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(url: str) -> None:
    """Apply every migration not yet applied; raise what PostgreSQL raises, with nothing changed."""
    os.environ.setdefault("PICCOLO_CONF", "server.db.piccolo_conf")
    connection = await asyncpg.connect(**connection_arguments(url))
    try:
        # A session lock: it must be held while the transaction commits, or a second process would look too early.
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        if await _is_current(connection):
            return
        # Late, because it costs a quarter of a second, which most starts need not spend.
        from dramatiq_postgres.schema import generate_init_sql
        from piccolo.apps.migrations.commands.forwards import run_forwards

        async with connection.transaction():
            joined = PostgresTransaction(DB)
            joined.connection = connection
            token = DB.current_transaction.set(joined)
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    await run_forwards("tawasul")
                if await connection.fetchval("SELECT to_regclass('dramatiq.queue')") is None:
                    # The job queue brings its own tables, which live beside ours by default.
                    await connection.execute(generate_init_sql())
            finally:
                DB.current_transaction.reset(token)
    finally:
        await connection.close()


async def _is_current(connection: Any) -> bool:
    """Tell whether every migration has been applied, by names alone."""
    if await connection.fetchval("SELECT to_regclass('migration')") is None:
        return False
    applied = {row["name"] for row in await connection.fetch("SELECT name FROM migration")}
    return {path.stem[1:5] for path in MIGRATIONS.glob("m*.py")} <= applied
