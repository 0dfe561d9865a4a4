"""A clock accounted for line by line, from its transitions alone; sentences are made elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sla.calendar import Calendar
from sla.clock import Clock, State, Step, Transition, left_at, used_at
from sla.errors import ImpossibleTransition
from sla.record import CalendarOf, history
from sla.zones import in_utc

Param = str | int | bool | date | datetime | timedelta
_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a code, the instant it is about, and what its sentence needs.

    The steps of a clock give their own names (``started``, ``paused``, ``resumed`` …) with
    ``cause``. ``counted`` is open time used, ``counted_late`` used after the due time,
    ``to_count`` still to come before it, each with ``day``, ``until``, ``open``, ``exception`` and
    ``folded``; ``closed_day`` is a day closed by exception. ``given`` is open time added so that what
    goes on is not late at once. ``due`` names the due time. The last
    line is the verdict: ``met`` and ``left`` (open time to spare), ``met_late`` and ``late`` (open
    time over), ``waiting`` (standing still), ``over`` (cancelled) or ``never_due``.
    """

    code: str
    at: datetime
    data: Mapping[str, Param]


def account(
    transitions: Sequence[Transition], calendar_of: CalendarOf, *, until: datetime
) -> tuple[Line, ...]:
    """Account for one clock as things stand at ``until``."""
    until = in_utc(until)
    states = list(history(transitions, calendar_of))
    clock, stretches = _stretches(transitions, states)
    lines = [_step(one) for one in transitions]
    for one, before, after in zip(transitions[1:], states, states[1:], strict=False):
        if after.extra > before.extra:
            lines.append(Line("given", one.at, {"open": after.extra - before.extra}))
    stop = min(until, clock.met_at or clock.cancelled_at or until)
    for start, end, calendar in stretches:
        lines += _counted(clock, start, min(end, stop), calendar)
    lines += _present(clock, stop)
    if clock.due_at is not None:
        lines.append(Line("due", clock.due_at, {"allowed": clock.allowed}))
    lines.sort(key=lambda line: line.at)
    return (*lines, _verdict(clock, until))


def _stretches(
    transitions: Sequence[Transition], states: Sequence[Clock]
) -> tuple[Clock, list[tuple[datetime, datetime, Calendar]]]:
    """Give the clock and each stretch it has run, with the calendar by which that was counted."""
    clock, calendars = None, list[Calendar]()
    for one, after in zip(transitions, states, strict=True):
        counted_by = (clock or after).target.calendar
        if one.step is Step.ANTEDATED:
            calendars.insert(0, counted_by)
        if one.step is Step.POSTDATED and clock is not None:
            left = [run for run in clock.runs if run.end > one.at]
            calendars = calendars[len(clock.runs) - len(left) :]
            if left and left[0].start < one.at:
                calendars[0] = counted_by
        calendars += [counted_by] * (len(after.runs) - len(calendars))
        if one.step is Step.RECOUNTED:
            calendars = [after.target.calendar] * len(after.runs)
        clock = after
    if clock is None:
        raise ImpossibleTransition("no transitions, no clock")
    runs = zip(clock.runs, calendars, strict=True)
    return clock, [(run.start, run.end, calendar) for run, calendar in runs]


def _present(clock: Clock, end: datetime) -> Iterator[Line]:
    """Count the run that is not over: what has gone, and what is still to come before it is due."""
    since = clock.running_since
    if since is None:
        return
    yield from _counted(clock, since, end, clock.target.calendar)
    if not clock.finished and clock.due_at is not None and clock.due_at > max(end, since):
        start = max(end, since)
        yield from _spans("to_count", start, clock.due_at, clock.target.calendar)


def _counted(clock: Clock, start: datetime, end: datetime, calendar: Calendar) -> Iterator[Line]:
    due_at = end if clock.due_at is None else min(max(clock.due_at, start), end)
    yield from _spans("counted", start, due_at, calendar)
    yield from _spans("counted_late", due_at, end, calendar)


def _spans(code: str, start: datetime, end: datetime, calendar: Calendar) -> Iterator[Line]:
    for span in calendar.account(start, end):
        told: dict[str, Param] = {"day": span.day}
        if span.open == _NOTHING and not span.folded:
            yield Line("closed_day", span.start, told)
            continue
        told |= {"until": span.end, "open": span.open}
        told |= {"exception": span.exception, "folded": span.folded}
        yield Line(code, span.start, told)


def _step(one: Transition) -> Line:
    told: dict[str, Param] = {"cause": one.cause}
    for name in ("message", "allowed", "calendar_version", "policy_version", "grace"):
        value = getattr(one, name)
        if value is not None:
            told[name] = value
    return Line(str(one.step), one.at, told)


def _verdict(clock: Clock, until: datetime) -> Line:
    at = clock.met_at or clock.cancelled_at or until
    left, used = left_at(clock, at), used_at(clock, at)
    told: dict[str, Param] = {"used": used, "allowed": clock.allowed}
    match clock.state:
        case State.CANCELLED:
            return Line("over", at, told | {"cause": clock.cancelled_because})
        case State.MET:
            return Line("met", at, told | {"open": left})
        case State.MET_LATE:
            return Line("met_late", at, told | {"open": -left})
        case State.PAUSED if clock.due_at is None:
            return Line("waiting", at, told | {"open": left})
        case _ if clock.due_at is None:
            return Line("never_due", at, told)
        case _:
            late = clock.due_at < at
            return Line("late" if late else "left", at, told | {"open": abs(left)})
