"""The small pieces that larger view models are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from agent_ui.models.codes import ChannelKind, ClockState, Field, Presence, Target


@dataclass(frozen=True, slots=True)
class Name:
    """What an administrator called something, in both languages."""

    ar: str
    en: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class TicketMark:
    """A ticket as a sentence names it: its number, which leads to it, unless the reader may not go there (0)."""

    id: int
    number: str


Param = str | int | date | Name | Person | TicketMark | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is so: a code with parameters, worded on screen by ``agent_ui.sentences``."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChannelAccount:
    """One mailbox, bot, page or number."""

    id: int
    kind: ChannelKind
    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise running for one ticket.

    ``due_at`` is the time that counts now; ``allowed`` and ``used`` are seconds of working time.
    ``met_at`` is when it was answered or met; ``paused_because`` says why a paused clock stands.
    """

    target: Target
    state: ClockState
    due_at: datetime | None
    started_at: datetime | None = None
    met_at: datetime | None = None
    allowed: int = 0
    used: int = 0
    paused_because: Reason | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be picked; ``name`` where an administrator or a person named it.

    ``depth`` is how far down its tree a topic stands.
    """

    value: str
    name: Name | str | None = None
    selected: bool = False
    note: Reason | None = None
    presence: Presence | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What a ticket's field may become; where it may not, the chosen option is shown alone."""

    field: Field
    options: tuple[Choice, ...] = ()
    allowed: bool = True
    error: Reason | None = None
