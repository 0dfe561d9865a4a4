"""One promise running for one ticket: what it may do next, and when it is due.

A target without a clock is idle. A step gives a new clock and the transition to be kept as an
event; from the transitions alone the clock can be rebuilt. An answer lies over the run of the clock
and can be taken away as if it had never been.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sla.calendar import Calendar
from sla.errors import BadTarget, ImpossibleTransition, NeverOpens, TooFar
from sla.zones import in_utc

_NOTHING = timedelta(0)


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
    PAUSED = "paused"
    RESUMED = "resumed"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    UNANSWERED = "unanswered"
    BREACHED = "breached"
    CANCELLED = "cancelled"
    REOPENED = "reopened"
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
        if self.allowed < _NOTHING:
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
    used: timedelta = _NOTHING
    extra: timedelta = _NOTHING
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


Stepped = tuple[Clock, Transition]


def start(
    target: Target, at: datetime, *, turn: int = 1, cause: str = "", message: int | None = None
) -> Stepped:
    """Begin to count."""
    at = in_utc(at)
    due_at = _reach(target.calendar, at, target.allowed)
    clock = Clock(target, turn, State.RUNNING, at, at, due_at)
    return clock, _termed(clock, Step.STARTED, at, cause, message)


def antedate(clock: Clock, at: datetime, *, cause: str = "", message: int | None = None) -> Stepped:
    """Count from an earlier instant: somebody was found to wait longer than was known."""
    at = in_utc(at)
    _demand(at <= clock.started_at, clock, Step.ANTEDATED, "it began earlier than that")
    early = Run(at, clock.started_at, clock.target.calendar.between(at, clock.started_at))
    runs, used = (early, *clock.runs), clock.used + early.used
    moved = _redue(replace(clock, started_at=at, runs=runs, used=used))
    return moved, _transition(moved, Step.ANTEDATED, at, cause, message)


def pause(clock: Clock, at: datetime, *, cause: str = "", message: int | None = None) -> Stepped:
    """Stand still: others are awaited."""
    _demand(not clock.finished, clock, Step.PAUSED)
    _demand(clock.running_since is not None, clock, Step.PAUSED, "it is paused already")
    still = _redue(_halted(clock, in_utc(at)))
    return still, _transition(still, Step.PAUSED, still.runs[-1].end, cause, message)


def resume(clock: Clock, at: datetime, *, cause: str = "", message: int | None = None) -> Stepped:
    """Run on with the time already used."""
    _demand(not clock.finished, clock, Step.RESUMED)
    _demand(clock.running_since is None, clock, Step.RESUMED, "it is running")
    # A clock set back takes the pause back and no more.
    at = max(in_utc(at), clock.runs[-1].end)
    again = _redue(replace(clock, running_since=at))
    return again, _transition(again, Step.RESUMED, at, cause, message)


def answer(clock: Clock, at: datetime, *, message: int | None = None, cause: str = "") -> Stepped:
    """Mark as answered, until a provider accepts or refuses the answer.

    Of a promise already met it is a further answer, which stands if the one that met it falls.
    """
    _demand(clock.state is not State.CANCELLED, clock, Step.ANSWERED)
    _demand(_answer(clock, message) is None, clock, Step.ANSWERED, "that answer is counted")
    at = max(in_utc(at), clock.started_at)
    answered = _stated(replace(clock, answers=(*clock.answers, Answer(message, at))))
    return answered, _transition(answered, Step.ANSWERED, at, cause, message)


def accept(clock: Clock, at: datetime, *, message: int | None = None, cause: str = "") -> Stepped:
    """Meet the promise as of that instant, in time or late; the first acceptance counts."""
    _demand(clock.state is not State.CANCELLED, clock, Step.ACCEPTED)
    found = _answer(clock, message)
    _demand(
        found is not None or not clock.finished, clock, Step.ACCEPTED, "another answer has met it"
    )
    # The provider's clock may lag behind ours.
    at = max(in_utc(at), clock.started_at if found is None else found.at)
    if found is None:
        answers = (*clock.answers, Answer(message, at, at))
    else:
        first = at if found.accepted_at is None else min(at, found.accepted_at)
        accepted = Answer(message, found.at, first)
        answers = tuple(accepted if one is found else one for one in clock.answers)
    met = _judged(replace(clock, answers=answers))
    return met, _transition(met, Step.ACCEPTED, at, cause, message)


def unanswer(clock: Clock, at: datetime, *, message: int | None = None, cause: str = "") -> Stepped:
    """Take an answer away as if it had never been: undone, or finally failed."""
    found = _answer(clock, message)
    _demand(found is not None, clock, Step.UNANSWERED, "it has no such answer")
    _demand(clock.state is not State.CANCELLED, clock, Step.UNANSWERED)
    answers = tuple(one for one in clock.answers if one is not found)
    bare = _judged(replace(clock, answers=answers))
    return bare, _transition(bare, Step.UNANSWERED, at, cause, message)


def breach(clock: Clock, *, cause: str = "due_passed") -> Stepped:
    """Record that the due time has passed; the record carries the due time itself."""
    due_at = clock.due_at
    _demand(clock.state not in {State.MET, State.CANCELLED}, clock, Step.BREACHED)
    _demand(clock.breached_at is None, clock, Step.BREACHED, "that is recorded")
    if due_at is None:
        raise _refusal(clock, Step.BREACHED, "nothing was due")
    broken = _stated(replace(clock, breached_at=due_at))
    return broken, _transition(broken, Step.BREACHED, due_at, cause, None)


def cancel(clock: Clock, at: datetime, *, cause: str, message: int | None = None) -> Stepped:
    """Stop without an answer, for a reason."""
    _demand(not clock.finished, clock, Step.CANCELLED)
    at = in_utc(at)
    stopped = replace(clock, state=State.CANCELLED, cancelled_at=at, cancelled_because=cause)
    return stopped, _transition(stopped, Step.CANCELLED, at, cause, message)


def reopen(
    clock: Clock,
    at: datetime,
    *,
    grace: timedelta = _NOTHING,
    cause: str = "",
    message: int | None = None,
) -> Stepped:
    """Run the same clock on, its used time kept, with at least ``grace`` of open time left.

    A promise already broken stays broken and gets no grace.
    """
    end = clock.cancelled_at or clock.met_at
    if end is None:
        raise _refusal(clock, Step.REOPENED, "it has not ended")
    still = _halted(clock, end)
    at = max(in_utc(at), still.runs[-1].end)
    lacking = grace - (still.allowed - still.used)
    extra = still.extra + (lacking if still.breached_at is None else _NOTHING)
    again = replace(
        still,
        running_since=at,
        extra=max(extra, still.extra),
        answers=(),
        cancelled_at=None,
        cancelled_because="",
    )
    again = _redue(again)
    return again, replace(_transition(again, Step.REOPENED, at, cause, message), grace=grace)


def retarget(
    clock: Clock, target: Target, at: datetime, *, recount: bool = False, cause: str = ""
) -> Stepped:
    """Run under other terms from now on; the open time already used is kept as it was counted.

    With ``recount`` all of it is counted again by the new calendar: a holiday was moved.
    """
    at, step = in_utc(at), Step.RECOUNTED if recount else Step.RETARGETED
    _demand(clock.state is not State.CANCELLED, clock, step)
    _demand(target.kind is clock.kind, clock, step, f"the target is a {target.kind}")
    if recount:
        runs = tuple(
            Run(run.start, run.end, target.calendar.between(run.start, run.end))
            for run in clock.runs
        )
        used = sum((run.used for run in runs), _NOTHING)
        clock = replace(clock, target=target, runs=runs, used=used)
    elif clock.running_since is None or target.calendar == clock.target.calendar:
        clock = replace(clock, target=target)
    else:
        banked = _halted(clock, clock.met_at or at)
        clock = replace(banked, target=target, running_since=banked.runs[-1].end)
    clock = _redue(clock, at)
    return clock, _termed(clock, step, at, cause, None)


def used_at(clock: Clock, at: datetime) -> timedelta:
    """Give the open time used by an instant, and no more once the clock has stopped."""
    at = in_utc(at)
    at = min(at, clock.met_at or clock.cancelled_at or at)
    used, between = clock.used, clock.target.calendar.between
    if clock.runs and at < clock.runs[-1].end:
        over = (run for run in clock.runs if run.start < at)
        return sum(
            (run.used if run.end <= at else between(run.start, at) for run in over), _NOTHING
        )
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
    instants = (_when_used(clock, clock.allowed * fraction) for fraction in sorted(fractions))
    return tuple(at for at in instants if at is not None)


def _when_used(clock: Clock, wanted: timedelta) -> datetime | None:
    """Give the first instant by which so much was or will be used; None when it is not known."""
    before = _NOTHING
    for run in clock.runs if wanted <= clock.used else ():
        if wanted <= before + run.used:
            at = _reach(clock.target.calendar, run.start, wanted - before)
            if at is not None and at <= run.end:
                return at
            if wanted < before + run.used:  # counted under another calendar than today's
                return run.end
        before += run.used
    if clock.running_since is None:
        return None
    return _reach(clock.target.calendar, clock.running_since, wanted - clock.used)


def _reach(calendar: Calendar, at: datetime, span: timedelta) -> datetime | None:
    """Add open time. A calendar that ran out of it makes nothing due and stops no inquiry."""
    try:
        return calendar.add(at, span)
    except (NeverOpens, TooFar):
        return None


def _halted(clock: Clock, at: datetime) -> Clock:
    """End the present run, if there is one; a clock set back ends it where it began."""
    since = clock.running_since
    if since is None:
        return clock
    end = max(at, since)
    run = Run(since, end, clock.target.calendar.between(since, end))
    return replace(clock, running_since=None, runs=(*clock.runs, run), used=clock.used + run.used)


def _redue(clock: Clock, at: datetime | None = None) -> Clock:
    """Reckon the due time anew, and with ``at`` whether the promise is still broken under it."""
    due_at = _when_used(clock, clock.allowed)
    clock = replace(clock, due_at=due_at)
    if clock.breached_at is not None:
        broken = due_at is not None and (at is None or due_at <= at)
        clock = replace(clock, breached_at=due_at if broken else None)
    return _judged(clock)


def _judged(clock: Clock) -> Clock:
    """Forget a breach recorded before it was known that the promise had been met in time."""
    if clock.met_at is not None and not _met_late(clock):
        clock = replace(clock, breached_at=None)
    return _stated(clock)


def _stated(clock: Clock) -> Clock:
    if clock.cancelled_at is not None:
        state = State.CANCELLED
    elif clock.met_at is not None:
        state = State.MET_LATE if _met_late(clock) else State.MET
    elif clock.answers:
        state = State.ANSWERED
    elif clock.running_since is None:
        state = State.PAUSED
    else:
        state = State.BREACHED if clock.breached_at is not None else State.RUNNING
    return clock if state is clock.state else replace(clock, state=state)


def _met_late(clock: Clock) -> bool:
    met_at, due_at = clock.met_at, clock.due_at
    return met_at is not None and due_at is not None and met_at > due_at


def _answer(clock: Clock, message: int | None) -> Answer | None:
    return next((one for one in clock.answers if one.message == message), None)


def _demand(allowed: bool, clock: Clock, step: Step, because: str = "") -> None:
    if not allowed:
        raise _refusal(clock, step, because or f"it is {clock.state}")


def _refusal(clock: Clock, step: Step, because: str) -> ImpossibleTransition:
    return ImpossibleTransition(f"{clock.kind} {clock.turn} cannot be {step}: {because}")


def _transition(
    clock: Clock, step: Step, at: datetime, cause: str, message: int | None
) -> Transition:
    return Transition(clock.kind, clock.turn, step, in_utc(at), cause, message, clock.due_at)


def _termed(clock: Clock, step: Step, at: datetime, cause: str, message: int | None) -> Transition:
    """Give a transition that carries the terms the clock runs under."""
    target = clock.target
    return Transition(
        clock.kind,
        clock.turn,
        step,
        at,
        cause,
        message,
        clock.due_at,
        target.allowed,
        target.calendar_version,
        target.policy_version,
        tuple(sorted(target.pauses_in)),
    )
