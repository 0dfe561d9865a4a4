"""`tawasul user add`."""

import argparse
import secrets
import sys
from typing import Any

from server.cli.session import with_database


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    user = commands.add_parser("user", help="people who work here")
    verbs = user.add_subparsers(title="commands", metavar="COMMAND", required=True)
    new = verbs.add_parser("add", help="add a person and print a password for the first sign-in")
    new.add_argument("email", metavar="EMAIL")
    new.add_argument("--role", required=True, choices=["agent", "supervisor", "administrator"])
    new.add_argument(
        "--team", metavar="T", help="the team's short name; needed unless administrator"
    )
    new.add_argument("--name", help="as others see it (default: the address before the @)")
    new.set_defaults(run=run_add)


def run_add(asked: Any) -> None:
    password = secrets.token_urlsafe(12)

    async def act() -> None:
        from server import wiring
        from server.kit import clock
        from server.people.actions import add_user

        wiring.connect()
        await add_user(
            asked.email,
            name=asked.name or asked.email.partition("@")[0],
            role=asked.role,
            team=asked.team,
            password=password,
            now=clock.now(),
        )

    with_database(act)
    sys.stdout.write(f"{asked.email} can sign in; the password, shown only here: {password}\n")
