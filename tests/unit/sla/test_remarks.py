from datetime import date, time

from sla import Remark, exceptions_for, remarks, unmeant

DAY = [(time(9), time(17))]
NIGHT = [(time(22), time(6))]


def test_usual_hours_call_for_no_remark() -> None:
    split = [(time(8), time(12)), (time(12), time(16)), (time(17), time(0))]
    assert remarks({6: DAY, 0: split, 4: []}, {date(2026, 5, 27): []}) == ()


def test_overlaps_and_nights_are_remarked_on_by_day() -> None:
    twice = [(time(13), time(17)), (time(9), time(14))]
    night_and_late = [(time(22), time(6)), (time(23), time(0))]
    assert remarks({0: twice, 3: NIGHT}, {date(2026, 5, 27): night_and_late}) == (
        Remark("overlap", weekday=0),
        Remark("over_midnight", weekday=3),
        Remark("over_midnight", first=date(2026, 5, 27), last=date(2026, 5, 27)),
        Remark("overlap", first=date(2026, 5, 27), last=date(2026, 5, 27)),
    )


def test_a_calendar_without_hours_is_remarked_on() -> None:
    assert remarks({}, {}) == (Remark("never_opens"),)


def test_exceptions_that_swallow_a_month_are_remarked_on() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert remarks({0: DAY}, exceptions_for(first, last, [])) == (
        Remark("long_closure", first=first, last=last),
    )
    assert remarks({0: DAY}, exceptions_for(first, date(2026, 1, 29), [])) == ()


def test_what_nobody_can_mean_is_told_apart_from_what_is_seldom_meant() -> None:
    assert unmeant({0: DAY, 3: NIGHT}, {date(2026, 5, 27): []}) == ()
    assert unmeant({}, {}) == (Remark("never_opens"),)
    assert unmeant({}, {date(2026, 5, 27): DAY}) == ()


def test_a_night_that_runs_into_the_next_morning_overlaps_it() -> None:
    assert unmeant({6: NIGHT, 0: [(time(5), time(12))]}, {}) == (Remark("overlap", weekday=0),)
    assert unmeant({6: NIGHT, 0: [(time(6), time(12))]}, {}) == ()


def test_exceptions_may_not_swallow_a_year() -> None:
    first = date(2026, 1, 1)
    last = date(2026, 12, 31)
    assert unmeant({0: DAY}, exceptions_for(first, last, [])) == (
        Remark("closed_year", first=first, last=date(2027, 1, 3)),
    )
    assert unmeant({0: DAY}, exceptions_for(first, date(2026, 12, 20), [])) == ()


def test_only_the_closure_that_is_too_long_is_named() -> None:
    feast = exceptions_for(date(2025, 6, 1), date(2025, 6, 5), [])
    year = exceptions_for(date(2026, 1, 1), date(2027, 3, 1), [])
    (found,) = unmeant(dict.fromkeys(range(7), DAY), feast | year)
    assert (found.code, found.first) == ("closed_year", date(2026, 1, 1))
