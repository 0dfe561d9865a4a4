"""Fetch mail over IMAP: one thread a mailbox, which asks the ledger what is new.

A mail counts as fetched when it is in the journal and its UID in the ledger, both in one commit; whether
somebody has read it on the server says nothing. Nothing is changed there, unless the account says that what
has become a message is to be moved or deleted: a step of its own, which may be repeated at any time.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby, islice
from typing import Any, TypeVar

from channels.email.fetched import Fetched as Mail
from channels.email.fetched import Oversized, Unreadable
from channels.email.imap import Mailbox
from channels.email.parse import OVERSIZED_HEADER
from channels.errors import ChannelError, Unreachable
from server.channel_accounts.actions import report
from server.channel_accounts.queries import Account, every
from server.intake.actions import (
    Delivery,
    Fetched,
    forget_vanished,
    journal_fetched,
    remember_unreadable,
)
from server.intake.queries import ledger, worked_through
from server.intake.queries.unreadable import withheld
from server.kit import clock, log

IDLE_SECONDS = 240.0
"""Shorter than the half hour after which servers hang up, so that a missed sign costs minutes."""
POLL_SECONDS = 20.0
COMPARE_AGAIN = timedelta(hours=1)
"""So often a whole folder is compared: what was unreadable, or slipped through below, gets another chance."""
COMMIT_MAILS = 50
COMMIT_BYTES = 16 * 1024 * 1024
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)
_log = log.get(__name__)

Answer = TypeVar("Answer")
_Mail = Mail | Oversized | Unreadable


class Fetcher:
    """One mailbox's thread."""

    def __init__(self, account: Account, loop: asyncio.AbstractEventLoop) -> None:
        self.account = account
        self._loop = loop
        self._stopped = threading.Event()
        self._mailbox: Mailbox | None = None
        self._seen_up_to: dict[tuple[str, int], int] = {}
        self._suspects: set[tuple[tuple[str, int], int]] = set()
        self._compared_at = clock.now()
        self._thread = threading.Thread(target=self._run, name=f"imap {account.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; it does within a network time-out at most."""
        self._stopped.set()
        if mailbox := self._mailbox:
            mailbox.interrupt()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopped.is_set():
            began = clock.now()
            wait = pause
            try:
                self._stay_connected()
            except ChannelError as error:
                if error.retry_after is None or error.retry_after > LONGEST_PAUSE:
                    wait = LONGEST_PAUSE
                self._report(type(error).__name__)
                _log.warning("imap", account=self.account.id, error=type(error).__name__)
            except Exception:  # noqa: BLE001 -- a bug or the database: this mailbox pauses, others go on
                _log.exception("imap", account=self.account.id)
            if clock.now() - began > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            self._stopped.wait(wait.total_seconds())
            pause = min(pause * 2, LONGEST_PAUSE)

    def _stay_connected(self) -> None:
        self._seen_up_to = {}
        self._compared_at = clock.now()
        with Mailbox(self.account.settings) as mailbox:
            self._mailbox = mailbox
            try:
                first, *others = self.account.settings.imap_folders
                while not self._stopped.is_set():
                    if clock.now() - self._compared_at > COMPARE_AGAIN:
                        self._seen_up_to = {}
                        self._compared_at = clock.now()
                    for folder in (*others, first):
                        uidvalidity = self._catch_up(mailbox, folder)
                        self._clear(mailbox, folder, uidvalidity)
                    self._report(None)
                    # With one folder the server tells of new mail; the others are looked at now and then.
                    told = mailbox.can_idle and not others and not self._clears
                    mailbox.idle(IDLE_SECONDS if told else POLL_SECONDS)
            finally:
                self._mailbox = None

    @property
    def _clears(self) -> bool:
        return bool(self.account.settings.after_fetch != "keep")

    def _clear(self, mailbox: Mailbox, folder: str, uidvalidity: int) -> None:
        """Move or delete what has become a message, if the account says so and UIDs can be trusted."""
        if not self._clears or not uidvalidity:
            return
        uids = mailbox.all_uids()
        finished = self._wait_for(worked_through(self.account.id, folder, uidvalidity, uids))
        if not finished:
            return
        if moves_to := self.account.settings.moves_to:
            mailbox.move(folder, finished, to=moves_to)
        else:
            mailbox.delete(folder, finished)

    def _catch_up(self, mailbox: Mailbox, folder: str) -> int:
        """Journal everything in the folder that the ledger does not know, oldest first.

        The whole folder is compared once a connection and now and then; else only what lies above counts.
        Where UIDs promise nothing, all is fetched again, and known by its bytes. Return the UIDVALIDITY.
        """
        selected = mailbox.select(folder)
        place = (folder, selected.uidvalidity)
        not_yet, due = self._wait_for(withheld(self.account.id, *place, now=clock.now()))
        if place in self._seen_up_to:
            missing = [*due, *mailbox.uids_above(self._seen_up_to[place])]
        else:
            known = (
                self._wait_for(ledger(self.account.id, *place)) if selected.uidvalidity else set()
            )
            present = mailbox.all_uids()
            gone = not_yet.union(due).difference(present)
            self._wait_for(forget_vanished(self.account.id, *place, gone))
            missing = [uid for uid in present if uid not in known and uid not in not_yet]
            self._seen_up_to[place] = max(known, default=0)
        try:
            self._journal(place, self._fetched(mailbox, place, missing))
        except Unreachable as error:
            self._blame(place, mailbox.asked_for, error)
            raise
        return selected.uidvalidity

    def _fetched(
        self, mailbox: Mailbox, place: tuple[str, int], missing: Iterable[int]
    ) -> Iterator[_Mail]:
        """Ask for each suspect apart, for the others together."""
        for suspected, uids in groupby(missing, lambda uid: (place, uid) in self._suspects):
            for together in ([uid] for uid in uids) if suspected else (uids,):
                yield from mailbox.fetch(together)

    def _journal(self, place: tuple[str, int], mails: Iterator[_Mail]) -> None:
        while (batch := _some(mails)) and not self._stopped.is_set():
            unreadable = {mail.uid: mail.reason for mail in batch if isinstance(mail, Unreadable)}
            if unreadable:
                self._set_aside(place, unreadable)
            fetched = [
                Fetched(*place, mail.uid, _delivery(mail))
                for mail in batch
                if not isinstance(mail, Unreadable)
            ]
            if fetched:
                self._wait_for(journal_fetched(self.account.id, fetched, now=clock.now()))
            self._suspects.difference_update((place, mail.uid) for mail in batch)
            self._seen_up_to[place] = max(self._seen_up_to[place], batch[-1].uid)

    def _blame(self, place: tuple[str, int], asked_for: Sequence[int], error: Unreachable) -> None:
        """Find the mail at which a server hangs up, as some do where they cannot read one themselves.

        Of several, each is asked for apart next time; one that was alone is set aside for a while.
        """
        if len(asked_for) == 1:
            self._set_aside(place, {asked_for[0]: error.reason})
        self._suspects.update((place, uid) for uid in asked_for)

    def _set_aside(self, place: tuple[str, int], reasons: Mapping[int, str]) -> None:
        _log.warning("imap unreadable", account=self.account.id, mails=len(reasons))
        self._wait_for(remember_unreadable(self.account.id, *place, reasons, now=clock.now()))

    def _report(self, code: str | None) -> None:
        try:
            self._wait_for(report(self.account.id, part="imap", code=code, now=clock.now()))
        except Exception:  # noqa: BLE001 -- the mails matter more than the sign on the door
            _log.exception("account state not recorded", account=self.account.id)

    def _wait_for(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)


def _some(mails: Iterator[_Mail]) -> Sequence[_Mail]:
    """Take as many mails as one commit should hold."""
    batch = []
    size = 0
    for mail in islice(mails, COMMIT_MAILS):
        batch.append(mail)
        size += len(getattr(mail, "raw", b""))
        if size > COMMIT_BYTES:
            break
    return batch


def _delivery(mail: Mail | Oversized) -> Delivery:
    taken_over = mail.received_at or clock.now()
    if isinstance(mail, Oversized):
        return Delivery(mail.head, taken_over, {OVERSIZED_HEADER: str(mail.size)})
    return Delivery(mail.raw, taken_over)


class Fetchers:
    """Keeps one thread for every enabled mailbox, and follows changes of the accounts."""

    def __init__(self) -> None:
        self._running: dict[int, Fetcher] = {}

    async def follow(self) -> None:
        """Start, restart and stop threads so that they fit the accounts as they are now."""
        loop = asyncio.get_running_loop()
        wanted = {
            account.id: account
            for account in await every("email")
            if account.enabled and account.settings.imap_host
        }
        for account_id, fetcher in list(self._running.items()):
            account = wanted.get(account_id)
            changed = account is None or account.settings != fetcher.account.settings
            if changed or not fetcher.is_alive:
                fetcher.stop()
                del self._running[account_id]
        for account_id, account in wanted.items():
            if account_id not in self._running:
                self._running[account_id] = Fetcher(account, loop)
                self._running[account_id].start()

    def stop(self) -> None:
        for fetcher in self._running.values():
            fetcher.stop()
