from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla import BadCalendar, Calendar, NaiveInstant, NeverOpens, TooFar, exceptions_for

NINE_TO_FIVE = [(time(9), time(17))]
SUNDAY_TO_THURSDAY = dict.fromkeys((6, 0, 1, 2, 3), NINE_TO_FIVE)
KUWAIT = Calendar("Asia/Kuwait", SUNDAY_TO_THURSDAY)


def at(text: str, zone: str = "Asia/Kuwait") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_thursdays_last_hour_goes_on_on_sunday() -> None:
    assert KUWAIT.add(at("2026-11-19 16:30"), timedelta(hours=1)) == at("2026-11-22 09:30")


def test_a_span_used_up_at_closing_time_ends_then() -> None:
    assert KUWAIT.add(at("2026-11-22 09:00"), timedelta(hours=8)) == at("2026-11-22 17:00")


def test_going_back_ends_at_the_opening_not_at_the_evening_before() -> None:
    assert KUWAIT.add(at("2026-11-22 17:00"), timedelta(hours=-8)) == at("2026-11-22 09:00")


def test_nothing_to_add_ends_at_the_first_open_moment() -> None:
    assert KUWAIT.add(at("2026-11-20 12:00"), timedelta(0)) == at("2026-11-22 09:00")
    assert KUWAIT.add(at("2026-11-22 12:00"), timedelta(0)) == at("2026-11-22 12:00")


def test_answers_are_in_utc() -> None:
    assert KUWAIT.add(at("2026-11-22 09:00"), timedelta(hours=1)).tzinfo is UTC


def test_open_time_between_reversed_instants_is_negative() -> None:
    early, late = at("2026-11-19 16:00"), at("2026-11-22 10:00")
    assert KUWAIT.between(early, late) == timedelta(hours=2)
    assert KUWAIT.between(late, early) == timedelta(hours=-2)


def test_microseconds_are_kept() -> None:
    start = at("2026-11-19 16:59:59.999999")
    assert KUWAIT.add(start, timedelta(microseconds=2)) == at("2026-11-22 09:00:00.000001")


def test_the_closing_moment_is_closed() -> None:
    assert KUWAIT.is_open(at("2026-11-22 09:00"))
    assert KUWAIT.is_open(at("2026-11-22 16:59:59.999999"))
    assert not KUWAIT.is_open(at("2026-11-22 17:00"))
    assert KUWAIT.next_open(at("2026-11-22 17:00")) == at("2026-11-23 09:00")


def test_a_window_may_run_over_midnight_and_over_the_weeks_end() -> None:
    night = Calendar("Asia/Kuwait", {6: [(time(22), time(6))]})
    assert night.is_open(at("2026-11-22 23:00"))
    assert night.is_open(at("2026-11-23 05:59"))
    assert not night.is_open(at("2026-11-23 06:00"))
    assert night.add(at("2026-11-22 22:00"), timedelta(hours=9)) == at("2026-11-29 23:00")


def test_midnight_as_an_end_is_the_end_of_the_day() -> None:
    whole = Calendar("Asia/Kuwait", {0: [(time(0), time(0))]})
    day = at("2026-11-23 00:00")
    assert whole.between(day - timedelta(days=1), day + timedelta(days=2)) == timedelta(hours=24)


def test_overlapping_unsorted_and_touching_windows_count_once() -> None:
    messy = Calendar(
        "UTC",
        {
            0: [
                (time(13), time(17)),
                (time(9), time(12)),
                (time(11), time(13)),
                (time(10), time(11)),
            ]
        },
    )
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert messy.between(monday, monday + timedelta(days=1)) == timedelta(hours=8)
    assert messy == Calendar("UTC", {0: NINE_TO_FIVE})


def test_a_night_window_counts_once_where_it_meets_the_next_days() -> None:
    both = Calendar("UTC", {0: [(time(20), time(10))], 1: NINE_TO_FIVE})
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert both.between(monday, monday + timedelta(days=2)) == timedelta(hours=21)


def test_an_exception_replaces_what_begins_on_its_day() -> None:
    eid = date(2026, 5, 27)  # a Wednesday
    calendar = Calendar("Asia/Kuwait", SUNDAY_TO_THURSDAY, {eid: []})
    assert calendar.next_open(at("2026-05-26 17:00")) == at("2026-05-28 09:00")
    moved = Calendar("Asia/Kuwait", SUNDAY_TO_THURSDAY, {eid: [(time(10), time(12))]})
    assert moved.between(at("2026-05-27 00:00"), at("2026-05-28 00:00")) == timedelta(hours=2)


def test_a_night_shift_ends_in_its_own_time_on_a_holiday() -> None:
    nights = {day: [(time(22), time(6))] for day in range(7)}
    calendar = Calendar("Asia/Kuwait", nights, {date(2026, 5, 27): []})
    assert calendar.is_open(at("2026-05-27 05:00"))
    assert not calendar.is_open(at("2026-05-27 23:00"))
    assert not calendar.is_open(at("2026-05-28 05:00"))


def test_ramadan_hours_hold_for_its_days_only() -> None:
    ramadan = exceptions_for(
        date(2026, 2, 18), date(2026, 3, 19), [(time(9), time(14))], weekdays=(6, 0, 1, 2, 3)
    )
    calendar = Calendar("Asia/Kuwait", SUNDAY_TO_THURSDAY, ramadan)
    assert calendar.add(at("2026-02-17 16:00"), timedelta(hours=7)) == at("2026-02-19 10:00")
    assert not calendar.is_open(at("2026-02-18 15:00"))
    assert not calendar.is_open(at("2026-02-20 10:00"))
    assert calendar.is_open(at("2026-03-22 15:00"))


def test_an_inverted_range_is_refused() -> None:
    with pytest.raises(BadCalendar, match="inverted"):
        exceptions_for(date(2026, 3, 19), date(2026, 2, 18), [])


def test_a_calendar_that_never_opens_says_so() -> None:
    closed = Calendar("Asia/Kuwait", {})
    assert not closed.is_open(at("2026-11-22 12:00"))
    assert closed.between(at("2026-01-01 00:00"), at("2027-01-01 00:00")) == timedelta(0)
    for span in (timedelta(hours=1), timedelta(0), timedelta(hours=-1)):
        with pytest.raises(NeverOpens):
            closed.add(at("2026-11-22 12:00"), span)
    with pytest.raises(NeverOpens):
        closed.next_open(at("2026-11-22 12:00"))


def test_a_calendar_of_single_days_opens_on_them_and_then_no_more() -> None:
    fair = Calendar("UTC", {}, {date(2050, 6, 1): NINE_TO_FIVE})
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert fair.next_open(start) == datetime(2050, 6, 1, 9, tzinfo=UTC)
    assert fair.add(start, timedelta(hours=8)) == datetime(2050, 6, 1, 17, tzinfo=UTC)
    with pytest.raises(NeverOpens):
        fair.add(start, timedelta(hours=8, microseconds=1))
    with pytest.raises(NeverOpens):
        fair.add(start, timedelta(hours=-1))


def test_exceptions_that_swallow_years_are_passed_over() -> None:
    shut = exceptions_for(date(2027, 1, 1), date(2056, 12, 31), [])
    calendar = Calendar("Asia/Kuwait", SUNDAY_TO_THURSDAY, shut)
    assert calendar.next_open(at("2027-01-01 00:00")) == at("2057-01-01 09:00") + timedelta(days=0)


def test_the_far_future_is_reached_and_the_end_of_time_is_an_error() -> None:
    start = at("2026-11-22 09:00")
    weeks = 52 * 3000
    assert KUWAIT.add(start, timedelta(hours=40 * weeks)) == KUWAIT.add(
        start + timedelta(weeks=weeks - 1), timedelta(hours=40)
    )
    with pytest.raises(TooFar):
        KUWAIT.add(start, timedelta(days=900_000))
    with pytest.raises(TooFar):
        KUWAIT.add(start, timedelta(days=-900_000))


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveInstant):
        KUWAIT.is_open(datetime(2026, 11, 22, 12))  # noqa: DTZ001 - that is what is refused


@pytest.mark.parametrize("zone", ["Nowhere/City", "", "../etc/passwd", "/etc/localtime", "Ünknown"])
def test_an_unknown_zone_is_refused_by_name(zone: str) -> None:
    with pytest.raises(BadCalendar, match="time zone"):
        Calendar(zone, {})


@pytest.mark.parametrize(
    ("weekly", "exceptions"),
    [
        ({7: NINE_TO_FIVE}, {}),
        ({-1: NINE_TO_FIVE}, {}),
        ({"mon": NINE_TO_FIVE}, {}),
        ({True: NINE_TO_FIVE}, {}),
        ({0: [(time(9),)]}, {}),
        ({0: [(time(9), time(12), time(17))]}, {}),
        ({0: [("09:00", "17:00")]}, {}),
        ({0: ["ab"]}, {}),
        ({0: "09"}, {}),
        ({0: None}, {}),
        ({0: [None]}, {}),
        ({0: [(time(9, tzinfo=UTC), time(17))]}, {}),
        ([NINE_TO_FIVE], {}),
        ({}, {"2026-05-27": []}),
        ({}, {datetime(2026, 5, 27, tzinfo=UTC): []}),
        ({}, {date(2026, 5, 27): None}),
        ({}, [date(2026, 5, 27)]),
    ],
)
def test_hours_that_cannot_be_meant_are_refused(weekly: object, exceptions: object) -> None:
    with pytest.raises(BadCalendar):
        Calendar("UTC", weekly, exceptions)  # type: ignore[arg-type]


def test_a_desk_that_never_closes_runs_on_the_plain_clock() -> None:
    always = Calendar.always()
    start = datetime(2026, 11, 22, 3, 4, 5, 6, tzinfo=UTC)
    assert always.add(start, timedelta(days=1000)) == start + timedelta(days=1000)
    assert always.between(start, start - timedelta(days=9)) == timedelta(days=-9)
    assert always.is_open(start)


def test_the_end_of_the_shift_is_known_ahead() -> None:
    assert KUWAIT.next_close(at("2026-11-22 12:00")) == at("2026-11-22 17:00")
    assert KUWAIT.next_close(at("2026-11-20 12:00")) == at("2026-11-22 17:00")
    assert Calendar.always().next_close(at("2026-11-22 12:00")) is None


def test_spans_name_their_days_and_the_holidays_between() -> None:
    eid = exceptions_for(date(2026, 5, 26), date(2026, 5, 29), [])
    calendar = Calendar("Asia/Kuwait", SUNDAY_TO_THURSDAY, eid)
    spans = calendar.account(at("2026-05-25 16:00"), at("2026-05-31 10:00"))
    assert [(span.day.day, span.open, span.exception) for span in spans] == [
        (25, timedelta(hours=1), False),
        (26, timedelta(0), True),
        (27, timedelta(0), True),
        (28, timedelta(0), True),  # the 29th is a Friday: closed in any week
        (31, timedelta(hours=1), False),
    ]


@pytest.mark.parametrize("days", [300, 399, 401, 3000, 90_000])
def test_long_accounts_are_folded_and_still_add_up(days: int) -> None:
    start = at("2026-11-22 12:00")
    spans = KUWAIT.account(start, start + timedelta(days=days))
    assert len(spans) == 61
    assert [span.folded for span in spans].count(True) == 1
    total = sum((span.open for span in spans), timedelta(0))
    assert total == KUWAIT.between(start, start + timedelta(days=days))
