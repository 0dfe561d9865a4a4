"""The supervisor's one page: what is late, what will be, who has how much."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from agent_ui.models.codes import ChannelKind, Presence, Priority, Status, Target
from agent_ui.models.common import Name, Person
from agent_ui.models.intake import AccountHealth
from agent_ui.models.same import SameForAll

if TYPE_CHECKING:
    from agent_ui.models.alarms import HouseAlarm
    from agent_ui.models.satisfaction import WallRatings
    from agent_ui.models.watch import Flow, LatePart, LongestWait


@dataclass(frozen=True, slots=True)
class Promise:
    """One ticket with a promise that is broken or soon will be."""

    id: int
    number: str
    contact: str
    channel: ChannelKind
    subject: str
    target: Target
    due_at: datetime
    status: Status
    team: Name
    priority: Priority = "normal"
    assignee: Person | None = None
    late: bool = False
    warn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AgentLoad:
    """What one agent carries; ``capacity`` is how much they may, where that is set."""

    person: Person
    presence: Presence
    open: int
    pending: int = 0
    late: int = 0
    resolved_today: int = 0
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class TeamLoad:
    id: int
    name: Name
    open: int
    unassigned: int
    late: int
    due_soon: int
    online: int = 0
    agents: int = 0


@dataclass(frozen=True, slots=True)
class Wall(SameForAll):
    """Counts are of everything; the lists hold the first of them, nearest due first."""

    late_count: int
    soon_count: int
    later_count: int
    open_count: int
    unassigned_count: int
    late: tuple[Promise, ...] = ()
    soon: tuple[Promise, ...] = ()
    later: tuple[Promise, ...] = ()
    agents: tuple[AgentLoad, ...] = ()
    teams: tuple[TeamLoad, ...] = ()
    accounts: tuple[AccountHealth, ...] = ()
    answers_stuck: int = 0
    alarms: "tuple[HouseAlarm, ...]" = ()
    topics: "tuple[LatePart, ...]" = ()
    channels: "tuple[LatePart, ...]" = ()
    longest: "tuple[LongestWait, ...]" = ()
    flow: "Flow | None" = None
    rated: "WallRatings | None" = None
