"""One promise running for one ticket: what is known of it, and when it is due.

A target without a clock is idle. An answer lies over the run of the clock and can be taken away as
if it had never been.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla.calendar import Calendar
from sla.errors import BadTarget, NeverOpens, TooFar
from sla.zones import in_utc

NOTHING = timedelta(0)


class Kind(StrEnum):
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class State(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    ANSWERED = "answered"  # provisional: no provider has accepted the answer yet
    BREACHED = "breached"  # running, past its due time
    MET = "met"
    MET_LATE = "met_late"
    CANCELLED = "cancelled"


class Step(StrEnum):
    STARTED = "started"
    ANTEDATED = "antedated"
    POSTDATED = "postdated"
    PAUSED = "paused"
    RESUMED = "resumed"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    UNANSWERED = "unanswered"
    BREACHED = "breached"
    CANCELLED = "cancelled"
    REOPENED = "reopened"
    RESTORED = "restored"
    RETARGETED = "retargeted"
    RECOUNTED = "recounted"


FINISHED = frozenset({State.MET, State.MET_LATE, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Target:
    """One promise of a policy. ``pauses_in`` are the statuses in which its clock stands still."""

    kind: Kind
    allowed: timedelta
    calendar: Calendar
    calendar_version: int = 0
    policy_version: int = 0
    pauses_in: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.allowed < NOTHING:
            raise BadTarget(f"{self.kind} cannot be due before it begins: allow zero or more")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch that is over, in which the clock ran, and the open time it took."""

    start: datetime
    end: datetime
    used: timedelta


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply that stops the clock once a provider accepts it."""

    message: int | None
    at: datetime
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One target running for one ticket; ``turn`` counts the clocks of its kind on the ticket."""

    target: Target
    turn: int
    state: State
    started_at: datetime
    running_since: datetime | None
    due_at: datetime | None
    runs: tuple[Run, ...] = ()
    used: timedelta = NOTHING
    extra: timedelta = NOTHING
    answers: tuple[Answer, ...] = ()
    breached_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_because: str = ""

    @property
    def kind(self) -> Kind:
        return self.target.kind

    @property
    def finished(self) -> bool:
        return self.state in FINISHED

    @property
    def waiting(self) -> bool:
        """Say whether nobody has answered yet."""
        return not self.answers and self.cancelled_at is None

    @property
    def allowed(self) -> timedelta:
        """Give the open time the promise allows, grace after reopening included."""
        return self.target.allowed + self.extra

    @property
    def answered_at(self) -> datetime | None:
        return min((answer.at for answer in self.answers), default=None)

    @property
    def met_at(self) -> datetime | None:
        """Give the first acceptance of an answer."""
        if not self.answers:
            return None
        accepted = (answer.accepted_at for answer in self.answers)
        return min((at for at in accepted if at is not None), default=None)


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of one clock: codes, numbers and instants only."""

    kind: Kind
    turn: int
    step: Step
    at: datetime
    cause: str = ""
    message: int | None = None
    due_at: datetime | None = None
    allowed: timedelta | None = None
    calendar_version: int | None = None
    policy_version: int | None = None
    pauses_in: tuple[str, ...] = ()
    grace: timedelta | None = None


def used_at(clock: Clock, at: datetime) -> timedelta:
    """Give the open time used by an instant, and no more once the clock has stopped."""
    at = in_utc(at)
    at = min(at, clock.met_at or clock.cancelled_at or at)
    used, between = clock.used, clock.target.calendar.between
    if clock.runs and at < clock.runs[-1].end:
        over = (run for run in clock.runs if run.start < at)
        return sum((run.used if run.end <= at else between(run.start, at) for run in over), NOTHING)
    if clock.running_since is None or at <= clock.running_since:
        return used
    return used + between(clock.running_since, at)


def left_at(clock: Clock, at: datetime) -> timedelta:
    """Give the open time left by an instant; negative when late."""
    return clock.allowed - used_at(clock, at)


def warning_times(clock: Clock, fractions: tuple[float, ...]) -> tuple[datetime, ...]:
    """Give the instants at which those fractions of the allowed time are used up, in order.

    A clock that stands still or has ended has no more to come.
    """
    if clock.state not in {State.RUNNING, State.BREACHED}:
        return ()
    instants = (when_used(clock, clock.allowed * fraction) for fraction in sorted(fractions))
    return tuple(at for at in instants if at is not None)


def when_used(clock: Clock, wanted: timedelta) -> datetime | None:
    """Give the first instant by which so much was or will be used; None when it is not known."""
    before = NOTHING
    for run in clock.runs if wanted <= clock.used else ():
        if wanted <= before + run.used:
            at = reach(clock.target.calendar, run.start, wanted - before)
            if at is not None and at <= run.end:
                return at
            if wanted < before + run.used:  # counted under another calendar than today's
                return run.end
        before += run.used
    if clock.running_since is None:
        return None
    return reach(clock.target.calendar, clock.running_since, wanted - clock.used)


def reach(calendar: Calendar, at: datetime, span: timedelta) -> datetime | None:
    """Add open time. A calendar that ran out of it makes nothing due and stops no inquiry."""
    try:
        return calendar.add(at, span)
    except (NeverOpens, TooFar):
        return None
