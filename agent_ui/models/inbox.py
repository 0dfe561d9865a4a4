"""The list of tickets."""

from dataclasses import dataclass
from datetime import datetime

from agent_ui.models.codes import ChannelKind, Priority, Status, ViewKey, Waiting
from agent_ui.models.common import Name, Person


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket in the list; ``due_at`` is its nearest running promise.

    ``merged_into`` is the number of the ticket in which a merged one goes on.
    """

    id: int
    number: str
    contact: str
    channel: ChannelKind
    subject: str
    last_words: str
    last_message_at: datetime
    status: Status
    priority: Priority = "normal"
    topic: Name | None = None
    unread: bool = False
    assignee: Person | None = None
    due_at: datetime | None = None
    late: bool = False
    warn_at: datetime | None = None
    paused: bool = False
    waiting: Waiting = "us"
    current: bool = False
    tags: tuple[str, ...] = ()
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class TicketList:
    """One page of a view; ``after`` is this page's own cursor, ``next_after`` the next one's.

    ``statuses`` counts by status for the filter; ``status`` is the one chosen.
    """

    view: ViewKey
    rows: tuple[TicketRow, ...]
    name: Name | None = None
    status: Status | None = None
    tag: str = ""
    after: str | None = None
    next_after: str | None = None
    total: int | None = None
