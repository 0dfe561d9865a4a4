"""What a clock may do next: each step gives a new clock and the transition to be kept as an event.

From the transitions alone the clock can be rebuilt.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sla.clock import (
    NOTHING,
    Answer,
    Clock,
    Run,
    State,
    Step,
    Target,
    Transition,
    left_at,
    reach,
    when_used,
)
from sla.errors import ImpossibleTransition
from sla.zones import in_utc

Stepped = tuple[Clock, Transition]


def start(
    target: Target, at: datetime, *, turn: int = 1, cause: str = "", message: int | None = None
) -> Stepped:
    """Begin to count."""
    at = in_utc(at)
    due_at = reach(target.calendar, at, target.allowed)
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


def postdate(clock: Clock, at: datetime, *, cause: str = "", message: int | None = None) -> Stepped:
    """Count from a later instant: who had waited before that is no longer counted here."""
    at = in_utc(at)
    _demand(not clock.finished, clock, Step.POSTDATED)
    _demand(clock.breached_at is None, clock, Step.POSTDATED, "it is broken already")
    _demand(at >= clock.started_at, clock, Step.POSTDATED, "it began later than that")
    # By what calendar the beginning of a run was counted is not kept; today's is as good for the rest.
    between = clock.target.calendar.between
    runs = tuple(
        run if run.start >= at else Run(at, run.end, between(at, run.end))
        for run in clock.runs
        if run.end > at
    )
    since = clock.running_since
    if since is None and not runs:  # it stood still at that instant, and does so yet
        runs = (Run(at, at, NOTHING),)
    used = sum((run.used for run in runs), NOTHING)
    running_since = None if since is None else max(since, at)
    later = replace(clock, started_at=at, running_since=running_since, runs=runs, used=used)
    later = _redue(later)
    return later, _transition(later, Step.POSTDATED, at, cause, message)


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
    grace: timedelta = NOTHING,
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
    extra = still.extra + (lacking if still.breached_at is None else NOTHING)
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


def restore(
    clock: Clock,
    at: datetime,
    *,
    grace: timedelta = NOTHING,
    cause: str = "",
    message: int | None = None,
) -> Stepped:
    """Run on as if never cancelled, the time since then counted.

    At least ``grace`` of open time is left, or what was left when it was cancelled, if that is less.
    """
    end = clock.cancelled_at
    if end is None:
        raise _refusal(clock, Step.RESTORED, "it was not cancelled")
    at = max(in_utc(at), end)
    again = replace(clock, cancelled_at=None, cancelled_because="")
    lacking = min(grace, left_at(clock, end)) - left_at(again, at)
    if clock.breached_at is None and lacking > NOTHING:
        again = replace(again, extra=clock.extra + lacking)
    again = _redue(again)
    return again, replace(_transition(again, Step.RESTORED, at, cause, message), grace=grace)


def retarget(
    clock: Clock, target: Target, at: datetime, *, recount: bool = False, cause: str = ""
) -> Stepped:
    """Run under other terms from now on; the open time already used is kept as it was counted.

    With ``recount`` all of it is counted again by the new calendar: a holiday was moved. That can be done
    to a cancelled clock, too, before it goes on.
    """
    at, step = in_utc(at), Step.RECOUNTED if recount else Step.RETARGETED
    _demand(recount or clock.state is not State.CANCELLED, clock, step)
    _demand(target.kind is clock.kind, clock, step, f"the target is a {target.kind}")
    if recount:
        runs = tuple(
            Run(run.start, run.end, target.calendar.between(run.start, run.end))
            for run in clock.runs
        )
        used = sum((run.used for run in runs), NOTHING)
        clock = replace(clock, target=target, runs=runs, used=used)
    elif clock.running_since is None or target.calendar == clock.target.calendar:
        clock = replace(clock, target=target)
    else:
        banked = _halted(clock, clock.met_at or at)
        clock = replace(banked, target=target, running_since=banked.runs[-1].end)
    clock = _redue(clock, at)
    return clock, _termed(clock, step, at, cause, None)


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
    due_at = when_used(clock, clock.allowed)
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
