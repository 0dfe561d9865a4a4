"""How evenly work was handed out: for each team, what everybody got beside what they might have expected."""

from dataclasses import dataclass
from datetime import date, datetime

from agent_ui.models.chrome import Chrome
from agent_ui.models.common import Name, Reason


@dataclass(frozen=True, slots=True)
class AgentShare:
    """One person in one team; ``expected`` is their share had chance alone decided among those who were there.

    ``present`` and ``carried`` are seconds, the latter of all open tickets together; ``name`` is empty in a total.
    """

    name: str
    present: float
    given: int
    expected: float
    taken: int = 0
    handed: int = 0
    came_back: int = 0
    declined: int = 0
    gave_back: int = 0
    carried: float = 0.0
    present_share: float | None = None
    carried_share: float | None = None

    @property
    def difference(self) -> float:
        """Return how many tickets more, or fewer, than might have been expected."""
        return self.given - self.expected


@dataclass(frozen=True, slots=True)
class TeamFairness:
    """A team's people, the sum of them, and in words how even it was."""

    id: int
    name: Name
    rows: tuple[AgentShare, ...]
    total: AgentShare
    verdict: Reason


@dataclass(frozen=True, slots=True)
class HandedBack:
    """A ticket that somebody declined; ``words`` are theirs."""

    ticket_id: int
    number: str
    agent: str
    because: str
    at: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class Fairness:
    """A period's hand-outs, day for day included."""

    first: date
    last: date
    teams: tuple[TeamFairness, ...]
    handed_back: tuple[HandedBack, ...] = ()
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class FairnessPage:
    chrome: Chrome
    fairness: Fairness
