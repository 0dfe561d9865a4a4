"""A month at a passport office: Ramadan, a feast moved after sighting, a night without an hour."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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
    exceptions_for,
    react,
    replay,
)
from tests.unit.sla.wallclock import WallClock, Windows

ZONE = "Asia/Beirut"  # the clocks go forward on 29 March 2026, at midnight
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WEEK: dict[int, Windows] = dict.fromkeys(range(5), ((time(8), time(15, 30)),))
WEEK[5] = ((time(22), time(2)),)  # the hotline's night, over the change of the clocks
RAMADAN = exceptions_for(
    date(2026, 2, 18), date(2026, 3, 18), ((time(9), time(14)),), weekdays=range(5)
)
PLANNED = RAMADAN | exceptions_for(date(2026, 3, 19), date(2026, 3, 21), ())
SIGHTED = RAMADAN | exceptions_for(date(2026, 3, 20), date(2026, 3, 23), ())
SIGHTED[date(2026, 3, 19)] = ((time(9), time(14)),)
CALENDARS = {1: Calendar(ZONE, WEEK, PLANNED), 2: Calendar(ZONE, WEEK, SIGHTED)}
DOORS = {1: WallClock(ZONE, WEEK, PLANNED, MINUTE), 2: WallClock(ZONE, WEEK, SIGHTED, MINUTE)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def terms(version: int, hours: int) -> dict[Kind, Target]:
    pauses = frozenset({"pending", "on_hold"})
    allowed = {Kind.FIRST_RESPONSE: 4, Kind.NEXT_RESPONSE: 8, Kind.RESOLUTION: hours}
    return {
        kind: Target(kind, share * HOUR, CALENDARS[version], version, hours, pauses)
        for kind, share in allowed.items()
    }


BY_PLAN, AFTER_SIGHTING, RAISED = terms(1, 60), terms(2, 60), terms(2, 50)
SCRIPT = [
    (Happening(What.CITIZEN_MESSAGE, at("03-16 11:00"), message=1), BY_PLAN),
    (Happening(What.PUBLIC_REPLY, at("03-17 09:30"), message=2), BY_PLAN),
    (Happening(What.REPLY_ACCEPTED, at("03-17 09:31"), message=2), BY_PLAN),
    (Happening(What.STATUS, at("03-17 09:31"), status="pending"), BY_PLAN),
    (Happening(What.CITIZEN_MESSAGE, at("03-17 13:15"), message=3), BY_PLAN),
    (Happening(What.STATUS, at("03-17 13:15"), status="open"), BY_PLAN),
    (Happening(What.TARGETS, at("03-18 20:00"), cause="feast_moved", recount=True), AFTER_SIGHTING),
    (Happening(What.PUBLIC_REPLY, at("03-24 10:00"), message=4), AFTER_SIGHTING),
    (Happening(What.REPLY_FAILED, at("03-24 10:20"), message=4), AFTER_SIGHTING),
    (Happening(What.DUE, at("03-25 00:00")), AFTER_SIGHTING),
    (Happening(What.PUBLIC_REPLY, at("03-25 09:00"), message=5), AFTER_SIGHTING),
    (Happening(What.REPLY_ACCEPTED, at("03-25 09:00"), message=5), AFTER_SIGHTING),
    (Happening(What.STATUS, at("03-26 12:00"), status="resolved"), AFTER_SIGHTING),
    (Happening(What.CITIZEN_MESSAGE, at("03-28 23:00"), message=6), AFTER_SIGHTING),
    (Happening(What.STATUS, at("03-28 23:00"), status="open", grace=HOUR), AFTER_SIGHTING),
    (Happening(What.TARGETS, at("03-30 09:00"), cause="priority_raised"), RAISED),
    (Happening(What.DUE, at("04-06 00:00")), RAISED),
    (Happening(What.PUBLIC_REPLY, at("04-06 08:10"), message=7), RAISED),
    (Happening(What.REPLY_ACCEPTED, at("04-06 08:10"), message=7), RAISED),
    (Happening(What.STATUS, at("04-06 08:15"), status="resolved"), RAISED),
]


def live() -> tuple[tuple[Clock, ...], list[Transition]]:
    clocks, transitions = tuple[Clock, ...](), list[Transition]()
    for happening, targets in SCRIPT:
        outcome = react(clocks, happening, targets)
        clocks = outcome.clocks
        transitions += outcome.transitions
    return clocks, transitions


def minutes(door: WallClock, *stretches: tuple[str, str]) -> timedelta:
    return sum((door.between(at(start), at(end)) for start, end in stretches), timedelta(0))


def due(door: WallClock, start: str, hours: timedelta) -> datetime:
    found = door.add(at(start), hours, timedelta(days=30))
    assert found is not None
    return found


CLOCKS, TRANSITIONS = live()
FIRST, RESOLUTION, NEXT, AGAIN = CLOCKS
FEAST = DOORS[2]


def test_the_first_response_in_ramadan_hours_was_in_time() -> None:
    assert FIRST.due_at == due(DOORS[1], "03-16 11:00", 4 * HOUR) == at("03-17 10:00")
    assert FIRST.state is State.MET


def test_a_feast_moved_later_moves_the_wait_that_a_failed_reply_gave_back() -> None:
    assert NEXT.due_at == due(FEAST, "03-17 13:15", 8 * HOUR)
    assert NEXT.due_at != due(DOORS[1], "03-17 13:15", 8 * HOUR)
    assert NEXT.state is (State.MET_LATE if at("03-25 09:00") > NEXT.due_at else State.MET)


def test_the_next_message_waits_over_the_night_without_an_hour() -> None:
    assert AGAIN.due_at == due(FEAST, "03-28 23:00", 8 * HOUR)
    assert AGAIN.state is State.MET_LATE


def test_the_resolution_counts_what_was_open_while_nobody_else_was_awaited() -> None:
    ran = [("03-16 11:00", "03-17 09:31"), ("03-17 13:15", "03-26 12:00")]
    used = minutes(FEAST, *ran)
    assert RESOLUTION.used == used
    assert RESOLUTION.due_at == due(FEAST, "03-28 23:00", 50 * HOUR - used)
    late = at("04-06 08:15") > RESOLUTION.due_at
    assert RESOLUTION.state is (State.MET_LATE if late else State.MET)


def test_each_breach_was_recorded_once_with_its_due_time() -> None:
    breached = [one for one in TRANSITIONS if one.step is Step.BREACHED]
    late = [clock for clock in CLOCKS if clock.state is State.MET_LATE]
    assert sorted((one.kind, one.turn, one.at) for one in breached) == sorted(
        (clock.kind, clock.turn, clock.due_at) for clock in late
    )


def test_every_clock_can_be_rebuilt_from_its_events() -> None:
    for clock in CLOCKS:
        mine = [one for one in TRANSITIONS if (one.kind, one.turn) == (clock.kind, clock.turn)]
        assert replay(mine, CALENDARS.__getitem__) == clock


def test_the_night_of_the_change_has_one_hour_less() -> None:
    night = (at("03-28 22:00"), at("03-29 02:00"))
    assert CALENDARS[2].between(*night) == 3 * HOUR == FEAST.between(*night)
