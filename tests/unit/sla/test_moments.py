"""When somebody is to be told of a clock."""

from datetime import UTC, datetime, time, timedelta

import pytest

from sla import Calendar, Clock, Happening, Kind, Target, What, last_call, moment, react
from sla.steps import pause, start

OFFICE = Calendar("UTC", {day: [(time(8), time(12)), (time(12, 30), time(16))] for day in range(5)})
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)


def running(at: datetime, allowed: timedelta, calendar: Calendar = OFFICE) -> Clock:
    return start(Target(Kind.FIRST_RESPONSE, allowed, calendar), at)[0]


def test_a_moment_counts_in_open_time_and_goes_on_beyond_the_due_time() -> None:
    clock = running(MONDAY + 9 * HOUR, 4 * HOUR)
    assert moment(clock, 0.5) == MONDAY + 11 * HOUR
    assert moment(clock, 1) == MONDAY + timedelta(hours=13, minutes=30)
    assert moment(clock, 1, later=3 * HOUR) == MONDAY + timedelta(days=1, hours=8, minutes=30)


def test_a_clock_that_stands_still_has_no_moment_ahead() -> None:
    clock, _ = pause(running(MONDAY + 9 * HOUR, 4 * HOUR), MONDAY + 10 * HOUR)
    assert moment(clock, 0.5) is None
    assert last_call(clock, HOUR) is None


def test_the_last_call_is_before_the_end_of_the_shift_in_which_it_is_due() -> None:
    clock = running(MONDAY + 8 * HOUR, timedelta(hours=7, minutes=15))
    assert clock.due_at == MONDAY + timedelta(hours=15, minutes=45)
    assert last_call(clock, HOUR) == MONDAY + 15 * HOUR


def test_what_is_due_soon_after_opening_is_called_before_the_day_before_ends() -> None:
    clock = running(MONDAY + 9 * HOUR, 7 * HOUR)
    assert clock.due_at == MONDAY + timedelta(days=1, hours=8, minutes=30)
    assert last_call(clock, HOUR) == MONDAY + 15 * HOUR
    weekend = running(MONDAY + timedelta(days=4, hours=9), 7 * HOUR)
    assert last_call(weekend, HOUR) == MONDAY + timedelta(days=4, hours=15)


def test_what_is_due_well_after_opening_can_still_be_done_then() -> None:
    clock = running(MONDAY + 9 * HOUR, 10 * HOUR)
    assert clock.due_at == MONDAY + timedelta(days=1, hours=11, minutes=30)
    assert last_call(clock, HOUR) is None


def test_a_break_at_noon_is_no_end_of_the_shift() -> None:
    assert last_call(running(MONDAY + 9 * HOUR, 3 * HOUR), HOUR) is None


def test_what_began_after_its_last_call_is_not_called() -> None:
    late = running(MONDAY + timedelta(hours=15, minutes=20), timedelta(minutes=30))
    assert last_call(late, HOUR) is None


def test_an_office_that_never_closes_has_no_last_call() -> None:
    assert last_call(running(MONDAY, 5 * HOUR, Calendar.always()), HOUR) is None


def test_a_broken_promise_has_no_last_call() -> None:
    clock = running(MONDAY + 8 * HOUR, timedelta(hours=7))
    late = react((clock,), Happening(What.DUE, MONDAY + 16 * HOUR), {}).clocks[0]
    assert last_call(late, HOUR) is None


@pytest.mark.parametrize("days", [1, 9, 30])
def test_the_shift_before_a_long_closure_is_found(days: int) -> None:
    first = (MONDAY + timedelta(days=1)).date()
    closed = {first + timedelta(days=n): () for n in range(days)}
    calendar = Calendar("UTC", {day: [(time(8), time(16))] for day in range(7)}, closed)
    clock = running(MONDAY + 9 * HOUR, timedelta(hours=7, minutes=30), calendar)
    assert last_call(clock, HOUR) == MONDAY + 15 * HOUR


def test_shifts_end_where_it_stays_closed_long_enough() -> None:
    ends = OFFICE.shift_ends(MONDAY, MONDAY + timedelta(days=1), pause=3 * HOUR)
    assert ends == (MONDAY + 16 * HOUR,)
    both = OFFICE.shift_ends(MONDAY, MONDAY + timedelta(days=1), pause=timedelta(minutes=30))
    assert both == (MONDAY + 12 * HOUR, MONDAY + 16 * HOUR)
