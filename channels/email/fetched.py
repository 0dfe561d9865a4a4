"""What a mailbox hands out: a folder as it stands, and mails whole, in part, or not at all."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Selected:
    """What the server said about a folder; a `uidvalidity` of 0 means "my UIDs promise nothing"."""

    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as the server stores it; `received_at` is the server's INTERNALDATE."""

    uid: int
    received_at: datetime | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class Oversized:
    """A mail over the limit: only its start was fetched, enough for headers and first text."""

    uid: int
    received_at: datetime | None
    size: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A mail that the server lists but cannot hand out; others must not wait for it."""

    uid: int
    reason: str
