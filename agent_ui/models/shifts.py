"""Who works when: the week of each team, and the forms in which hours are written."""

from dataclasses import dataclass
from datetime import date, datetime

from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import Presence
from agent_ui.models.common import Choice, Name, Reason
from agent_ui.models.terms import DayHours, Period


@dataclass(frozen=True, slots=True)
class ShiftDay:
    """One day of somebody; ``special`` are hours for that date alone, none of them leave."""

    hours: str
    special: bool = False


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One person's week; without hours of their ``own`` it is that of the team."""

    user_id: int
    name: str
    presence: Presence
    own: bool
    on_shift: bool
    days: tuple[ShiftDay, ...]


@dataclass(frozen=True, slots=True)
class TeamShifts:
    """A team's week; ``people`` counts for each day those who work on it."""

    id: int
    name: Name
    rows: tuple[ShiftRow, ...]
    people: tuple[int, ...]
    dates: tuple[date, ...]
    today: date
    calendar: str = ""
    calendars: tuple[str, ...] = ()
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class Shifts:
    """A week of every team that the viewer supervises."""

    days: tuple[date, ...]
    teams: tuple[TeamShifts, ...]
    today: date
    earlier: date
    later: date


@dataclass(frozen=True, slots=True)
class ShiftsPage:
    chrome: Chrome
    shifts: Shifts


@dataclass(frozen=True, slots=True)
class ShiftForm:
    """One person's hours as they are typed; the week may be saved for ``others`` too, days of leave never."""

    user_id: int
    name: str
    own: bool
    zone: str
    days: tuple[DayHours, ...]
    periods: tuple[Period, ...]
    zones: tuple[str, ...] = ()
    others: tuple[Choice, ...] = ()
    errors: tuple[tuple[str, Reason], ...] = ()
    author: str = ""
    saved_at: datetime | None = None

    def error(self, field: str) -> Reason | None:
        """Return what is wrong with one field."""
        return dict(self.errors).get(field)


@dataclass(frozen=True, slots=True)
class ShiftFormPage:
    chrome: Chrome
    form: ShiftForm
