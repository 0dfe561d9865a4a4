"""Merges, undoings and splits at random, beside somebody who counts along at the door."""

from collections.abc import Mapping
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
    react,
    replay,
    used_at,
)
from tests.unit.sla.wallclock import WallClock, Windows

HOUR, STEP = timedelta(hours=1), timedelta(minutes=30)
ZONE = "Asia/Beirut"  # the clocks go forward on 29 March 2026, at midnight
START = datetime(2026, 3, 26, 9, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
WEEK: dict[int, Windows] = dict.fromkeys(range(5), ((time(8), time(15, 30)),))
WEEK[5] = ((time(22), time(2)),)
FEAST: dict[date, Windows] = {date(2026, 3, 27): ()}
CALENDAR, DOOR = Calendar(ZONE, WEEK, FEAST), WallClock(ZONE, WEEK, FEAST, STEP)
RESPONSE, RESOLUTION, GRACE = 4 * HOUR, 12 * HOUR, HOUR
TARGETS: Mapping[Kind, Target] = {
    Kind.FIRST_RESPONSE: Target(Kind.FIRST_RESPONSE, RESPONSE, CALENDAR),
    Kind.NEXT_RESPONSE: Target(Kind.NEXT_RESPONSE, RESPONSE, CALENDAR),
    Kind.RESOLUTION: Target(
        Kind.RESOLUTION, RESOLUTION, CALENDAR, pauses_in=frozenset({"pending"})
    ),
}
LONG = timedelta(days=60)


@dataclass
class Promise:
    """What somebody at the door keeps of one promise: since when it counts and what it allows."""

    since: datetime
    allowed: timedelta
    stops: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    broken: list[datetime] = field(default_factory=list)
    late: bool = False

    def counts(self, at: datetime) -> bool:
        still = (stop <= at and (go is None or at < go) for stop, go in self.stops)
        return not any(still) and DOOR.is_open(at)

    def used(self, until: datetime) -> timedelta:
        at, used = self.since, timedelta(0)
        while at < until:
            used += STEP if self.counts(at) else timedelta(0)
            at += STEP
        return used

    def due(self) -> datetime | None:
        at, left = self.since, self.allowed
        while left > timedelta(0):
            if at > self.since + LONG:
                return None
            left -= STEP if self.counts(at) else timedelta(0)
            at += STEP
        return at

    def look(self, now: datetime) -> None:
        if self.stops and self.stops[-1][1] is None:
            return  # what stands still falls due once it goes on
        due = self.due()
        if not self.late and due is not None and due < now:
            self.late = True
            self.broken.append(due)

    def move(self, since: datetime) -> None:
        """Count from there; what was broken by more than it has to be is promised anew."""
        if since > self.since:
            self.late = False
        self.since = since


@dataclass
class Ticket:
    """A ticket's clocks beside what is reckoned of them."""

    opened: datetime
    wait: datetime | None
    response: Promise
    resolution: Promise
    clocks: tuple[Clock, ...] = ()
    transitions: list[Transition] = field(default_factory=list)
    merged_at: datetime | None = None
    here: datetime | None = None
    """The wait that its root has taken over and that has not been answered there."""

    def sees(self, what: What, at: datetime, **more: object) -> None:
        outcome = react(self.clocks, Happening(what, at, **more), TARGETS)  # type: ignore[arg-type]
        self.clocks = outcome.clocks
        self.transitions += outcome.transitions

    def live(self, *, resolution: bool) -> list[Clock]:
        return [
            one
            for one in self.clocks
            if (one.kind is Kind.RESOLUTION) is resolution and not one.finished
        ]

    def agrees(self, now: datetime) -> None:
        """Hold the clocks against the reckoning."""
        promises = [(self.response, False)] if self.wait else []
        if self.merged_at is None:
            promises.append((self.resolution, True))
        assert len(self.live(resolution=False)) == bool(self.wait and self.merged_at is None)
        for promise, resolution in promises if self.merged_at is None else []:
            (clock,) = self.live(resolution=resolution)
            assert clock.started_at == promise.since
            assert used_at(clock, now) == promise.used(now)
            assert clock.due_at == promise.due()
            assert (clock.breached_at is not None) is promise.late
        recorded = [one for one in self.transitions if one.step is Step.BREACHED]
        for promise, resolution in ((self.response, False), (self.resolution, True)):
            mine = [one.at for one in recorded if (one.kind is Kind.RESOLUTION) is resolution]
            assert mine == promise.broken
        for clock in self.clocks:
            told = [
                one for one in self.transitions if (one.kind, one.turn) == (clock.kind, clock.turn)
            ]
            assert replay(told, lambda _: CALENDAR) == clock
            lines = account(told, lambda _: CALENDAR, until=now)
            counted = (one.data["open"] for one in lines if one.code.startswith("counted"))
            assert sum(counted, timedelta(0)) == used_at(clock, now)


class Family:
    """A ticket and what is merged into it, taken out again, and split off."""

    def __init__(self) -> None:
        self.now = START
        self.root = self.open()
        self.others: list[Ticket] = []
        self.unanswered = [START]
        self.numbers = iter(range(1, 1000))

    def open(self) -> Ticket:
        ticket = Ticket(
            self.now, self.now, Promise(self.now, RESPONSE), Promise(self.now, RESOLUTION)
        )
        ticket.sees(What.CITIZEN_MESSAGE, self.now)
        return ticket

    def look(self) -> None:
        for ticket in (self.root, *self.others):
            if ticket.merged_at is None:
                ticket.resolution.look(self.now)
                if ticket.wait is not None:
                    ticket.response.look(self.now)

    def remaining(self) -> tuple[datetime, datetime | None]:
        """Give the earliest opening and the longest wait of what is in the root."""
        inside = [one for one in self.others if one.merged_at is not None]
        waits = [*self.unanswered, *(one.here for one in inside if one.here is not None)]
        return min([self.root.opened, *(one.opened for one in inside)]), min(waits, default=None)

    def recount(self) -> None:
        opened, wait = self.remaining()
        self.root.resolution.move(opened)
        if wait is not None and self.root.wait is None:
            self.root.response.late = False
        if wait is not None:
            self.root.response.move(wait)
        self.root.wait = wait

    def merge(self) -> None:
        alone = [one for one in self.others if one.merged_at is None]
        if not alone:
            self.others.append(self.open())
            return
        one = alone[0]
        one.sees(What.MERGED_AWAY, self.now)
        one.merged_at, one.here = self.now, one.wait
        since = {"waiting_since": one.wait, "opened_at": one.opened}
        self.root.sees(What.TOOK_OVER, self.now, **since)
        self.recount()

    def undo(self, which: int) -> None:
        inside = [one for one in self.others if one.merged_at is not None]
        if not inside:
            return
        one = inside[which % len(inside)]
        one.sees(
            What.CAME_BACK,
            self.now,
            waiting_since=one.wait,
            opened_at=one.opened,
            status="open",
            grace=GRACE,
        )
        for promise in (one.response, one.resolution) if one.wait else (one.resolution,):
            left = promise.allowed - promise.used(one.merged_at or self.now)
            lacking = min(GRACE, left) - (promise.allowed - promise.used(self.now))
            if not promise.late:
                promise.allowed += max(lacking, timedelta(0))
        one.merged_at = one.here = None
        self.lose("part_left")

    def split(self) -> None:
        if len(self.unanswered) > 1:
            self.unanswered.pop(0)
            self.lose("message_split")

    def lose(self, cause: str) -> None:
        opened, wait = self.remaining()
        since = {"waiting_since": wait, "opened_at": opened}
        self.root.sees(What.PART_LEFT, self.now, cause=cause, **since)
        self.recount()

    def write(self) -> None:
        self.root.sees(What.CITIZEN_MESSAGE, self.now)
        self.unanswered.append(self.now)
        self.recount()

    def reply(self) -> None:
        number = next(self.numbers)
        self.root.sees(What.PUBLIC_REPLY, self.now, message=number)
        self.root.sees(What.REPLY_ACCEPTED, self.now, message=number)
        self.unanswered = []
        for one in self.others:
            one.here = None
        self.root.wait = None

    def pend(self) -> None:
        pending = bool(self.root.resolution.stops) and self.root.resolution.stops[-1][1] is None
        self.root.sees(What.STATUS, self.now, status="open" if pending else "pending")
        stops = self.root.resolution.stops
        if pending:
            stops[-1] = (stops[-1][0], self.now)
        else:
            stops.append((self.now, None))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 60),
            st.sampled_from(("merge", "merge", "undo", "split", "write", "reply", "pend")),
            st.integers(0, 3),
        ),
        max_size=12,
    )
)
def test_whatever_is_merged_and_parted_all_promises_are_as_somebody_counting_along_says(
    script: list[tuple[int, str, int]],
) -> None:
    family = Family()
    for gap, what, which in script:
        family.now += gap * STEP
        family.look()
        if what == "undo":
            family.undo(which)
        else:
            getattr(family, what)()
        family.look()
        for ticket in (family.root, *family.others):
            if ticket.merged_at is None:
                ticket.sees(What.DUE, family.now)
            ticket.agrees(family.now)


def standing(ticket: Ticket) -> list[tuple[Kind, State, datetime, datetime | None, timedelta]]:
    live = (one for one in ticket.clocks if not one.finished)
    return sorted((one.kind, one.state, one.started_at, one.due_at, one.allowed) for one in live)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 100), st.integers(0, 100), st.booleans(), st.booleans())
def test_a_merge_undone_at_once_has_never_been(
    first: int, second: int, older_stays: bool, pending: bool
) -> None:
    family = Family()
    family.now += first * STEP
    pair = (family.root, family.open())
    family.now += second * STEP
    into, gone = pair if older_stays else pair[::-1]
    for ticket in pair:
        ticket.sees(What.STATUS, family.now, status="pending" if pending else "open")
    before = [standing(ticket) for ticket in pair]
    gone.sees(What.MERGED_AWAY, family.now)
    into.sees(What.TOOK_OVER, family.now, waiting_since=gone.opened, opened_at=gone.opened)
    assert standing(gone) == []
    assert {one.started_at for one in into.clocks} == {pair[0].opened}
    gone.sees(What.CAME_BACK, family.now, waiting_since=gone.opened, grace=GRACE)
    into.sees(What.PART_LEFT, family.now, waiting_since=into.opened, opened_at=into.opened)
    assert [standing(ticket) for ticket in pair] == before
