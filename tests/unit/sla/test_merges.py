"""What merging, undoing it and splitting leave of promises, told by example and reckoned along."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla import (
    Calendar,
    Clock,
    Happening,
    ImpossibleTransition,
    Kind,
    State,
    Step,
    Target,
    Transition,
    What,
    account,
    left_at,
    react,
    steps,
)
from tests.unit.sla.wallclock import Windows

HOUR = timedelta(hours=1)
ZONE = "Asia/Kuwait"
WEEK: dict[int, Windows] = dict.fromkeys((6, 0, 1, 2, 3), ((time(9), time(17)),))
CALENDAR = Calendar(ZONE, WEEK)
PAUSES = frozenset({"pending", "on_hold"})
ALLOWED = {Kind.FIRST_RESPONSE: 2, Kind.NEXT_RESPONSE: 4, Kind.RESOLUTION: 16}
TARGETS = {
    kind: Target(
        kind, hours * HOUR, CALENDAR, pauses_in=PAUSES if kind is Kind.RESOLUTION else frozenset()
    )
    for kind, hours in ALLOWED.items()
}


def at(clock: str, day: int = 22) -> datetime:
    """Give a moment of November 2026; the 22nd is a Sunday, the first day of the week."""
    wall = datetime.fromisoformat(f"2026-11-{day:02} {clock}")
    return wall.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


@dataclass
class Ticket:
    """A ticket's clocks and all that was recorded of them."""

    clocks: tuple[Clock, ...] = ()
    transitions: list[Transition] = field(default_factory=list)

    def sees(self, what: What, when: datetime, **more: object) -> None:
        outcome = react(self.clocks, Happening(what, when, **more), TARGETS)  # type: ignore[arg-type]
        self.clocks = outcome.clocks
        self.transitions += outcome.transitions

    def clock(self, kind: Kind, turn: int = 1) -> Clock:
        (found,) = (one for one in self.clocks if (one.kind, one.turn) == (kind, turn))
        return found

    @property
    def first(self) -> Clock:
        return self.clock(Kind.FIRST_RESPONSE)

    @property
    def resolution(self) -> Clock:
        return self.clock(Kind.RESOLUTION)

    @property
    def standing(self) -> list[tuple[Kind, State, datetime, datetime | None]]:
        """Give what matters of the clocks that are not over."""
        live = (one for one in self.clocks if not one.finished)
        return sorted((one.kind, one.state, one.started_at, one.due_at) for one in live)

    def breaches(self) -> list[tuple[Kind, datetime]]:
        return [(one.kind, one.at) for one in self.transitions if one.step is Step.BREACHED]

    def told(self, clock: Clock) -> list[Transition]:
        return [one for one in self.transitions if (one.kind, one.turn) == (clock.kind, clock.turn)]


def opened(when: datetime) -> Ticket:
    ticket = Ticket()
    ticket.sees(What.CITIZEN_MESSAGE, when, message=1)
    return ticket


@pytest.fixture
def older() -> Ticket:
    """Merged into the younger one; due at 12:00, its resolution at 10:00 on the 24th."""
    return opened(at("10:00"))


@pytest.fixture
def younger() -> Ticket:
    """Due at 13:00, its resolution at 11:00 on the 24th."""
    return opened(at("11:00"))


def merge(ticket: Ticket, into: Ticket, when: datetime) -> None:
    waiting = [
        one.started_at for one in ticket.clocks if one.waiting and one is not ticket.resolution
    ]
    ticket.sees(What.MERGED_AWAY, when)
    since = min(waiting, default=None)
    into.sees(What.TOOK_OVER, when, waiting_since=since, opened_at=ticket.resolution.started_at)


def test_undoing_a_merge_at_once_leaves_both_as_they_were(older: Ticket, younger: Ticket) -> None:
    before = older.clocks, younger.clocks
    merge(older, younger, at("11:30"))
    assert (younger.first.due_at, younger.resolution.due_at) == (at("12:00"), at("10:00", 24))
    older.sees(
        What.CAME_BACK, at("11:30"), waiting_since=at("10:00"), opened_at=at("10:00"), grace=HOUR
    )
    younger.sees(What.PART_LEFT, at("11:30"), waiting_since=at("11:00"), opened_at=at("11:00"))
    assert (older.clocks, younger.clocks) == before


def test_who_came_back_was_waiting_all_along_but_is_not_late_at_once(older: Ticket) -> None:
    older.sees(What.MERGED_AWAY, at("10:30"))
    older.sees(What.CAME_BACK, at("10:45"), waiting_since=at("10:00"), grace=HOUR)
    assert older.first.due_at == at("12:00")
    older.sees(What.MERGED_AWAY, at("11:45"))
    older.sees(What.CAME_BACK, at("09:00", 25), waiting_since=at("10:00"), grace=HOUR)
    assert older.first.due_at == at("09:15", 25)  # a quarter of an hour was left
    assert older.resolution.due_at == at("10:00", 25)
    assert older.breaches() == []


def test_a_promise_broken_before_the_merge_comes_back_broken(older: Ticket) -> None:
    older.sees(What.MERGED_AWAY, at("12:30"))
    older.sees(What.CAME_BACK, at("15:00"), waiting_since=at("10:00"), grace=HOUR)
    assert older.first.state is State.BREACHED
    assert older.breaches() == [(Kind.FIRST_RESPONSE, at("12:00"))]


def test_what_stood_still_at_the_merge_stands_still_again(older: Ticket) -> None:
    older.sees(What.STATUS, at("11:00"), status="pending")
    older.sees(What.MERGED_AWAY, at("11:30"))
    older.sees(What.CAME_BACK, at("12:00", 23), opened_at=at("10:00"), status="pending")
    assert older.resolution.state is State.PAUSED
    assert older.resolution.used == HOUR
    older.sees(What.STATUS, at("13:00", 23), status="open")
    assert older.resolution.due_at == at("12:00", 25)


def test_whom_nobody_awaits_at_the_return_waits_for_nothing(older: Ticket) -> None:
    older.sees(What.MERGED_AWAY, at("11:00"))
    older.sees(What.CAME_BACK, at("11:30"), waiting_since=None, status="open")
    assert older.first.state is State.CANCELLED
    assert older.resolution.state is State.RUNNING
    older.sees(What.CITIZEN_MESSAGE, at("12:00"), message=2)
    older.sees(What.MERGED_AWAY, at("13:00"))
    older.sees(What.CAME_BACK, at("13:30"), waiting_since=at("12:00"), status="open")
    waiting = [one for one in older.clocks if one.waiting and one is not older.resolution]
    assert [one.due_at for one in waiting] == [at("16:00")]


def test_an_answer_on_its_way_is_left_alone_by_a_merge(older: Ticket) -> None:
    older.sees(What.PUBLIC_REPLY, at("11:00"), message=100)
    older.sees(What.MERGED_AWAY, at("11:00"))
    older.sees(What.REPLY_ACCEPTED, at("11:01"), message=100)
    assert older.first.state is State.MET
    assert older.resolution.state is State.CANCELLED


def test_an_answer_given_meanwhile_stays_an_answer(older: Ticket, younger: Ticket) -> None:
    merge(older, younger, at("11:30"))
    younger.sees(What.PUBLIC_REPLY, at("11:40"), message=100)
    younger.sees(What.REPLY_ACCEPTED, at("11:41"), message=100)
    younger.sees(What.PART_LEFT, at("12:00"), waiting_since=None, opened_at=at("11:00"))
    assert younger.first.state is State.MET
    assert younger.resolution.due_at == at("11:00", 24)


def test_where_only_the_other_had_waited_nobody_waits_any_more(
    older: Ticket, younger: Ticket
) -> None:
    younger.sees(What.PUBLIC_REPLY, at("11:10"), message=100)
    younger.sees(What.REPLY_ACCEPTED, at("11:11"), message=100)
    merge(older, younger, at("11:30"))
    taken = younger.clock(Kind.NEXT_RESPONSE)
    assert taken.due_at == at("14:00")
    younger.sees(What.PART_LEFT, at("12:00"), waiting_since=None, opened_at=at("11:00"))
    assert younger.clock(Kind.NEXT_RESPONSE).state is State.CANCELLED


def test_who_wrote_meanwhile_waits_from_then(older: Ticket, younger: Ticket) -> None:
    merge(older, younger, at("11:30"))
    younger.sees(What.CITIZEN_MESSAGE, at("11:45"), message=5)
    younger.sees(What.PART_LEFT, at("11:50"), waiting_since=at("11:45"), opened_at=at("11:00"))
    assert younger.first.due_at == at("13:45")


def test_a_message_split_off_takes_its_wait_with_it(younger: Ticket) -> None:
    younger.sees(What.CITIZEN_MESSAGE, at("12:15"), message=5)
    younger.sees(
        What.PART_LEFT,
        at("12:30"),
        cause="message_split",
        waiting_since=at("12:15"),
        opened_at=at("11:00"),
    )
    assert younger.first.due_at == at("14:15")
    assert younger.resolution.due_at == at("11:00", 24)


def test_a_promise_broken_meanwhile_stays_on_record_and_what_remains_is_promised_anew(
    older: Ticket, younger: Ticket
) -> None:
    merge(older, younger, at("11:30"))
    younger.sees(What.DUE, at("12:10"))
    younger.sees(What.PART_LEFT, at("12:30"), waiting_since=at("11:00"), opened_at=at("11:00"))
    assert (younger.first.state, younger.first.breached_at) == (State.CANCELLED, at("12:00"))
    again = younger.clock(Kind.FIRST_RESPONSE, 2)
    assert (again.state, again.due_at) == (State.RUNNING, at("13:00"))
    assert younger.resolution.due_at == at("11:00", 24)


def test_what_remains_of_a_broken_resolution_stands_still_where_that_did() -> None:
    ticket, early = opened(at("11:00")), opened(at("09:00"))
    merge(early, ticket, at("12:00"))
    ticket.sees(What.STATUS, at("13:00"), status="pending")
    ticket.sees(What.STATUS, at("15:00"), status="open")
    ticket.sees(What.STATUS, at("12:00", 24), status="on_hold")
    assert ticket.resolution.breached_at == at("11:00", 24)
    ticket.sees(What.PART_LEFT, at("13:00", 24), waiting_since=None, opened_at=at("11:00"))
    again = ticket.clock(Kind.RESOLUTION, 2)
    assert (again.state, left_at(again, at("13:00", 24))) == (State.PAUSED, HOUR)
    ticket.sees(What.STATUS, at("14:00", 24), status="open")
    assert ticket.clock(Kind.RESOLUTION, 2).due_at == at("15:00", 24)
    told = [one.step for one in ticket.told(again)]
    assert told == ["started", "paused", "resumed", "paused", "resumed"]


def test_what_never_ran_since_then_has_everything_left(older: Ticket) -> None:
    older.sees(What.STATUS, at("11:00"), status="pending")
    older.sees(What.PART_LEFT, at("13:00"), waiting_since=None, opened_at=at("12:00"))
    older.sees(What.STATUS, at("14:00"), status="open")
    assert older.resolution.used == timedelta(0)
    assert older.resolution.due_at == at("14:00", 24)


def test_the_beginning_is_never_found_earlier_by_what_left(younger: Ticket) -> None:
    before = younger.clocks
    younger.sees(What.PART_LEFT, at("12:00"), waiting_since=at("10:00"), opened_at=at("10:00"))
    assert younger.clocks == before


def test_a_clock_that_is_over_cannot_begin_later_and_one_that_runs_cannot_come_back(
    older: Ticket,
) -> None:
    with pytest.raises(ImpossibleTransition, match="not cancelled"):
        steps.restore(older.first, at("12:00"))
    with pytest.raises(ImpossibleTransition, match="it began later"):
        steps.postdate(older.first, at("09:00"))
    broken, _ = steps.breach(older.first)
    with pytest.raises(ImpossibleTransition, match="broken already"):
        steps.postdate(broken, at("12:00"))


def test_the_account_says_what_became_of_the_merge(older: Ticket, younger: Ticket) -> None:
    merge(older, younger, at("11:30"))
    older.sees(What.CAME_BACK, at("11:45"), waiting_since=at("10:00"), grace=HOUR)
    younger.sees(What.PART_LEFT, at("11:45"), waiting_since=at("11:00"), opened_at=at("11:00"))
    told = {}
    for name, ticket in (("older", older), ("younger", younger)):
        lines = account(ticket.told(ticket.first), lambda _: CALENDAR, until=at("12:00"))
        told[name] = [(one.code, one.data.get("cause", one.data.get("open"))) for one in lines]
    came_back = [("cancelled", "merged_away"), ("restored", "came_back"), ("given", HOUR / 4)]
    assert told["older"][2:5] == came_back
    assert ("postdated", "part_left") in told["younger"]
