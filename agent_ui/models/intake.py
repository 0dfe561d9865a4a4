"""What came in and could not be used, and how each channel account is doing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent_ui.models.codes import ChannelKind
from agent_ui.models.common import Reason

AccountState = Literal["connected", "connecting", "waiting", "failed", "off", "kept"]


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """A journal entry that failed alone too often; its raw bytes are kept."""

    id: int
    kind: ChannelKind
    account: str
    received_at: datetime
    size: int
    attempts: int
    reason: Reason
    sender: str = ""
    subject: str = ""
    form_key: str = ""


@dataclass(frozen=True, slots=True)
class UnreadableMail:
    """A mail that its server lists but does not hand out.

    Without ``next_try_at`` it is asked for again only when somebody says so.
    """

    id: int
    kind: ChannelKind
    account: str
    folder: str
    uid: int
    reason: Reason
    attempts: int
    since: datetime
    next_try_at: datetime | None
    form_key: str = ""


@dataclass(frozen=True, slots=True)
class Quarantine:
    entries: tuple[QuarantineEntry, ...]
    next_after: str | None = None
    unreadable: tuple[UnreadableMail, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """One channel account: how it stands, since when, and the last things that passed.

    ``answers_stopped`` is true when it answered so much by itself that it was stopped.
    """

    id: int
    kind: ChannelKind
    name: str
    address: str
    state: AccountState
    since: datetime
    last_in: datetime | None = None
    last_out: datetime | None = None
    waiting_in: int = 0
    waiting_out: int = 0
    failed: int = 0
    error: Reason | None = None
    retry_at: datetime | None = None
    answers_stopped: bool = False


@dataclass(frozen=True, slots=True)
class AccountList:
    accounts: tuple[AccountHealth, ...]
