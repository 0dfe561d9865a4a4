from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sla import Calendar, NeverOpens, TooFar, exceptions_for
from tests.unit.sla.wallclock import DAY, WallClock, Windows

STEP = timedelta(minutes=15)
LIMIT = timedelta(days=21)

# Around the days on which each of these zones changes its clocks, at 02:00, at midnight, by half
# an hour, by a whole skipped day.
CHANGES = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Africa/Cairo": (date(2026, 4, 24), date(2026, 10, 29)),
    "Asia/Beirut": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Africa/Casablanca": (date(2026, 2, 15), date(2026, 3, 22)),
    "Pacific/Apia": (date(2011, 12, 30), date(2011, 9, 24)),
    "Asia/Kuwait": (date(2026, 11, 22), date(2026, 2, 18)),
    "Asia/Kathmandu": (date(1986, 1, 1), date(2026, 1, 1)),
}

times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
windows = st.lists(st.tuples(times, times), max_size=3)
weeks = st.dictionaries(st.integers(0, 6), windows, max_size=7)


@st.composite
def places(draw: st.DrawFn) -> tuple[Calendar, WallClock, datetime]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    day = draw(st.sampled_from(CHANGES[zone]))
    near = st.integers(-5, 5).map(lambda n: day + n * DAY)
    weekly, exceptions = draw(weeks), draw(st.dictionaries(near, windows, max_size=4))
    start = datetime.combine(day, time(0), UTC) + draw(st.integers(-400, 400)) * STEP
    return Calendar(zone, weekly, exceptions), WallClock(zone, weekly, exceptions, STEP), start


@settings(max_examples=100, deadline=None)
@given(places(), st.integers(0, 700))
def test_open_time_is_what_somebody_at_the_door_counts(
    place: tuple[Calendar, WallClock, datetime], steps: int
) -> None:
    calendar, door, start = place
    end = start + steps * STEP
    assert calendar.between(start, end) == door.between(start, end)
    assert calendar.between(end, start) == -calendar.between(start, end)
    assert calendar.is_open(start) == door.is_open(start)


@settings(max_examples=100, deadline=None)
@given(places(), st.integers(1, 120))
def test_a_span_ends_where_somebody_at_the_door_has_counted_it(
    place: tuple[Calendar, WallClock, datetime], steps: int
) -> None:
    calendar, door, start = place
    expected = door.add(start, steps * STEP, LIMIT)
    if expected is not None:
        assert calendar.add(start, steps * STEP) == expected


@settings(max_examples=100, deadline=None)
@given(places())
def test_the_next_opening_is_the_first_open_moment(
    place: tuple[Calendar, WallClock, datetime],
) -> None:
    calendar, door, start = place
    at = start
    while at < start + LIMIT and not door.is_open(at):
        at += STEP
    if at < start + LIMIT:
        assert calendar.next_open(start) == at


@settings(max_examples=100, deadline=None)
@given(places(), st.integers(0, 700))
def test_the_spans_named_are_the_open_time_counted(
    place: tuple[Calendar, WallClock, datetime], steps: int
) -> None:
    calendar, door, start = place
    end = start + steps * STEP
    spans = calendar.account(start, end)
    assert sum((span.open for span in spans), timedelta(0)) == calendar.between(start, end)
    for span in spans:
        assert start <= span.start <= span.end <= end
        if span.open:
            assert door.is_open(span.start)
            assert span.end in {end, calendar.next_close(span.start)}


SPANS = st.timedeltas(timedelta(days=-400), timedelta(days=400))
INSTANTS = st.integers(0, 100 * 365 * 86_400_000_000).map(
    lambda micro: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=micro)
)
BUSY = Calendar(
    "Africa/Cairo",
    {
        6: [(time(8, 30), time(12)), (time(13), time(16, 45, 30, 7))],
        0: [(time(22), time(6))],
        2: [(time(0), time(0))],
        3: [(time(9), time(17))],
    },
    exceptions_for(date(2026, 2, 18), date(2026, 3, 19), [(time(9), time(14))])
    | exceptions_for(date(2026, 3, 20), date(2026, 3, 23), []),
)


@settings(max_examples=100, deadline=None)
@given(INSTANTS, SPANS)
@example(datetime(2026, 4, 24, 22, tzinfo=UTC), timedelta(microseconds=1))
@example(datetime(2026, 3, 19, 14, tzinfo=UTC), timedelta(microseconds=-1))
def test_adding_and_counting_are_inverse_to_the_microsecond(
    start: datetime, span: timedelta
) -> None:
    end = BUSY.add(start, span)
    assert BUSY.between(start, end) == span
    if span > timedelta(0):
        assert BUSY.is_open(end - timedelta(microseconds=1)), "an earlier instant would do"
    else:
        assert BUSY.is_open(end), "a later instant would do"


@settings(max_examples=100, deadline=None)
@given(INSTANTS, INSTANTS, INSTANTS)
def test_open_time_adds_up(one: datetime, two: datetime, three: datetime) -> None:
    assert BUSY.between(one, two) + BUSY.between(two, three) == BUSY.between(one, three)


@settings(max_examples=100, deadline=None)
@given(INSTANTS, SPANS, SPANS)
def test_spans_of_the_same_sign_can_be_added_one_by_one(
    start: datetime, one: timedelta, two: timedelta
) -> None:
    if (one > timedelta(0)) is (two > timedelta(0)) and one and two:
        assert BUSY.add(BUSY.add(start, one), two) == BUSY.add(start, one + two)


@settings(max_examples=15, deadline=None)
@given(weeks, st.datetimes(timezones=st.just(UTC)), st.timedeltas())
def test_no_instant_and_no_span_brings_anything_but_an_answer_or_a_plain_refusal(
    weekly: Mapping[int, Windows], start: datetime, span: timedelta
) -> None:
    calendar = Calendar("Europe/Berlin", weekly)
    try:
        end = calendar.add(start, span)
    except (NeverOpens, TooFar):
        return
    assert calendar.between(start, end) == span


@pytest.mark.parametrize("zone", sorted(CHANGES))
def test_the_far_future_keeps_the_rule_of_the_zone(zone: str) -> None:
    weekly = {day: [(time(0, 30), time(4, 30))] for day in range(7)}
    calendar = Calendar(zone, weekly)
    door = WallClock(zone, weekly, {}, timedelta(minutes=30))
    for year in (2101, 2437, 2555, 4000, 9000):
        for month in (3, 4, 9, 10, 11):
            start = datetime(year, month, 1, tzinfo=ZoneInfo(zone))
            assert calendar.between(start, start + 31 * DAY) == door.between(
                start, start + 31 * DAY
            )


def test_a_window_inside_the_hour_that_comes_twice_is_open_twice() -> None:
    berlin = Calendar("Europe/Berlin", {6: [(time(2, 15), time(2, 45))]})
    start = datetime(2026, 10, 25, tzinfo=ZoneInfo("Europe/Berlin"))
    assert berlin.between(start, start + DAY) == timedelta(hours=1)


def test_a_window_inside_the_hour_that_is_left_out_does_not_open() -> None:
    berlin = Calendar("Europe/Berlin", {6: [(time(2, 15), time(2, 45))]})
    start = datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Berlin"))
    assert berlin.between(start, start + DAY) == timedelta(0)
    assert berlin.next_open(start) == datetime(2026, 4, 5, 2, 15, tzinfo=ZoneInfo("Europe/Berlin"))


def test_the_night_of_the_change_has_its_true_length() -> None:
    night = {5: [(time(22), time(6))]}
    cairo, berlin = Calendar("Africa/Cairo", {3: night[5]}), Calendar("Europe/Berlin", night)
    for calendar, day, hours in (
        (berlin, datetime(2026, 3, 28, 12, tzinfo=UTC), 7),
        (berlin, datetime(2026, 10, 24, 12, tzinfo=UTC), 9),
        (cairo, datetime(2026, 4, 23, 12, tzinfo=UTC), 7),
        (cairo, datetime(2026, 10, 29, 12, tzinfo=UTC), 9),
    ):
        assert calendar.between(day, day + DAY) == timedelta(hours=hours)
