"""`tawasul user add`, `password` and `deactivate`."""

import argparse
import secrets
import sys
from typing import Any

from server.cli.failure import Failed
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
    reset = verbs.add_parser("password", help="give a person a new password and end all sessions")
    reset.add_argument("email", metavar="EMAIL")
    reset.set_defaults(run=run_password)
    gone = verbs.add_parser("deactivate", help="let nobody sign in as this person any more")
    gone.add_argument("email", metavar="EMAIL")
    gone.set_defaults(run=run_deactivate)


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


def run_password(asked: Any) -> None:
    password = secrets.token_urlsafe(12)

    async def act() -> None:
        from server.people.actions import set_password

        await set_password(await _known(asked.email), password=password)

    with_database(act)
    sys.stdout.write(f"{asked.email} has a new password, shown only here: {password}\n")


def run_deactivate(asked: Any) -> None:
    async def act() -> None:
        from server import wiring
        from server.kit import clock
        from server.people.actions import set_active

        wiring.connect()
        await set_active(await _known(asked.email), active=False, now=clock.now())

    with_database(act)
    sys.stdout.write(f"{asked.email} can no longer sign in\n")


async def _known(email: str) -> int:
    from server.people.queries import user_id

    found = await user_id(email)
    if found is None:
        raise Failed(f"there is nobody with the address {email}")
    return found
