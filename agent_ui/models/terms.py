"""What administrators promise: calendars, policies, and the forms in which they are written."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import ChannelKind, Priority, Status, Target
from agent_ui.models.common import Name, Reason

ContactClass = Literal["vip", "ordinary"]
Phase = Literal["in_force", "planned", "over"]
"""Whether a version holds now, is to hold later, or no longer holds."""

MOST_STEPS = 8
"""How many steps a policy may have."""


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A calendar in the list; ``opens_at`` when it is closed now, ``closes_at`` when it is open.

    ``unconfirmed`` are the days ahead that wait for a moon: their name, the first and the last. ``week`` and
    ``ahead`` are its hours in full: the days on which it opens, and those to come that have other hours.
    """

    id: int
    name: str
    zone: str
    week_seconds: int
    exceptions: int
    used_by: int
    author: str
    saved_at: datetime
    is_open: bool
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    unconfirmed: tuple[tuple[str, date, date], ...] = ()
    week: "tuple[DayHours, ...]" = ()
    ahead: "tuple[Period, ...]" = ()


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """What one version of a policy says; ``allowed`` is in seconds of working time.

    Each step is told by some reasons: its moment, who is told, what becomes of the ticket.
    """

    calendar: str
    allowed: tuple[tuple[Target, int], ...]
    priority: Priority | None = None
    channel: ChannelKind | None = None
    topic: Name | None = None
    team: Name | None = None
    account: str = ""
    contact_class: ContactClass | None = None
    own_hours: bool = False
    pauses_in: tuple[Status, ...] = ()
    steps: tuple[tuple[Reason, ...], ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A policy in the list. ``phase`` says whether it holds; ``hidden_by`` what always comes before it."""

    id: int
    name: str
    facts: PolicyFacts
    author: str
    saved_at: datetime
    phase: Phase = "in_force"
    hidden_by: Reason | None = None


@dataclass(frozen=True, slots=True)
class TeamLead:
    """Who of a team leads it; ``people`` are those who could."""

    team_id: int
    team: Name
    people: tuple[tuple[int, str], ...]
    lead_id: int | None = None
    calendar: str = ""
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class ChannelHours:
    """Which calendar a channel has of its own, if any."""

    channel: ChannelKind
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """All of them; ``following`` counts the open tickets brought under changed terms so far.

    Whoever may not write them reads them all the same.
    """

    policies: tuple[PolicyLine, ...] = ()
    calendars: tuple[CalendarLine, ...] = ()
    following: int | None = None
    leads: tuple[TeamLead, ...] = ()
    channels: tuple[ChannelHours, ...] = ()
    editable: bool = True
    retired: tuple[PolicyLine, ...] = ()


@dataclass(frozen=True, slots=True)
class TermsPage:
    chrome: Chrome
    terms: Terms


@dataclass(frozen=True, slots=True)
class DayHours:
    """One weekday's windows as they are typed; 0 is Monday."""

    weekday: int
    hours: str = ""
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """Days that have hours of their own, or none; ``provisional`` until a moon has been sighted."""

    first: str = ""
    last: str = ""
    hours: str = ""
    name: str = ""
    provisional: bool = False
    first_day: date | None = None
    last_day: date | None = None
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class TermsPreview:
    """What following a draft would do to open tickets, of which the newest were reckoned."""

    tickets: int
    looked_at: int
    affected: int
    newly_late: int
    no_longer_late: int


@dataclass(frozen=True, slots=True)
class TermsVersion:
    """One saving, and what it said: a policy's facts, or a calendar's hours a week and exceptions."""

    saved_at: datetime
    author: str
    facts: PolicyFacts | None = None
    phase: Phase = "over"
    week_seconds: int = 0
    exceptions: int = 0


@dataclass(frozen=True, slots=True)
class CalendarForm:
    """``id`` 0 is a new calendar; ``checked`` names the draft that ``preview`` is about."""

    id: int
    name: str
    zone: str
    days: tuple[DayHours, ...]
    periods: tuple[Period, ...]
    country: str = "SA"
    year: int = 2026
    countries: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    errors: tuple[tuple[str, Reason], ...] = ()
    remarks: tuple[Reason, ...] = ()
    preview: TermsPreview | None = None
    checked: str = ""
    versions: tuple[TermsVersion, ...] = ()

    def error(self, field: str) -> Reason | None:
        """Return what is wrong with one field."""
        return dict(self.errors).get(field)


@dataclass(frozen=True, slots=True)
class CalendarPage:
    chrome: Chrome
    form: CalendarForm


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """One step as it is filled in. ``when`` says how ``at`` counts: ``percent``, ``late`` or ``close``.

    ``to`` is nobody, ``agent``, ``lead``, ``supervisors``, ``team-<id>``, ``user-<id>`` or ``office``, which has
    an ``address``. ``raise_to`` is a priority or ``next``, ``give_to`` is ``queue``, ``team-<id>`` or ``user-<id>``.
    """

    at: str = ""
    to: str = "agent"
    when: str = "percent"
    address: str = ""
    raise_to: str = ""
    give_to: str = ""
    tag: str = ""
    error: Reason | None = None

    @property
    def acts(self) -> bool:
        """Say whether it does something to the ticket."""
        return bool(self.raise_to or self.give_to or self.tag)


@dataclass(frozen=True, slots=True)
class PolicyForm:
    """``allowed`` holds hours as they are typed, by target; a target left empty is not promised.

    ``added`` says that the last step was added just now.
    """

    id: int
    name: str
    position: str
    calendar: str
    allowed: tuple[tuple[Target, str], ...]
    pauses_in: frozenset[str]
    steps: tuple[PolicyStep, ...]
    priority: str = ""
    channel: str = ""
    topic: str = ""
    team: str = ""
    account: str = ""
    contact_class: str = ""
    own_hours: bool = False
    starts: str = ""
    ends: str = ""
    phase: Phase = "in_force"
    retired: bool = False
    calendars: tuple[str, ...] = ()
    topics: tuple[tuple[str, Name, int], ...] = ()
    teams: tuple[tuple[str, Name], ...] = ()
    accounts: tuple[tuple[str, str], ...] = ()
    people: tuple[tuple[int, str], ...] = ()
    errors: tuple[tuple[str, Reason], ...] = ()
    preview: TermsPreview | None = None
    checked: str = ""
    versions: tuple[TermsVersion, ...] = ()
    added: bool = False

    @property
    def has_room(self) -> bool:
        """Say whether one more step may be added."""
        return len(self.steps) < MOST_STEPS

    def error(self, field: str) -> Reason | None:
        """Return what is wrong with one field."""
        return dict(self.errors).get(field)


@dataclass(frozen=True, slots=True)
class PolicyPage:
    chrome: Chrome
    form: PolicyForm
