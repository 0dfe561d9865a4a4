"""`tawasul ingest`, `journal list` and `journal retry`."""

import argparse
import sys
from pathlib import Path
from typing import Any

from server.cli.failure import Failed
from server.cli.session import with_database

BATCH = 200


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    ingest = commands.add_parser(
        "ingest", help="put raw deliveries into the journal as if they had arrived"
    )
    ingest.add_argument("kind", metavar="KIND")
    ingest.add_argument("--account", required=True, metavar="N", help="the channel account's name")
    ingest.add_argument("files", nargs="+", type=Path, metavar="FILE")
    ingest.set_defaults(run=run_ingest)
    journal = commands.add_parser("journal", help="what came in, and what could not be read")
    verbs = journal.add_subparsers(title="commands", metavar="COMMAND", required=True)
    entries = verbs.add_parser("list", help="list the newest entries")
    entries.add_argument("--state", choices=["open", "done", "failed"])
    entries.set_defaults(run=run_list)
    again = verbs.add_parser("retry", help="try a failed entry again")
    again.add_argument("id", type=int, metavar="ID")
    again.set_defaults(run=run_retry)


def run_ingest(asked: Any) -> None:
    missing = [path for path in asked.files if not path.is_file()]
    if missing:
        raise Failed(f"no such file: {missing[0]}")

    async def act() -> None:
        from server.channel_accounts.queries import named
        from server.intake.actions import Delivery, journal
        from server.kit import clock
        from server.kit.errors import NotFound

        try:
            account = await named(asked.account)
        except NotFound as error:
            raise Failed(f"there is no channel account {asked.account!r}") from error
        if account.kind != asked.kind:
            raise Failed(
                f"the account {asked.account!r} is of kind {account.kind}, not {asked.kind}"
            )
        for start in range(0, len(asked.files), BATCH):
            now = clock.now()
            paths = asked.files[start : start + BATCH]
            await journal(account.id, [Delivery(path.read_bytes(), now) for path in paths], now=now)

    with_database(act)
    sys.stdout.write(f"{len(asked.files)} in the journal\n")


def run_list(asked: Any) -> None:
    async def act() -> Any:
        from server.intake.queries import entries

        return await entries(asked.state)

    for entry in with_database(act):
        words = [str(entry.id), entry.state, entry.account, f"{entry.size} bytes"]
        words += [
            entry.received_at.isoformat(timespec="seconds"),
            *([entry.error] if entry.error else []),
        ]
        sys.stdout.write("\t".join(words) + "\n")


def run_retry(asked: Any) -> None:
    async def act() -> None:
        from server.intake.actions import retry
        from server.kit.errors import NotFound

        try:
            await retry(asked.id)
        except NotFound as error:
            raise Failed(f"no failed entry {asked.id}") from error

    with_database(act)
    sys.stdout.write(f"{asked.id} will be tried again\n")
