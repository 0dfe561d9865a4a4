"""`tawasul migrate`."""

import argparse
from typing import Any


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    migrate = commands.add_parser("migrate", help="bring the database's schema up to this version")
    migrate.set_defaults(run=run_migrate)


def run_migrate(_asked: Any) -> None:
    import asyncio

    from server.cli.environment import database
    from server.db.migrate import migrate

    with database() as url:
        asyncio.run(migrate(url))
