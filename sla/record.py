"""Clocks and transitions as plain data that JSON can carry, and a clock rebuilt from transitions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sla.calendar import Calendar
from sla.clock import Answer, Clock, Kind, Run, State, Step, Target, Transition
from sla.errors import ImpossibleTransition
from sla.steps import (
    Stepped,
    accept,
    answer,
    antedate,
    breach,
    cancel,
    pause,
    postdate,
    reopen,
    restore,
    resume,
    retarget,
    start,
    unanswer,
)

Data = dict[str, Any]
CalendarOf = Callable[[int], Calendar]
_MICROSECOND = timedelta(microseconds=1)


def transition_data(transition: Transition) -> Data:
    """Give the data of an event: codes, numbers and instants; what says nothing is left out."""
    data: Data = {
        "clock": str(transition.kind),
        "turn": transition.turn,
        "step": str(transition.step),
        "at": transition.at.isoformat(),
        "cause": transition.cause,
        "message": transition.message,
        "due_at": _text(transition.due_at),
        "allowed": _number(transition.allowed),
        "calendar": transition.calendar_version,
        "policy": transition.policy_version,
        "pauses_in": list(transition.pauses_in),
        "grace": _number(transition.grace),
    }
    return {key: value for key, value in data.items() if value not in (None, "", [])}


def transition_of(data: Mapping[str, Any]) -> Transition:
    """Read back what ``transition_data`` wrote."""
    return Transition(
        Kind(data["clock"]),
        data["turn"],
        Step(data["step"]),
        datetime.fromisoformat(data["at"]),
        data.get("cause", ""),
        data.get("message"),
        _instant(data.get("due_at")),
        _span(data.get("allowed")),
        data.get("calendar"),
        data.get("policy"),
        tuple(data.get("pauses_in", ())),
        _span(data.get("grace")),
    )


def clock_data(clock: Clock) -> Data:
    """Give all of a clock but its calendar, of which only the version is kept."""
    target = clock.target
    return {
        "kind": str(clock.kind),
        "turn": clock.turn,
        "state": str(clock.state),
        "allowed": _number(target.allowed),
        "calendar": target.calendar_version,
        "policy": target.policy_version,
        "pauses_in": sorted(target.pauses_in),
        "started_at": _text(clock.started_at),
        "running_since": _text(clock.running_since),
        "due_at": _text(clock.due_at),
        "runs": [[_text(run.start), _text(run.end), _number(run.used)] for run in clock.runs],
        "used": _number(clock.used),
        "extra": _number(clock.extra),
        "answers": [[one.message, _text(one.at), _text(one.accepted_at)] for one in clock.answers],
        "breached_at": _text(clock.breached_at),
        "cancelled_at": _text(clock.cancelled_at),
        "cancelled_because": clock.cancelled_because,
    }


def clock_of(data: Mapping[str, Any], calendar_of: CalendarOf) -> Clock:
    """Read back what ``clock_data`` wrote."""
    version, read = data["calendar"], datetime.fromisoformat
    target = Target(
        Kind(data["kind"]),
        data["allowed"] * _MICROSECOND,
        calendar_of(version),
        version,
        data["policy"],
        frozenset(data["pauses_in"]),
    )
    return Clock(
        target,
        data["turn"],
        State(data["state"]),
        read(data["started_at"]),
        _instant(data["running_since"]),
        _instant(data["due_at"]),
        tuple(Run(read(low), read(high), used * _MICROSECOND) for low, high, used in data["runs"]),
        data["used"] * _MICROSECOND,
        data["extra"] * _MICROSECOND,
        tuple(Answer(message, read(at), _instant(by)) for message, at, by in data["answers"]),
        _instant(data["breached_at"]),
        _instant(data["cancelled_at"]),
        data["cancelled_because"],
    )


def replay(transitions: Iterable[Transition], calendar_of: CalendarOf) -> Clock:
    """Rebuild one clock from its transitions, in the order in which they were recorded."""
    clock = None
    for clock in history(transitions, calendar_of):  # noqa: B007 - the last one is wanted
        pass
    if clock is None:
        raise ImpossibleTransition("no transitions, no clock")
    return clock


def history(transitions: Iterable[Transition], calendar_of: CalendarOf) -> Iterator[Clock]:
    """Give one clock as it was after each of its transitions."""
    clock: Clock | None = None
    for one in transitions:
        if one.step is Step.STARTED:
            if clock is not None:
                raise ImpossibleTransition(f"{one.kind} {one.turn} cannot be started twice")
            clock, _ = start(_target(one, calendar_of), one.at, turn=one.turn)
        elif clock is None or (one.kind, one.turn) != (clock.kind, clock.turn):
            raise ImpossibleTransition(f"{one.kind} {one.turn} cannot be {one.step}: not started")
        else:
            clock = _repeat(clock, one, calendar_of)
        yield clock


def _repeat(clock: Clock, one: Transition, calendar_of: CalendarOf) -> Clock:
    if one.step in {Step.RETARGETED, Step.RECOUNTED}:
        again, target = one.step is Step.RECOUNTED, _target(one, calendar_of)
        return retarget(clock, target, one.at, recount=again)[0]
    return _STEPS[one.step](clock, one)[0]


_STEPS: dict[Step, Callable[[Clock, Transition], Stepped]] = {
    Step.ANTEDATED: lambda clock, one: antedate(clock, one.at),
    Step.POSTDATED: lambda clock, one: postdate(clock, one.at),
    Step.PAUSED: lambda clock, one: pause(clock, one.at),
    Step.RESUMED: lambda clock, one: resume(clock, one.at),
    Step.ANSWERED: lambda clock, one: answer(clock, one.at, message=one.message),
    Step.ACCEPTED: lambda clock, one: accept(clock, one.at, message=one.message),
    Step.UNANSWERED: lambda clock, one: unanswer(clock, one.at, message=one.message),
    Step.BREACHED: lambda clock, _: breach(clock),
    Step.CANCELLED: lambda clock, one: cancel(clock, one.at, cause=one.cause),
    Step.REOPENED: lambda clock, one: reopen(clock, one.at, grace=one.grace or timedelta(0)),
    Step.RESTORED: lambda clock, one: restore(clock, one.at, grace=one.grace or timedelta(0)),
}


def _target(one: Transition, calendar_of: CalendarOf) -> Target:
    if one.allowed is None or one.calendar_version is None or one.policy_version is None:
        raise ImpossibleTransition(f"{one.kind} {one.turn}: {one.step} does not say its terms")
    calendar = calendar_of(one.calendar_version)
    pauses_in = frozenset(one.pauses_in)
    return Target(
        one.kind, one.allowed, calendar, one.calendar_version, one.policy_version, pauses_in
    )


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _number(span: timedelta | None) -> int | None:
    return None if span is None else span // _MICROSECOND


def _span(number: int | None) -> timedelta | None:
    return None if number is None else number * _MICROSECOND
