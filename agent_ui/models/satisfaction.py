"""What citizens said of how it went, and when they are asked."""

from dataclasses import dataclass, field
from datetime import date, datetime

from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import ChannelKind, Locale, Priority
from agent_ui.models.common import Name, Reason
from agent_ui.models.report import Ratings


@dataclass(frozen=True, slots=True)
class RatedTicket:
    """One answer: the points, the words if there are any, and which ticket it is about."""

    id: int
    number: str
    contact: str
    subject: str
    score: int
    comment: str
    at: datetime
    team: Name
    topic: Name | None = None
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The answers of some days, narrowed where something is named; ``low`` shows only those not satisfied."""

    first: date
    last: date
    ratings: Ratings
    rows: tuple[RatedTicket, ...] = ()
    low: bool = False
    team: Name | None = None
    topic: Name | None = None
    channel: ChannelKind | None = None
    agent: str = ""
    priority: Priority | None = None
    narrowed: dict[str, str] = field(default_factory=dict)
    next_link: str = ""
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class SatisfactionPage:
    chrome: Chrome
    satisfaction: Satisfaction


@dataclass(frozen=True, slots=True)
class WallRatings:
    """How it went lately, on the wall: so many days, the last of them today."""

    first: date
    last: date
    ratings: Ratings


@dataclass(frozen=True, slots=True)
class TeamAsking:
    """Whether a team asks, and how many hours a ticket has to stay resolved before it does."""

    id: int
    name: Name
    asks: bool
    hours: str
    limit: int
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class AskingMail:
    """The mail as a citizen gets it, with a link that leads nowhere."""

    language: Locale
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Asking:
    teams: tuple[TeamAsking, ...]
    mails: tuple[AskingMail, ...]
    saved: bool = False


@dataclass(frozen=True, slots=True)
class AskingPage:
    chrome: Chrome
    asking: Asking
