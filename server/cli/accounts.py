"""`tawasul account add`, `set`, `enable`, `disable` and `list`."""

import argparse
import sys
from typing import Any, get_origin

from server.cli.failure import Failed
from server.cli.session import with_database


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    account = commands.add_parser("account", help="mailboxes, bots, pages and numbers")
    verbs = account.add_subparsers(title="commands", metavar="COMMAND", required=True)
    new = verbs.add_parser("add", help="add a channel account")
    new.add_argument("kind", metavar="KIND", help="such as email")
    new.add_argument("--name", required=True, metavar="N")
    new.add_argument(
        "--team", default="intake", metavar="T", help="who gets what no rule sends elsewhere"
    )
    new.add_argument(
        "--set",
        action="append",
        default=[],
        dest="values",
        metavar="KEY=VALUE",
        help="a setting of its kind; several words with commas; KEY=@FILE reads it from a file",
    )
    new.set_defaults(run=run_add)
    changed = verbs.add_parser(
        "set", help="change settings of a channel account, such as a password"
    )
    changed.add_argument("name", metavar="NAME")
    changed.add_argument(
        "--set",
        action="append",
        required=True,
        dest="values",
        metavar="KEY=VALUE",
        help="as with add",
    )
    changed.set_defaults(run=run_set)
    for word, enabled in (("enable", True), ("disable", False)):
        switched = verbs.add_parser(word, help=f"{word} a channel account")
        switched.add_argument("name", metavar="NAME")
        switched.set_defaults(run=run_switch, enabled=enabled)
    verbs.add_parser("list", help="list the channel accounts and how they are").set_defaults(
        run=run_list
    )


def run_add(asked: Any) -> None:
    lists = _lists(asked.kind)
    values = {
        key: value.split(",") if key in lists else value
        for key, value in map(_setting, asked.values)
    }

    async def act() -> int:
        from server.channel_accounts.actions import add
        from server.kit import clock

        return await add(
            asked.kind, name=asked.name, values=values, team=asked.team, now=clock.now()
        )

    number = with_database(act)
    sys.stdout.write(f"account {number}: {asked.kind} {asked.name}\n")


def run_set(asked: Any) -> None:
    async def act() -> None:
        from server.channel_accounts.actions import change
        from server.channel_accounts.queries import kind_of

        lists = _lists(await kind_of(asked.name))
        await change(
            asked.name,
            values={
                key: value.split(",") if key in lists else value
                for key, value in map(_setting, asked.values)
            },
        )

    with_database(act)
    sys.stdout.write(f"account {asked.name} changed\n")


def run_switch(asked: Any) -> None:
    async def act() -> None:
        from server.channel_accounts.actions import enable

        await enable(asked.name, enabled=asked.enabled)

    with_database(act)
    sys.stdout.write(f"account {asked.name} {'enabled' if asked.enabled else 'disabled'}\n")


def run_list(_asked: Any) -> None:
    async def act() -> Any:
        from server.channel_accounts.queries import every

        return await every()

    for account in with_database(act):
        state = account.state if account.enabled else "disabled"
        code = f" ({account.state_code})" if account.state_code else ""
        sys.stdout.write(f"{account.id}\t{account.kind}\t{account.name}\t{state}{code}\n")


def _lists(kind: str) -> set[str]:
    """Return the settings of a kind that hold several words; they are written with commas."""
    import msgspec

    from channels.registry import REGISTRY

    if kind not in REGISTRY:
        raise Failed(f"there is no channel {kind!r}; there are {', '.join(REGISTRY)}", code=2)
    fields = msgspec.structs.fields(REGISTRY[kind].settings_type)
    return {field.name for field in fields if get_origin(field.type) is tuple}


def _setting(text: str) -> tuple[str, str]:
    from pathlib import Path

    key, equals, value = text.partition("=")
    if not key or not equals:
        raise Failed(f"--set wants KEY=VALUE, not {text!r}", code=2)
    if value.startswith("@"):  # so that a password need not stand in the list of processes
        value = Path(value[1:]).read_text(encoding="utf-8").strip()
    return key, value
