"""`tawasul token create`, `list` and `revoke`."""

import argparse
import sys
from typing import Any

from server.cli.failure import Failed
from server.cli.session import with_database

DAYS = 90
REASONS = {
    "token_scopes": "a token needs scopes, each of them one of reports:read, tickets:read, tickets:write",
    "token_days": "a token lasts between 1 and 366 days",
    "token_nobody": "there is nobody with the address {email} who may sign in",
    "token_not_supervisor": "reports:read needs somebody who supervises a team, or an administrator",
    "token_too_many": "{email} has too many tokens already; revoke one first",
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    token = commands.add_parser("token", help="tokens by which programs use the API")
    verbs = token.add_subparsers(title="commands", metavar="COMMAND", required=True)
    new = verbs.add_parser("create", help="make a token that acts as a person, and print it once")
    new.add_argument("--user", required=True, metavar="EMAIL", help="as whom it acts")
    new.add_argument(
        "--scope",
        required=True,
        action="append",
        metavar="S",
        help="what it opens: reports:read, tickets:read, tickets:write; may be given several times",
    )
    new.add_argument("--name", metavar="N", default="command line", help="what it is for")
    new.add_argument(
        "--days", metavar="D", type=int, default=DAYS, help=f"how long it lasts (default: {DAYS})"
    )
    new.set_defaults(run=run_create)
    verbs.add_parser("list", help="list the tokens").set_defaults(run=run_list)
    gone = verbs.add_parser("revoke", help="let a token open nothing any more")
    gone.add_argument("id", metavar="ID", type=int)
    gone.set_defaults(run=run_revoke)


def run_create(asked: Any) -> None:
    from server.api.actions import Issued
    from server.kit.errors import Invalid

    async def act() -> Issued:
        from server.api.actions import create_token
        from server.kit import clock
        from server.people.queries import user_id

        try:
            return await create_token(
                await user_id(asked.user) or 0,
                scopes=asked.scope,
                name=asked.name,
                days=asked.days,
                by=None,
                now=clock.now(),
            )
        except Invalid as error:
            said = REASONS.get(error.code)
            raise Failed(said.format(email=asked.user)) if said else error from error

    issued = with_database(act)
    sys.stdout.write(
        f"token {issued.id} acts as {asked.user} until {issued.expires_at:%Y-%m-%d %H:%M} UTC;"
        f" it is shown only here: {issued.token}\n"
    )


def run_list(asked: Any) -> None:
    del asked
    from server.api.queries.tokens import Token

    async def act() -> tuple[Token, ...]:
        from server.api.queries.tokens import every
        from server.kit import clock

        return await every(now=clock.now())

    for one in with_database(act):
        used = f"{one.last_used_at:%Y-%m-%d}" if one.last_used_at else "never"
        sys.stdout.write(
            f"{one.id}\t{one.state}\t{one.email}\t{','.join(one.scopes)}\t{one.name}"
            f"\tuntil {one.expires_at:%Y-%m-%d}\tused {used}\n"
        )


def run_revoke(asked: Any) -> None:
    from server.kit.errors import NotFound

    async def act() -> None:
        from server.api.actions import revoke_token
        from server.kit import clock

        try:
            await revoke_token(asked.id, by=None, now=clock.now())
        except NotFound as error:
            raise Failed(f"there is no token {asked.id}") from error

    with_database(act)
    sys.stdout.write(f"token {asked.id} opens nothing any more\n")
