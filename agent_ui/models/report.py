"""A report: promises, volumes and times of a period, beside those of the period before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import Target
from agent_ui.models.common import Name, Reason
from agent_ui.rating_words import FEW, LOW, SATISFIED


@dataclass(frozen=True, slots=True)
class Share:
    """How many promises were kept and how many broken."""

    kept: int = 0
    broken: int = 0

    @property
    def decided(self) -> int:
        return self.kept + self.broken

    @property
    def percent(self) -> float | None:
        """Return how many of a hundred were kept."""
        return 100 * self.kept / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many citizens were asked how it went, and how many gave one, two … five points.

    Of too few answers neither a share nor a mean is told.
    """

    asked: int = 0
    scores: tuple[int, ...] = (0, 0, 0, 0, 0)

    @property
    def rated(self) -> int:
        return sum(self.scores)

    @property
    def unsatisfied(self) -> int:
        return sum(self.scores[:LOW])

    @property
    def too_few(self) -> bool:
        return self.rated < FEW

    @property
    def satisfied(self) -> float | None:
        """Return how many of a hundred who answered were satisfied."""
        return None if self.too_few else 100 * sum(self.scores[SATISFIED - 1 :]) / self.rated

    @property
    def mean(self) -> float | None:
        """Return the mean of the points."""
        points = sum(n * count for n, count in enumerate(self.scores, start=1))
        return None if self.too_few else points / self.rated


@dataclass(frozen=True, slots=True)
class Took:
    """How long it took, in seconds: half of it took no longer than the median, nine tenths no longer than p90."""

    open_median: int | None = None
    open_p90: int | None = None
    elapsed_median: int | None = None
    elapsed_p90: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure by the id of its metric, and what it was in the period before; ``percent`` is a share."""

    metric: str
    value: float | None
    before: float | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One promise in a period."""

    target: Target
    share: Share
    before: Share
    took: Took


@dataclass(frozen=True, slots=True)
class ReportTimes:
    """How each promise was kept and how long it took."""

    lines: tuple[TargetLine, ...]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line of a breakdown; ``kind`` is what it is by, and without a name ``word`` is a code or a name of it.

    ``shares`` stand in the order of the table's targets; ``volumes`` are by the ids of their metrics. ``key`` is
    what links to the tickets of this line narrow them by.
    """

    kind: str
    shares: tuple[Share, ...]
    total: Share
    name: Name | None = None
    word: str = ""
    first_response: Took = field(default_factory=Took)
    resolution: Took = field(default_factory=Took)
    volumes: Mapping[str, int] = field(default_factory=dict)
    ratings: Ratings = field(default_factory=Ratings)
    key: str = ""

    @property
    def reopen_rate(self) -> float | None:
        """Return how many of a hundred resolved tickets came back."""
        resolved = self.volumes.get("resolved", 0)
        return 100 * self.volumes.get("reopened", 0) / resolved if resolved else None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A period by team, topic, channel, agent, priority or calendar; each comes to the same ``total``."""

    by: str
    targets: tuple[Target, ...]
    rows: tuple[ReportRow, ...]
    total: ReportRow


@dataclass(frozen=True, slots=True)
class ReportPart:
    """One day, week or month of a period."""

    first: date
    last: date
    share: Share
    volumes: Mapping[str, int]
    ratings: Ratings = field(default_factory=Ratings)


@dataclass(frozen=True, slots=True)
class ReportParts:
    """A period from its beginning to now."""

    parts: tuple[ReportPart, ...]
    hijri: bool = False


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """Which days a report is of, as they were asked for; ``earlier`` and ``later`` are days to ask for next."""

    kind: str
    first: date
    last: date
    compared: tuple[date, date]
    by: str
    earlier: tuple[date, date] | None = None
    later: tuple[date, date] | None = None
    error: Reason | None = None

    @property
    def asked(self) -> dict[str, str]:
        """Return what a link to the same days says."""
        return self.link((self.first, self.last))

    def link(self, days: tuple[date, date]) -> dict[str, str]:
        """Return what a link to other days of the same kind says."""
        first, last = (day.isoformat() for day in days)
        if self.kind == "days":
            return {"kind": self.kind, "first": first, "last": last, "by": self.by}
        return {"kind": self.kind, "at": first, "by": self.by}


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is open now: up to so many days old, and how many; 0 days are older than all others."""

    open: int
    late: int
    ages: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A period's report."""

    period: ReportPeriod
    figures: tuple[Figure, ...]
    times: ReportTimes
    table: ReportTable
    parts: ReportParts
    backlog: Backlog
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportPage:
    chrome: Chrome
    report: Report
