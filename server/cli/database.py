"""`tawasul migrate`, `doctor` and `recount`."""

import argparse
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

ENOUGH_ROOM = 1_000_000_000


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    migrate = commands.add_parser("migrate", help="bring the database's schema up to this version")
    migrate.set_defaults(run=run_migrate)
    doctor = commands.add_parser(
        "doctor", help="check the configuration and every channel account's connection"
    )
    doctor.set_defaults(run=run_doctor)
    recount = commands.add_parser("recount", help="count the days that reports are made of again")
    recount.set_defaults(run=run_recount)


def run_migrate(_asked: Any) -> None:
    import asyncio

    from server.cli.environment import database
    from server.db.migrate import migrate

    with database() as url:
        asyncio.run(migrate(url))


def run_doctor(_asked: Any) -> int:
    """Print one verdict a line; 1 if any is bad."""
    from server.cli.session import with_database

    return with_database(_examine)


def run_recount(_asked: Any) -> None:
    """Forget the counts of all days; the listener makes them again, the newest first."""
    from server.cli.session import with_database
    from server.supervision.actions import rebuild

    with_database(rebuild)
    sys.stdout.write("the days are being counted again; until each is, reports count its rows\n")


async def _examine() -> int:
    bad = 0
    async for what, good, said in _verdicts():
        bad += not good
        sys.stdout.write(f"{'ok ' if good else 'BAD'}  {what}: {said}\n")
        sys.stdout.flush()
    return 1 if bad else 0


async def _verdicts() -> AsyncIterator[tuple[str, bool, str]]:
    from importlib import import_module

    from server.channel_accounts.queries import every
    from server.channel_accounts.tokens import write_down_renewals
    from server.kit import blobs
    from server.kit.settings import settings

    yield await _database()
    yield _folder("data folder", settings().data_dir)
    yield _folder("files", blobs.folder())
    yield _address(settings().base_url)
    write_down_renewals()
    for account in await every():
        check = import_module(f"channels.{account.kind}.check").check
        for verdict in await check(account.settings):
            yield f"{account.kind} {account.name}, {verdict.what}", verdict.good, verdict.said


async def _database() -> tuple[str, bool, str]:
    from server.db.engine import pool

    version = await pool().fetchval("SHOW server_version_num")
    return "database", int(version) >= 150000, f"PostgreSQL {int(version) // 10000}"


def _folder(what: str, folder: Path) -> tuple[str, bool, str]:
    import os
    import shutil

    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        return what, False, f"{folder} cannot be written"
    free = shutil.disk_usage(there).free
    return what, free >= ENOUGH_ROOM, f"{folder}, {free // 1_000_000_000} GB free"


def _address(url: str) -> tuple[str, bool, str]:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    safe = parts.scheme == "https" or parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return "address", safe, url if safe else f"{url} sends passwords in the clear; use https"
