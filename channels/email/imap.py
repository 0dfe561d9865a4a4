"""Read a mailbox over IMAP, changing nothing unless told to; the ledger of what we have is elsewhere.

Synchronous: one thread per mailbox calls this. A mailbox object is of no use after an error.
"""

import selectors
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import (
    IMAPClientError,
)

from channels.email.fetched import Fetched, Oversized, Selected, Unreadable
from channels.email.imap_errors import translated
from channels.email.oauth import access_token
from channels.email.settings import Settings
from channels.errors import ChannelError, Refused, SignInFailed, TemporaryFailure, Unreachable

BATCH = 50
SIZES_AT_ONCE = 500
SEARCH_WINDOW = 40_000
BATCH_BYTES = 16_000_000
HEAD_BYTES = 200_000


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Trust the machine's authorities; an office's own server may be exempted by setting."""
    context = ssl.create_default_context()
    if not settings.tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class Mailbox:
    """A signed-in connection; use it as a context manager.

    `interrupt` may be called from any thread, everything else from one only.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._where = f"{settings.imap_host}:{settings.imap_port}"
        self._exists = 0
        self.asked_for: tuple[int, ...] = ()
        """The mails that the server has been asked for and has not yet answered about."""
        self._ear, self._bell = socket.socketpair()
        self._imap: IMAPClient | None = None

    def __enter__(self) -> Self:
        try:
            self._connect()
        except ChannelError:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _connect(self) -> None:
        settings = self._settings
        context = tls_context(settings) if settings.imap_tls != "none" else None
        with translated(self._where):
            imap = self._imap = IMAPClient(
                settings.imap_host,
                port=settings.imap_port,
                ssl=settings.imap_tls == "tls",
                ssl_context=context if settings.imap_tls == "tls" else None,
                timeout=SocketTimeout(settings.timeout_seconds, settings.timeout_seconds),
            )
            imap.normalise_times = False
            if settings.imap_tls == "starttls":
                imap.starttls(context)
            if not settings.oauth_token_url:
                imap.login(settings.imap_user, settings.imap_password)
        if settings.oauth_token_url:
            self._show_token(imap, access_token(settings))

    def _show_token(self, imap: IMAPClient, token: str) -> None:
        """Sign in with a token; one that is refused may have been revoked, so a new one is tried once."""
        user = self._settings.imap_user
        try:
            with translated(self._where):
                imap.oauth2_login(user, token)
        except SignInFailed:
            again = access_token(self._settings, refused=token)
            with translated(self._where):
                imap.oauth2_login(user, again)

    def close(self) -> None:
        """Leave politely if the server still listens, and in any case leave."""
        imap, self._imap = self._imap, None
        if imap is not None:
            with suppress(IMAPClientError, OSError, ValueError):
                imap.logout()
            with suppress(IMAPClientError, OSError, ValueError):
                imap.shutdown()
        self._ear.close()
        self._bell.close()

    def folders(self) -> list[str]:
        """Name every folder that can be opened."""
        with self._speaking() as imap:
            return [name for flags, _, name in imap.list_folders() if b"\\Noselect" not in flags]

    def select(self, folder: str) -> Selected:
        """Open a folder for reading only."""
        with self._speaking() as imap:
            said = imap.select_folder(folder, readonly=True)
            self._exists = int(said.get(b"EXISTS", 0))
            return Selected(
                uidvalidity=int(said.get(b"UIDVALIDITY", 0)),
                uidnext=int(said.get(b"UIDNEXT", 0)),
                exists=self._exists,
            )

    def uids_above(self, uid: int) -> list[int]:
        """Give the UIDs greater than `uid`, in order."""
        return self._search(["UID", f"{uid + 1}:*"], floor=uid)

    def all_uids(self) -> list[int]:
        """Give every UID in the folder, in order."""
        return self._search(["ALL"], floor=0)

    def move(self, folder: str, uids: Iterable[int], *, to: str) -> None:
        """Move mails that we have worked through out of a folder; doing it twice does no harm."""
        with self._changing(folder) as imap:
            if not imap.folder_exists(to):
                imap.create_folder(to)
            for some in _in_pieces(uids):
                if imap.has_capability("MOVE"):
                    imap.move(some, to)
                else:
                    imap.copy(some, to)
                    _delete(imap, some)

    def delete(self, folder: str, uids: Iterable[int]) -> None:
        """Delete mails that we have worked through from a folder, and no others."""
        with self._changing(folder) as imap:
            for some in _in_pieces(uids):
                _delete(imap, some)

    @contextmanager
    def _changing(self, folder: str) -> Iterator[Any]:
        """Open a folder for writing, and again for reading only afterwards."""
        with self._speaking() as imap:
            imap.select_folder(folder)
            yield imap
        self.select(folder)

    def _search(self, criteria: list[str], *, floor: int) -> list[int]:
        """Ask in windows of sequence numbers: imaplib refuses lines over a megabyte.

        `n:*` always holds the last mail (RFC 3501), hence the floor.
        """
        with self._speaking() as imap:
            imap.noop()  # brings in the count of mails that came since the folder was opened
            self._exists = max(self._exists, _last_exists(imap))
            if self._exists <= SEARCH_WINDOW:
                return sorted(uid for uid in imap.search(criteria) if uid > floor)
            found: set[int] = set()
            for start in range(1, self._exists + 1, SEARCH_WINDOW):
                end = start + SEARCH_WINDOW - 1
                window = f"{start}:{end if end < self._exists else '*'}"
                found.update(imap.search([window, *criteria]))
            return sorted(uid for uid in found if uid > floor)

    def fetch(self, uids: Iterable[int]) -> Iterator[Fetched | Oversized | Unreadable]:
        """Give the mails in order, a bounded amount at a time; those that vanished are left out."""
        pending = list(uids)
        for at in range(0, len(pending), SIZES_AT_ONCE):
            window = pending[at : at + SIZES_AT_ONCE]
            sizes = self._fetch(window, [b"RFC822.SIZE"])
            small: list[int] = []
            weight = 0
            for uid in window:
                if uid not in sizes:
                    continue
                size = int(sizes[uid].get(b"RFC822.SIZE") or 0)
                if small and (weight + size > BATCH_BYTES or len(small) >= BATCH):
                    yield from self._whole(small)
                    small, weight = [], 0
                if size > self._settings.max_mail_bytes:
                    yield from self._whole(small)
                    small, weight = [], 0
                    yield from self._start_of(uid, size)
                else:
                    small.append(uid)
                    weight += size
            yield from self._whole(small)

    def _whole(self, uids: list[int]) -> Iterator[Fetched | Unreadable]:
        """Fetch some mails at once; if the server balks, one by one, to find the culprit.

        A server that balks at every one of several is itself in trouble, whatever it says of the mails.
        """
        if not uids:
            return
        try:
            got = self._fetch(uids, [b"INTERNALDATE", b"BODY.PEEK[]"])
        except (Refused, TemporaryFailure) as error:
            if isinstance(error, Unreachable):
                raise
            if len(uids) == 1:
                yield Unreadable(uids[0], error.reason)
                return
            singly = [mail for uid in uids for mail in self._whole([uid])]
            if all(isinstance(mail, Unreadable) for mail in singly):
                raise
            yield from singly
            return
        for uid in uids:
            if uid not in got:
                continue
            raw = got[uid].get(b"BODY[]")
            if raw:
                yield Fetched(uid, _instant(got[uid].get(b"INTERNALDATE")), raw)
            else:
                yield Unreadable(uid, "the server gave no content")

    def _start_of(self, uid: int, size: int) -> Iterator[Oversized | Unreadable]:
        try:
            got = self._fetch([uid], [b"INTERNALDATE", f"BODY.PEEK[]<0.{HEAD_BYTES}>".encode()])
        except (Refused, TemporaryFailure) as error:
            if isinstance(error, Unreachable):
                raise
            yield Unreadable(uid, error.reason)
            return
        if uid in got:
            head = got[uid].get(b"BODY[]<0>") or got[uid].get(b"BODY[]") or b""
            yield Oversized(uid, _instant(got[uid].get(b"INTERNALDATE")), size, head)

    def _fetch(self, uids: list[int], what: list[bytes]) -> dict[int, dict[bytes, Any]]:
        self.asked_for = tuple(uids)
        with self._speaking() as imap:
            got: dict[int, dict[bytes, Any]] = imap.fetch(uids, what)
        self.asked_for = ()
        return got

    @property
    def can_idle(self) -> bool:
        """Say whether the server tells of new mail by itself."""
        with self._speaking() as imap:
            return bool(imap.has_capability("IDLE"))

    def idle(self, timeout: float) -> bool:
        """Wait until the folder changes; False when the time is up or someone interrupts.

        Where the server cannot tell, this only waits. Keep `timeout` under 29 minutes.
        """
        if not self.can_idle:
            self._wait_for(self._ear, timeout)
            return False
        with self._speaking() as imap:
            imap.idle()
            if not _has_buffered(imap):
                self._wait_for(imap.socket(), timeout)
            _, responses = imap.idle_done()
            return any(
                isinstance(said, tuple) and len(said) > 1 and said[1] in (b"EXISTS", b"RECENT")
                for said in responses
            )

    def interrupt(self) -> None:
        """End a running or the next `idle` at once."""
        with suppress(OSError):
            self._bell.send(b"!")

    def _wait_for(self, wire: socket.socket, timeout: float) -> None:
        """Wait for a sign from the wire or from `interrupt`."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._ear, selectors.EVENT_READ)
            if wire is not self._ear:
                selector.register(wire, selectors.EVENT_READ)
            for key, _ in selector.select(timeout):
                if key.fileobj is self._ear:
                    self._ear.recv(1000)

    @contextmanager
    def _speaking(self) -> Iterator[Any]:
        if self._imap is None:
            raise Unreachable(f"{self._where}: the connection is closed")
        with translated(self._where):
            yield self._imap


def _in_pieces(uids: Iterable[int]) -> Iterator[list[int]]:
    pending = list(uids)
    for at in range(0, len(pending), SIZES_AT_ONCE):
        yield pending[at : at + SIZES_AT_ONCE]


def _delete(imap: Any, uids: list[int]) -> None:
    """Mark and remove; where the server can only remove all that anybody marked, leave the marks."""
    imap.delete_messages(uids, silent=True)
    if imap.has_capability("UIDPLUS"):
        imap.uid_expunge(uids)
    elif set(imap.search(["DELETED"])) <= set(uids):
        imap.expunge()


def _last_exists(imap: Any) -> int:
    """Read the newest EXISTS that came unasked since the folder was opened."""
    said = imap._imap.untagged_responses.get("EXISTS") or [b"0"]  # noqa: SLF001 - has no public name
    return int(said[-1])


def _has_buffered(imap: Any) -> bool:
    """Tell whether news came together with the start of IDLE, where no socket shows it."""
    wire = imap.socket()
    before = wire.gettimeout()
    wire.settimeout(0)
    try:
        return bool(imap._imap.file.peek(1))  # noqa: SLF001 - the library hides its buffer
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        wire.settimeout(before)


def _instant(value: datetime | None) -> datetime | None:
    """Give the server's time in UTC, if it gave one."""
    if value is None:
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
