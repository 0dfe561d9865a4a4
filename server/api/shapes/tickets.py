"""Tickets as programs get them, and what programs may say to them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from agent_ui.models.codes import (
    ChannelKind,
    ClockState,
    DeliveryState,
    Direction,
    Priority,
    Status,
    Target,
)
from server.api.shapes.common import Id, Named, Person
from server.kit.limits import REPLY_CHARACTERS

Seq = Annotated[int, Meta(ge=0, le=2**53, description="The place of something in its ticket.")]
Text = Annotated[
    str,
    Meta(min_length=1, max_length=REPLY_CHARACTERS, examples=["Your passport is ready."]),
]


class Ticket(Struct, frozen=True):
    """One matter of one contact.

    `last_words` begins what was said last; `merged_into` is the id of the ticket in which a merged one goes on.
    """

    id: Id
    number: str
    subject: str
    status: Status
    priority: Priority
    language: str | None
    channel: ChannelKind
    team: Named
    topic: Named | None
    assignee: Person | None
    contact: Person
    created_at: datetime
    last_message_at: datetime
    last_words: str
    waiting_since: datetime | None
    next_due_at: datetime | None
    last_seq: int
    merged_into: Id | None


class Tickets(Struct, frozen=True):
    """Some tickets, and the cursor of the next ones if there are more."""

    tickets: tuple[Ticket, ...]
    next_cursor: str | None


class AccountLine(Struct, frozen=True):
    """One line of a clock's account; `code` is the same in every language, `text` is the sentence."""

    at: datetime
    code: str
    text: str


class Clock(Struct, frozen=True):
    """One promise of a ticket: how it stands, and line by line how it was reckoned. Spans are seconds."""

    target: Target
    turn: int
    state: ClockState
    started_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    allowed: float
    used: float
    account: tuple[AccountLine, ...]


class Clocks(Struct, frozen=True):
    """The promises of a ticket, the oldest first."""

    clocks: tuple[Clock, ...]


class File(Struct, frozen=True):
    """A file that came or left with a message; `size` is bytes."""

    id: Id
    filename: str
    content_type: str
    size: int


class Message(Struct, frozen=True):
    """One thing said: `in` by the contact, `out` by us, or a `note` among colleagues.

    `reply_text` is what is new in `text`; `cut` says that there is more of it than is told here. A message
    whose `delivery` is `undone` was taken back before it left.
    """

    id: Id
    seq: int
    direction: Direction
    channel: ChannelKind
    said_at: datetime
    author: Person | None
    address: str | None
    display_name: str | None
    verified: bool
    automatic: str | None
    text: str
    reply_text: str
    cut: bool
    delivery: DeliveryState | Literal["undone"] | None
    files: tuple[File, ...]


class Messages(Struct, frozen=True):
    """What was said after `since`, the first thing first; `more` says that asking on brings more."""

    messages: tuple[Message, ...]
    more: bool


class Event(Struct, frozen=True):
    """One fact about a ticket. `data` holds codes and numbers; ids in it are numbers."""

    seq: int
    kind: str
    at: datetime
    actor: Person | None
    data: dict[str, Any]


class Events(Struct, frozen=True):
    """What happened after `since`, the first thing first; `more` says that asking on brings more."""

    events: tuple[Event, ...]
    more: bool


class Say(Struct, frozen=True, forbid_unknown_fields=True):
    """What to say; with `seen_seq`, only if others did nothing since that matters."""

    text: Text
    seen_seq: Seq | None = None


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    """What to write down among colleagues."""

    text: Text


class Said(Struct, frozen=True):
    """What was written."""

    message_id: Id
    seq: int


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; what is left out stays. All of it is done, or nothing."""

    status: Literal["open", "pending", "on_hold", "resolved"] | UnsetType = UNSET
    assignee: Id | UnsetType | None = UNSET
    topic: Id | UnsetType | None = UNSET
    priority: Priority | UnsetType = UNSET
    team: Id | UnsetType = UNSET
    seen_seq: Seq | None = None


class Changed(Struct, frozen=True):
    """The newest `seq` of the ticket after the change."""

    id: Id
    last_seq: int
