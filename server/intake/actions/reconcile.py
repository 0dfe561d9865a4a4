"""Compare what lies on the mail server with what we made of it, and keep the figures.

Mail may arrive while we count: what seems to be missing is looked for again before it is said.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from channels.email.imap import Mailbox
from channels.email.settings import Settings
from channels.errors import ChannelError
from server.channel_accounts.queries import Account, one
from server.db import sql
from server.intake.queries.reconciliation import Figures, of_folder, of_hand_overs
from server.kit import clock, log
from server.kit.jobs import ring
from server.kit.work import after_commit, transaction

CLAIM = timedelta(minutes=10)
PATIENCE = (1.0, 3.0, 8.0)
"""So long the fetchers get, again and again, before mail counts as missing."""
KEPT = timedelta(days=90)
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class _Folder:
    name: str
    uidvalidity: int
    uids: tuple[int, ...]


async def ask_to_reconcile(account_ids: Sequence[int], *, now: datetime) -> None:
    """Note that somebody wants to know now, and ring; a lost bell is made up for."""
    async with transaction():
        for account_id in account_ids:
            await sql.run(
                "UPDATE channel_accounts SET look_asked_at = $2 WHERE id = $1", account_id, now
            )
            after_commit(partial(ring, "reconcile", account_id))


async def reconcile(account_id: int, *, patience: Sequence[float] = PATIENCE) -> None:
    """Count one account; return at once if somebody else is at it."""
    began = clock.now()
    if not await _claim(account_id, now=began):
        return
    account = await one(account_id)
    figures: list[tuple[str, str | None, Figures | None]] = []
    if account.settings.imap_host:
        try:
            folders = await asyncio.to_thread(_look, account.settings)
            figures = [
                (folder.name, None, await _counted(account, folder, patience)) for folder in folders
            ]
        except ChannelError as error:
            _log.warning("reconciliation", account=account.id, error=type(error).__name__)
            figures = [(name, type(error).__name__, None) for name in account.settings.imap_folders]
    figures.append(("", None, await of_hand_overs(account.id, now=began)))
    await _store(account_id, figures, began=began, now=clock.now())


def _look(settings: Settings) -> list[_Folder]:
    with Mailbox(settings) as mailbox:
        found = []
        for name in settings.imap_folders:
            selected = mailbox.select(name)
            found.append(_Folder(name, selected.uidvalidity, tuple(mailbox.all_uids())))
        return found


async def _counted(account: Account, folder: _Folder, patience: Sequence[float]) -> Figures:
    figures = await of_folder(account.id, folder.name, folder.uidvalidity, folder.uids)
    for pause in patience:
        if not figures.missing:
            break
        await asyncio.sleep(pause)
        figures = await of_folder(account.id, folder.name, folder.uidvalidity, folder.uids)
    return figures


async def _claim(account_id: int, *, now: datetime) -> bool:
    return bool(
        await sql.value(
            """
            UPDATE channel_accounts SET look_claimed_until = $3
            WHERE id = $1 AND kind = 'email' AND (look_claimed_until IS NULL OR look_claimed_until <= $2)
            RETURNING true
            """,
            account_id,
            now,
            now + CLAIM,
        )
    )


async def _store(
    account_id: int,
    figures: Sequence[tuple[str, str | None, Figures | None]],
    *,
    began: datetime,
    now: datetime,
) -> None:
    async with transaction():
        for folder, error, found in figures:
            await sql.run(
                """
                INSERT INTO reconciliations (channel_account_id, folder, at, error, on_server, in_journal, waiting,
                                             quarantined, in_tickets, lost)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
                account_id,
                folder,
                now,
                error,
                *_columns(found),
            )
        await sql.run(
            "DELETE FROM reconciliations WHERE channel_account_id = $1 AND at < $2",
            account_id,
            now - KEPT,
        )
        # Whoever asked while we counted gets a count that begins after the question.
        await sql.run(
            "UPDATE channel_accounts SET looked_at = $2, look_claimed_until = NULL WHERE id = $1",
            account_id,
            began,
        )


def _columns(found: Figures | None) -> tuple[Any, ...]:
    if found is None:
        return (None,) * 6
    return (
        found.on_server,
        found.in_journal,
        found.waiting,
        found.quarantined,
        found.in_tickets,
        found.lost,
    )
