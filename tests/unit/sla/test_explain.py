from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla import (
    Calendar,
    Clock,
    Happening,
    ImpossibleTransition,
    Kind,
    Line,
    Target,
    Transition,
    What,
    account,
    exceptions_for,
    react,
)

HOUR = timedelta(hours=1)
KUWAIT = ZoneInfo("Asia/Kuwait")
WEEK = dict.fromkeys((6, 0, 1, 2, 3), ((time(9), time(17)),))
EID = exceptions_for(date(2026, 5, 26), date(2026, 5, 28), [])
CALENDARS = {1: Calendar("Asia/Kuwait", WEEK, EID), 2: Calendar.always()}
PAUSES = frozenset({"pending"})


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-05-{text}").replace(tzinfo=KUWAIT)


def target(allowed: timedelta, version: int = 1) -> dict[Kind, Target]:
    calendar = CALENDARS[version]
    return {Kind.RESOLUTION: Target(Kind.RESOLUTION, allowed, calendar, version, 1, PAUSES)}


def lived(*happenings: Happening, allowed: timedelta = 8 * HOUR) -> list[Transition]:
    clocks, transitions = tuple[Clock, ...](), list[Transition]()
    for happening in happenings:
        version = 2 if happening.what is What.TARGETS else 1
        outcome = react(clocks, happening, target(allowed, version))
        clocks = outcome.clocks
        transitions += outcome.transitions
    return transitions


def told(lines: tuple[Line, ...]) -> list[tuple[str, str]]:
    return [(line.code, line.at.astimezone(KUWAIT).strftime("%d %H:%M")) for line in lines]


WRITES = Happening(What.CITIZEN_MESSAGE, at("25 15:00"), message=1)


def test_a_due_time_is_explained_by_hours_pauses_and_holidays() -> None:
    transitions = lived(
        WRITES,
        Happening(What.STATUS, at("25 16:00"), status="pending"),
        Happening(What.STATUS, at("31 10:00"), status="open"),
    )
    lines = account(transitions, CALENDARS.__getitem__, until=at("31 12:00"))
    assert told(lines) == [
        ("started", "25 15:00"),
        ("counted", "25 15:00"),
        ("paused", "25 16:00"),
        ("resumed", "31 10:00"),
        ("counted", "31 10:00"),
        ("to_count", "31 12:00"),
        ("due", "31 17:00"),
        ("left", "31 12:00"),
    ]
    assert lines[1].data["open"] == HOUR
    assert lines[2].data["cause"] == "status_pending"
    assert lines[-1].data["open"] == 5 * HOUR


def test_days_closed_by_exception_are_named_before_the_due_time() -> None:
    lines = account(lived(WRITES), CALENDARS.__getitem__, until=at("25 15:30"))
    assert [line.data["day"] for line in lines if line.code == "closed_day"] == list(EID)
    assert ("due", "31 15:00") in told(lines)


def test_lateness_is_told_in_open_time() -> None:
    transitions = lived(
        WRITES, Happening(What.STATUS, at("31 16:00"), status="resolved"), allowed=2 * HOUR
    )
    lines = account(transitions, CALENDARS.__getitem__, until=at("31 20:00"))
    assert told(lines)[-2:] == [("accepted", "31 16:00"), ("met_late", "31 16:00")]
    assert lines[-1].data["open"] == 7 * HOUR
    late = [line.data["open"] for line in lines if line.code == "counted_late"]
    assert sum(late, timedelta(0)) == 7 * HOUR  # type: ignore[arg-type]


def test_time_counted_before_a_transfer_is_told_by_the_calendar_of_that_time() -> None:
    transitions = lived(WRITES, Happening(What.TARGETS, at("25 18:00"), cause="transferred"))
    lines = account(transitions, CALENDARS.__getitem__, until=at("25 20:00"))
    counted = [line.data["open"] for line in lines if line.code == "counted"]
    assert counted == [2 * HOUR, 2 * HOUR]
    assert ("due", "26 00:00") in told(lines)


@pytest.mark.parametrize(
    ("last", "verdict"),
    [
        (Happening(What.STATUS, at("25 16:00"), status="resolved"), "met"),
        (Happening(What.STATUS, at("25 16:00"), status="pending"), "waiting"),
        (Happening(What.MERGED_AWAY, at("25 16:00")), "over"),
        (Happening(What.DUE, at("31 16:00")), "late"),
        (Happening(What.INTERNAL_NOTE, at("25 16:00")), "left"),
    ],
)
def test_the_last_line_is_the_verdict(last: Happening, verdict: str) -> None:
    until = max(last.at, datetime(2026, 5, 25, 14, tzinfo=UTC))
    lines = account(lived(WRITES, last), CALENDARS.__getitem__, until=until)
    assert lines[-1].code == verdict


def test_there_is_nothing_to_say_of_a_clock_that_never_started() -> None:
    with pytest.raises(ImpossibleTransition):
        account([], CALENDARS.__getitem__, until=at("25 15:00"))
