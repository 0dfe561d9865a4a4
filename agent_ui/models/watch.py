"""More of what supervisors watch: where lateness comes from, who waits, notices, accounts of clocks, reports."""

from dataclasses import dataclass, field
from datetime import date, datetime

from agent_ui.models.alarms import HouseAlarm
from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import ChannelKind, ClockState, Target
from agent_ui.models.common import Choice, Name, Param, Person, Reason
from agent_ui.models.same import SameForAll
from agent_ui.models.supervision import Promise


@dataclass(frozen=True, slots=True)
class LatePart:
    """How much is late, or will be within the hour, of one topic (``name``, none without one) or channel."""

    late: int
    soon: int
    topic_id: int | None = None
    name: Name | None = None
    channel: ChannelKind | None = None


@dataclass(frozen=True, slots=True)
class LongestWait:
    """A citizen who waits for an answer."""

    id: int
    number: str
    contact: str
    channel: ChannelKind
    team: Name
    since: datetime
    assignee: str = ""


@dataclass(frozen=True, slots=True)
class FlowHour:
    """One hour of today."""

    hour: int
    arrived: int
    answered: int


@dataclass(frozen=True, slots=True)
class Flow:
    """What came in against what was answered today."""

    arrived: int
    answered: int
    hours: tuple[FlowHour, ...]


@dataclass(frozen=True, slots=True)
class Bulk:
    """What may be done with every ticket that is ticked; ``said`` what became of the last time."""

    form_key: str
    agents: tuple[Choice, ...] = ()
    said: Reason | None = None
    back: str = ""
    teams: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Behind(SameForAll):
    """The tickets behind a figure."""

    measure: str
    promises: tuple[Promise, ...]
    team: Name | None = None
    topic: Name | None = None
    channel: ChannelKind | None = None
    agent: Person | None = None
    next_link: str = ""


@dataclass(frozen=True, slots=True)
class BehindPage:
    chrome: Chrome
    behind: Behind
    bulk: Bulk


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One promise that a notice is about; at 100 per cent it is late."""

    ticket_id: int
    number: str
    contact: str
    subject: str
    target: Target
    percent: int
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TeamMessage:
    """What a supervisor says to a team."""

    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody was told in one go: so many promises, of which the first are shown, and alarms."""

    id: int
    at: datetime
    promises: int
    items: tuple[NoticeItem, ...]
    unread: bool = True
    acknowledged: bool = False
    alarms: tuple[HouseAlarm, ...] = ()
    messages: tuple[TeamMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class Notices:
    rows: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticesPage:
    chrome: Chrome
    notices: Notices


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One line of a clock's account; ``code`` and ``params`` are worded by ``agent_ui.accounts``.

    ``day`` is the day it is about, by the calendar's own clock, ``open`` seconds of working time;
    ``occasion`` is what the calendar calls a day that has hours of its own.
    """

    code: str
    at: datetime
    params: dict[str, Param] = field(default_factory=dict)
    day: date | None = None
    until: datetime | None = None
    open: int | None = None
    occasion: str = ""


@dataclass(frozen=True, slots=True)
class ClockAccount:
    """How one promise of a ticket was reckoned, line by line."""

    target: Target
    turn: int
    state: ClockState
    lines: tuple[AccountLine, ...]


@dataclass(frozen=True, slots=True)
class ClockAccounts:
    """How a ticket's promises were reckoned; where somebody waits for an answer, it may be said that none is needed."""

    ticket_id: int
    number: str
    accounts: tuple[ClockAccount, ...] = ()
    awaited: bool = False
    form_key: str = ""
    seen_seq: int = 0
    reason: str = ""
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class AccountsPage:
    chrome: Chrome
    accounts: ClockAccounts
