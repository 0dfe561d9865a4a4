import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from sla import (
    Calendar,
    Clock,
    Happening,
    Kind,
    State,
    Step,
    Target,
    Transition,
    What,
    account,
    clock_data,
    clock_of,
    exceptions_for,
    react,
    replay,
    transition_data,
    transition_of,
    used_at,
)
from tests.unit.sla.wallclock import WallClock, Windows

MINUTE = timedelta(minutes=1)
STEP = 15 * MINUTE
ZONE = "Africa/Cairo"
START = datetime(2026, 4, 20, 9, tzinfo=ZoneInfo(ZONE)).astimezone(
    UTC
)  # the clocks change on the 24th
WEEKLY: dict[int, Windows] = {
    6: [(time(9), time(17))],
    0: [(time(9), time(12)), (time(13), time(17))],
    1: [(time(20), time(4))],
    3: [(time(8), time(0))],
    4: [(time(0), time(3))],
}
CLOSED: dict[date, Windows] = dict(exceptions_for(date(2026, 4, 26), date(2026, 4, 26), []))
CALENDARS = {1: Calendar(ZONE, WEEKLY, CLOSED), 2: Calendar.always(), 3: Calendar(ZONE, WEEKLY)}
PAUSES = frozenset({"pending", "on_hold"})
STATUSES = ("open", "pending", "on_hold", "resolved")


def targets(hours: int, version: int) -> dict[Kind, Target]:
    pauses = {Kind.RESOLUTION: PAUSES, Kind.NEXT_RESPONSE: frozenset({"on_hold"})}
    return {
        kind: Target(
            kind,
            timedelta(hours=hours * share),
            CALENDARS[version],
            version,
            hours,
            pauses.get(kind, frozenset()),
        )
        for kind, share in zip(Kind, (1, 2, 4), strict=True)
    }


@dataclass
class Ticket:
    """A ticket that keeps what it would store, and reads it back before every happening."""

    targets: dict[Kind, Target]
    stored: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    @property
    def clocks(self) -> tuple[Clock, ...]:
        return tuple(clock_of(json.loads(text), CALENDARS.__getitem__) for text in self.stored)

    @property
    def transitions(self) -> list[Transition]:
        return [transition_of(json.loads(text)) for text in self.events]

    def sees(self, happening: Happening) -> None:
        outcome = react(self.clocks, happening, self.targets)
        self.stored = [json.dumps(clock_data(clock)) for clock in outcome.clocks]
        self.events += [json.dumps(transition_data(one)) for one in outcome.transitions]

    def of_clock(self, clock: Clock) -> Iterator[Transition]:
        for one in self.transitions:
            if (one.kind, one.turn) == (clock.kind, clock.turn):
                yield one


def happenings(*, orderly: bool) -> st.SearchStrategy[list[tuple[int, What, dict[str, object]]]]:
    gaps = st.integers(0 if orderly else -8, 100)
    message = st.integers(1, 4).map(lambda number: {"message": number})
    plain = st.just(dict[str, object]())
    instants = st.none() | st.integers(-40, 200).map(lambda steps: START + steps * STEP)
    remaining = st.fixed_dictionaries(
        {"waiting_since": instants, "opened_at": instants, "status": st.sampled_from(STATUSES)}
    )
    kinds: list[tuple[What, st.SearchStrategy[dict[str, object]]]] = [
        (What.CITIZEN_MESSAGE, plain),
        (What.PUBLIC_REPLY, message),
        (What.PAST_REPLY, message),
        (What.REPLY_ACCEPTED, message),
        (What.REPLY_FAILED, message),
        (What.STATUS, st.sampled_from(STATUSES).map(lambda status: {"status": status})),
        (What.NO_REPLY_NEEDED, plain),
        (What.AUTOMATIC_MESSAGE, message),
        (What.DUE, plain),
        (What.TOOK_OVER, remaining),
        (What.TARGETS, st.booleans().map(lambda recount: {"recount": recount})),
        (What.MERGED_AWAY, plain),
        (What.CAME_BACK, remaining),
        (What.PART_LEFT, remaining),
    ]
    steps = [st.tuples(gaps, st.just(what), more) for what, more in kinds]
    return st.lists(st.one_of(steps), max_size=25)


@settings(max_examples=80, deadline=None)
@given(happenings(orderly=False), st.data())
def test_whatever_happens_the_clocks_can_be_rebuilt_from_their_events(
    script: list[tuple[int, What, dict[str, object]]], data: st.DataObject
) -> None:
    ticket = Ticket(targets(2, 1))
    at = START
    ticket.sees(Happening(What.CITIZEN_MESSAGE, at))
    for gap, what, more in script:
        at += gap * STEP
        if what is What.TARGETS:
            hours, version = data.draw(st.tuples(st.integers(0, 8), st.sampled_from([1, 2, 3])))
            ticket.targets = targets(hours, version)
        grace = data.draw(st.sampled_from([timedelta(0), timedelta(hours=1)]))
        ticket.sees(Happening(what, at, grace=grace, **more))  # type: ignore[arg-type]
        waiting = [one for one in ticket.clocks if one.waiting and one.kind is not Kind.RESOLUTION]
        assert len(waiting) <= 1
    for clock in ticket.clocks:
        mine = list(ticket.of_clock(clock))
        assert replay(mine, CALENDARS.__getitem__) == clock
        if clock.state in {State.BREACHED, State.MET_LATE}:
            assert any(one.step is Step.BREACHED for one in mine)
        until = max(at, *(run.end for run in clock.runs), clock.started_at)
        lines = account(mine, CALENDARS.__getitem__, until=until)
        counted = [one.data["open"] for one in lines if one.code.startswith("counted")]
        if until == (clock.met_at or clock.cancelled_at or until):
            assert sum(counted, timedelta(0)) == used_at(clock, until)  # type: ignore[arg-type]


class Reckoned:
    """The resolution of a ticket, counted a quarter of an hour at a time."""

    def __init__(self, door: WallClock, allowed: timedelta) -> None:
        self.door, self.allowed = door, allowed
        self.used, self.due = timedelta(0), None if allowed else door.add(START, STEP, STEP)
        self.status, self.late = "open", False

    def runs(self, start: datetime, end: datetime) -> None:
        at = start
        while at < end:
            if self.status == "open" and self.door.is_open(at):
                self.used += STEP
                if self.used == self.allowed:
                    self.due = at + STEP
            at += STEP


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(STATUSES)), max_size=12),
    st.integers(1, 10),
)
def test_a_resolution_is_due_when_somebody_counting_along_says_so(
    script: list[tuple[int, str]], hours: int
) -> None:
    ticket = Ticket(targets(hours, 1))
    allowed = ticket.targets[Kind.RESOLUTION].allowed
    reckoned = Reckoned(WallClock(ZONE, WEEKLY, CLOSED, STEP), allowed)
    at = START
    ticket.sees(Happening(What.CITIZEN_MESSAGE, at))
    for gap, status in script:
        reckoned.runs(at, at + gap * STEP)
        at += gap * STEP
        ticket.sees(Happening(What.STATUS, at, status=status))
        reckoned.status = status
        (clock,) = (one for one in ticket.clocks if one.kind is Kind.RESOLUTION)
        assert used_at(clock, at) == reckoned.used
        if reckoned.due is not None:
            assert clock.due_at == reckoned.due
        elif status == "open":
            left = allowed - reckoned.used
            expected = reckoned.door.add(at, left, timedelta(days=30))
            assert clock.due_at == expected
        if status == "resolved":
            late = reckoned.due is not None and (clock.met_at or at) > reckoned.due
            assert clock.state is (State.MET_LATE if late else State.MET)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 9),
            st.sampled_from([What.CITIZEN_MESSAGE, What.PUBLIC_REPLY]),
            st.sampled_from([What.REPLY_ACCEPTED, What.REPLY_FAILED, None]),
            st.booleans(),
            st.integers(1, 30),
        ),
        max_size=8,
    )
)
def test_somebody_waits_from_the_oldest_message_that_no_standing_reply_answers(
    script: list[tuple[int, What, What | None, bool, int]],
) -> None:
    ticket = Ticket(targets(2, 2))
    plan: list[tuple[datetime, int, Callable[[datetime], Happening]]] = []
    at, asked, replied, failed = START, [START], dict[int, datetime](), set[int]()
    ticket.sees(Happening(What.CITIZEN_MESSAGE, at))
    for number, (gap, what, fate, bounces, delay) in enumerate(script):
        at += gap * STEP
        plan.append((at, number, lambda when, w=what, n=number: Happening(w, when, message=n)))  # type: ignore[misc]
        if what is What.CITIZEN_MESSAGE:
            asked.append(at)
            continue
        replied[number] = at
        if fate is not None:
            plan.append(
                (at + delay * MINUTE, number, lambda when, w=fate, n=number: Happening(w, when, n))  # type: ignore[misc]
            )
        if fate is What.REPLY_ACCEPTED and bounces:
            later = at + (delay + 40) * MINUTE
            plan.append(
                (later, number, lambda when, n=number: Happening(What.REPLY_FAILED, when, n))  # type: ignore[misc]
            )
        if fate is What.REPLY_FAILED or (bounces and fate is not None):
            failed.add(number)
    for when, _, happening in sorted(plan, key=lambda entry: entry[:2]):
        ticket.sees(happening(when))
    standing = [when for number, when in replied.items() if number not in failed]
    unanswered = [when for when in asked if not any(reply >= when for reply in standing)]
    waiting = [one for one in ticket.clocks if one.waiting and one.kind is not Kind.RESOLUTION]
    assert [one.started_at for one in waiting] == unanswered[:1]
