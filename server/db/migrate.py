"""Bring a database's schema up to this version: all of it or none, by one process at a time."""

import contextlib
import io
import os

import asyncpg
from dramatiq_postgres.schema import generate_init_sql
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.engine.postgres import PostgresTransaction

from server.db.engine import DB, connection_arguments

LOCK = 0x7A3A5001


async def migrate(url: str) -> None:
    """Apply every migration not yet applied; raise what PostgreSQL raises, with nothing changed."""
    os.environ.setdefault("PICCOLO_CONF", "server.db.piccolo_conf")
    connection = await asyncpg.connect(**connection_arguments(url))
    try:
        # A session lock: it must be held while the transaction commits, or a second process would look too early.
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
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
