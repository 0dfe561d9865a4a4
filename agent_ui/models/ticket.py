"""One ticket: its head, what was said and done, its clocks, the composer and what stands beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agent_ui.models.codes import (
    ChannelKind,
    DeliveryState,
    Direction,
    Locale,
    Mode,
    Priority,
    Status,
    ViewKey,
    Written,
)
from agent_ui.models.common import (
    ChannelAccount,
    Choices,
    Clock,
    Name,
    Param,
    Person,
    Reason,
    TicketMark,
)
from agent_ui.models.merging import MergedInto, MergeDone, MergedTicket, MergePanel, UndoMerge
from agent_ui.models.rules import WhyStep
from agent_ui.models.terms import ContactClass


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came or went with a message; always a download. ``size`` is in bytes."""

    id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Copied:
    """Somebody else who gets an answer; of ``hidden`` ones no recipient learns.

    ``failed`` is the server's code where the copy did not arrive.
    """

    address: str
    hidden: bool = False
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The life of one outbound message; ``until`` is when a held one leaves.

    ``error`` says why it failed; ``retry_at`` when a queued one is tried again; ``copies`` who else gets it.
    """

    id: int
    state: DeliveryState
    until: datetime | None = None
    at: datetime | None = None
    retry_at: datetime | None = None
    error: Reason | None = None
    copies: tuple[Copied, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A phone call's figures in seconds; ``answered`` false is a missed call."""

    answered: bool
    outbound: bool = False
    waited: int = 0
    talked: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said.

    ``text`` is the new part, ``rest`` what is folded away (quotes, signature). ``author`` is a
    person's name, ``address`` where it came from. ``verified`` false warns that the sender could
    not be established; ``whole_bytes`` is set where only the beginning of so much was taken.
    ``pictures`` are those that ``text`` names where they stand. ``origin`` is set where it was said on a
    ticket that has been merged into the one on screen; ``may_split`` offers a ticket of its own.
    """

    id: int
    seq: int
    direction: Direction
    at: datetime
    text: str
    author: str = ""
    address: str = ""
    channel: ChannelKind = "email"
    rest: str = ""
    has_html: bool = False
    verified: bool = True
    automatic: bool = False
    attachments: tuple[Attachment, ...] = ()
    pictures: tuple[Attachment, ...] = ()
    delivery: Delivery | None = None
    call: Call | None = None
    fresh: bool = False
    whole_bytes: int | None = None
    origin: TicketMark | None = None
    may_split: bool = False


@dataclass(frozen=True, slots=True)
class EventLine:
    """One fact as a grey line; ``kind`` and ``params`` are worded by ``agent_ui.sentences``."""

    seq: int
    kind: str
    at: datetime
    params: Mapping[str, Param] = field(default_factory=dict)
    actor: Person | None = None
    origin: TicketMark | None = None
    undo: UndoMerge | None = None


Item = Message | EventLine


@dataclass(frozen=True, slots=True)
class Controls:
    """What the viewer may change, as lists to choose from."""

    assignee: Choices
    status: Choices
    topic: Choices
    priority: Choices
    team: Choices
    may_take: bool = False
    may_hand_back: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket's head and everything that happened on it, oldest first."""

    id: int
    number: str
    subject: str
    status: Status
    priority: Priority
    team: Name
    account: ChannelAccount
    contact: str
    created_at: datetime
    controls: Controls
    items: tuple[Item, ...]
    last_seq: int
    form_key: str
    topic: Name | None = None
    assignee: Person | None = None
    clocks: tuple[Clock, ...] = ()
    why: tuple[WhyStep, ...] = ()
    tags: tuple[str, ...] = ()
    tags_error: Reason | None = None
    may_try_rules: bool = False
    watching: tuple[Person, ...] = ()
    notice: Reason | None = None
    earlier_before: int | None = None
    merge: MergePanel | None = None
    merged: MergedInto | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """What happened while the answer was being written."""

    items: tuple[Item, ...]
    last_seq: int


@dataclass(frozen=True, slots=True)
class Copies:
    """Whom an answer is copied to, as typed; ``usual`` is what an untouched form says openly.

    ``everybody`` are the others in the conversation, to be copied by one press; ``unreached`` is who wrote
    last where the answer goes to somebody else.
    """

    cc: str = ""
    bcc: str = ""
    usual: str = ""
    everybody: str = ""
    unreached: str = ""


@dataclass(frozen=True, slots=True)
class Composer:
    """Where an answer or a note is written.

    ``blocked`` says what stops an answer; a note can always be left. ``error`` and ``conflict``
    come back with what was typed in ``text``, and ``mode`` says which of the two was being written;
    ``wrong`` is the field that the error is about, ``kept`` are files that need not be chosen again.
    ``copies``, ``quotes``, ``sender`` and ``signature`` are for channels that have them. ``merged_into``
    is set where the ticket was merged while somebody was writing: the words have to go there.
    """

    ticket_id: int
    channel: ChannelKind
    to: str
    form_key: str
    seen_seq: int
    account: str = ""
    text: str = ""
    mode: Mode = "reply"
    blocked: Reason | None = None
    error: Reason | None = None
    conflict: Conflict | None = None
    attachments_allowed: bool = False
    language: Locale | None = None
    wrong: Written = "text"
    kept: tuple[Attachment, ...] = ()
    copies: Copies | None = None
    quotes: bool | None = None
    sender: str = ""
    sender_name: str = ""
    signature: str = ""
    merged_into: TicketMark | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """One address of a contact on one channel."""

    kind: ChannelKind
    address: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class OtherTicket:
    """Another ticket of the same contact, or one linked to this one."""

    id: int
    number: str
    subject: str
    status: Status
    last_message_at: datetime
    linked: bool = False
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class GivenRating:
    """What the contact said of how it went, in up to five points and, perhaps, in words."""

    score: int
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ContextPanel:
    """Who is writing, and what else we know of them.

    ``may_change_class`` is whether the viewer may say that the contact is given preference.
    """

    contact_id: int
    contact: str
    identities: tuple[Identity, ...] = ()
    tickets: tuple[OtherTicket, ...] = ()
    followers: tuple[Person, ...] = ()
    since: datetime | None = None
    language: Locale | None = None
    contact_class: ContactClass = "ordinary"
    may_change_class: bool = False
    rating: GivenRating | None = None
    merged: tuple[MergedTicket, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """The ticket as it stands on the screen: thread, composer and context; ``view`` leads back.

    A merged ticket has a composer only for what was typed already; ``done`` is said beside the work, once.
    """

    thread: Thread
    composer: Composer | None
    context: ContextPanel
    view: ViewKey = "mine"
    done: MergeDone | None = None
