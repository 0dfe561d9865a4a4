"""Connections to mail servers that wait a moment for the next mail: to sign in anew for each is slow and rude."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from channels.email.client import Sender, Taken
from server.channel_accounts.queries import Account

IDLE_SECONDS = 20.0
FREE = 2
"""So many connections wait for one account; more may be at work."""
MAILS = 100
"""Servers end long conversations; better that we do."""


@dataclass(slots=True)
class _Free:
    sender: Sender
    loop: asyncio.AbstractEventLoop
    hang_up: asyncio.TimerHandle


_free: dict[int, list[_Free]] = {}


async def send(
    account: Account,
    wire: bytes,
    *,
    recipients: Sequence[str],
    copies: Sequence[str],
    automatic: bool,
    patient: bool,
) -> Taken:
    """Hand one mail over by a connection of this account; after an error that connection is gone."""
    sender = _free_one(account)
    taken = await sender.send(
        wire, recipients=recipients, copies=copies, automatic=automatic, patient=patient
    )
    if sender.sent >= MAILS or len(_free.get(account.id, ())) >= FREE:
        await sender.close()
        return taken
    loop = asyncio.get_running_loop()
    hang_up = loop.call_later(IDLE_SECONDS, _hang_up, account.id, sender)
    _free.setdefault(account.id, []).append(_Free(sender, loop, hang_up))
    return taken


async def hang_up() -> None:
    """End every connection that waits."""
    for account_id in list(_free):
        for one in _free.pop(account_id):
            one.hang_up.cancel()
            await one.sender.close()


def _free_one(account: Account) -> Sender:
    """Take a connection that fits the account as it is now, or begin one."""
    waiting = _free.get(account.id, [])
    while waiting:
        one = waiting.pop()
        one.hang_up.cancel()
        if one.sender.settings == account.settings and one.loop is asyncio.get_running_loop():
            return one.sender
        one.sender.drop()
    return Sender(account.settings)


def _hang_up(account_id: int, sender: Sender) -> None:
    _free[account_id] = [one for one in _free.get(account_id, ()) if one.sender is not sender]
    sender.drop()
