"""Metrics, the wall and reports as programs get them. Every figure bears the id of its metric."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from agent_ui.models.codes import Locale, Presence, Target
from server.api.shapes.common import Id, Named, Names, Person
from server.supervision.metrics import Unit, Where
from server.supervision.queries.facts import By

Share = Annotated[float | None, Meta(description="Per cent; null where nothing was decided.")]
Seconds = Annotated[float | None, Meta(description="Seconds; null where there are none.")]


class Metric(Struct, frozen=True):
    """One figure: what it is called, what it means, what it is counted in and where it is found."""

    id: str
    name: str
    meaning: str
    unit: Unit
    shown: tuple[Where, ...]


class Metrics(Struct, frozen=True):
    """The definitions of all figures, in one language."""

    language: Locale
    metrics: tuple[Metric, ...]


class Figure(Struct, frozen=True):
    """A figure at one moment."""

    metric: str
    value: float | None


class WallTeam(Struct, frozen=True):
    """What lies with a team; `people` belong to it, `online` of them are here."""

    team: Named
    open_now: int
    unassigned: int
    late_now: int
    due_soon: int
    people: int
    online: int


class WallPart(Struct, frozen=True):
    """What is late, or will be within the hour, of one topic or channel."""

    late_now: int
    due_soon: int
    topic: Named | None = None
    channel: str | None = None


class WallAgent(Struct, frozen=True):
    """What one person carries."""

    person: Person
    presence: Presence
    open: int
    waiting: int
    late_now: int
    resolved_today: int
    capacity: int | None


class WallWait(Struct, frozen=True):
    """A contact who spoke last and waits for an answer."""

    ticket_id: Id
    number: str
    channel: str
    team: Names
    since: datetime


class WallHour(Struct, frozen=True):
    """One hour of today."""

    hour: int
    arrived: int
    answered: int


class Wall(Struct, frozen=True):
    """The figures of now, of the teams that the token's person supervises or of one of them."""

    as_of: datetime
    figures: tuple[Figure, ...]
    teams: tuple[WallTeam, ...]
    topics: tuple[WallPart, ...]
    channels: tuple[WallPart, ...]
    agents: tuple[WallAgent, ...]
    waiting: tuple[WallWait, ...]
    hours: tuple[WallHour, ...]


class Compared(Struct, frozen=True):
    """A figure of a period, and what it was in the period before."""

    metric: str
    value: float | None
    before: float | None


class Promises(Struct, frozen=True):
    """How many promises were kept and how many broken."""

    kept: int
    broken: int
    attainment: Share


class Ratings(Struct, frozen=True):
    """How many were asked how it went and answered; of fewer than five answers no share and no mean is told."""

    asked: int
    rated: int
    satisfied: Share
    unsatisfied: int
    mean_score: float | None


class Times(Struct, frozen=True):
    """How long it took: half of it no longer than the median, nine tenths no longer than `p90`."""

    open_median: Seconds
    open_p90: Seconds
    elapsed_median: Seconds
    elapsed_p90: Seconds


class TargetLine(Struct, frozen=True):
    """One promise in the period and in the period before."""

    target: Target
    promises: Promises
    before: Promises
    times: Times


class TargetPromises(Struct, frozen=True):
    """One promise in one line of a breakdown."""

    target: Target
    promises: Promises


class Row(Struct, frozen=True):
    """One line of a breakdown: a name in both languages, or a word that is a code or somebody's name.

    `key` is an id where the line is of a team, a topic or a person. All three are empty for what has no topic,
    agent or calendar, and for the total.
    """

    key: str
    name: Names | None
    word: str
    promises: Promises
    targets: tuple[TargetPromises, ...]
    first_response: Times
    resolution: Times
    volumes: dict[str, int]
    reopen_rate: Share
    ratings: Ratings


class Part(Struct, frozen=True):
    """One day, week or month of the period."""

    first: date
    last: date
    promises: Promises
    volumes: dict[str, int]
    ratings: Ratings


class Age(Struct, frozen=True):
    """How many tickets have been open for up to so many days; 0 days are older than all others."""

    days: int
    tickets: int


class Report(Struct, frozen=True):
    """A period of whole days, beside the one before; every table comes to the same totals."""

    first: date
    last: date
    compared_first: date
    compared_last: date
    by: By
    figures: tuple[Compared, ...]
    targets: tuple[TargetLine, ...]
    rows: tuple[Row, ...]
    total: Row
    parts: tuple[Part, ...]
    open_now: int
    late_now: int
    backlog: tuple[Age, ...]
