"""What administrators promise: calendars, policies, and the forms in which they are written."""

from dataclasses import dataclass
from datetime import date, datetime

from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import ChannelKind, Priority, Target
from agent_ui.models.common import Name, Reason


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A calendar in the list; ``opens_at`` when it is closed now, ``closes_at`` when it is open."""

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


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A policy in the list; ``allowed`` is in seconds of working time."""

    id: int
    name: str
    calendar: str
    allowed: tuple[tuple[Target, int], ...]
    author: str
    saved_at: datetime
    priority: Priority | None = None
    channel: ChannelKind | None = None
    topic: Name | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """All of them; ``following`` counts the open tickets brought under changed terms so far."""

    policies: tuple[PolicyLine, ...] = ()
    calendars: tuple[CalendarLine, ...] = ()
    following: int | None = None


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
    """One earlier saving."""

    saved_at: datetime
    author: str


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
    """Who is told at how many per cent; ``to`` is ``agent``, ``supervisors`` or ``user-<id>``."""

    percent: str = ""
    to: str = "agent"
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class PolicyForm:
    """``allowed`` holds hours as they are typed, by target; a target left empty is not promised."""

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
    calendars: tuple[str, ...] = ()
    topics: tuple[tuple[str, Name, int], ...] = ()
    people: tuple[tuple[int, str], ...] = ()
    errors: tuple[tuple[str, Reason], ...] = ()
    preview: TermsPreview | None = None
    checked: str = ""
    versions: tuple[TermsVersion, ...] = ()

    def error(self, field: str) -> Reason | None:
        """Return what is wrong with one field."""
        return dict(self.errors).get(field)


@dataclass(frozen=True, slots=True)
class PolicyPage:
    chrome: Chrome
    form: PolicyForm
