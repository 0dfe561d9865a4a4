"""Times and spans are said as the reader expects."""

from datetime import UTC, datetime, timedelta

import pytest

from agent_ui import gallery
from agent_ui.due import due
from agent_ui.times import shape

from .readers import reader

NOW = gallery.NOW
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("left", "english", "arabic"),
    [
        (80 * MINUTE, "1h 20m left", "متبقٍ ١ س ٢٠ د"),
        (38 * MINUTE, "38m left", "متبقٍ ٣٨ د"),
        (-40 * MINUTE, "40m late", "متأخرة ٤٠ د"),
        (timedelta(days=2), "2d left", "متبقٍ ٢ ي"),
        (timedelta(days=2, hours=5, minutes=7), "2d 5h left", "متبقٍ ٢ ي ٥ س"),
        (timedelta(seconds=20), "1m left", "متبقٍ ١ د"),
        (-timedelta(seconds=1), "1m late", "متأخرة ١ د"),
    ],
)
def test_what_is_left(left: timedelta, english: str, arabic: str) -> None:
    assert reader("en").times.left(NOW + left) == english
    assert reader("ar").times.left(NOW + left) == arabic


@pytest.mark.parametrize(
    ("passed", "english", "arabic"),
    [
        (timedelta(seconds=20), "now", "الآن"),
        (8 * MINUTE, "8 min. ago", "قبل ٨ دقائق"),
        (timedelta(days=2), "20 Nov", "٢٠ نوفمبر"),
        (timedelta(days=400), "18 Oct 2025", "١٨ أكتوبر ٢٠٢٥"),
    ],
)
def test_how_long_ago(passed: timedelta, english: str, arabic: str) -> None:
    assert reader("en").times.ago(NOW - passed) == english
    assert reader("ar").times.ago(NOW - passed) == arabic


def test_the_day_is_the_reader_s_day() -> None:
    just_after_midnight_in_riyadh = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
    assert reader().times.calendar_day(just_after_midnight_in_riyadh) == "Today"
    assert reader().times.calendar_day(just_after_midnight_in_riyadh - timedelta(hours=1)) == (
        "Yesterday"
    )


def test_digits_follow_the_choice_in_both_directions() -> None:
    assert shape("٣ 4", "latn") == "3 4"
    assert shape("٣ 4", "arab") == "٣ ٤"


def test_a_promise_becomes_urgent_an_hour_before_its_time_and_late_after_it() -> None:
    at = NOW + timedelta(hours=3)
    assert due(at, now=NOW).urgency == "calm"
    assert due(at, now=at - timedelta(minutes=59)).urgency == "soon"
    assert due(at, now=at).urgency == "soon"
    assert due(at, now=at + timedelta(seconds=1)).urgency == "late"


def test_an_own_warning_time_counts_instead_of_the_hour() -> None:
    at = NOW + timedelta(minutes=30)
    assert due(at, now=NOW, warn_at=NOW + timedelta(minutes=10)).urgency == "calm"


def test_the_ring_shows_what_is_left_of_the_whole() -> None:
    at, since = NOW + timedelta(hours=1), NOW - timedelta(hours=3)
    assert due(at, now=NOW, since=since).share == 25
    assert due(at, now=at + MINUTE).share == 0


def test_working_time_is_told_in_hours_because_no_day_of_it_has_twenty_four() -> None:
    week = timedelta(hours=37, minutes=30).total_seconds()
    assert reader("en").times.working(week) == "37h 30m"
    assert reader("ar").times.working(week) == "٣٧ س ٣٠ د"
    assert reader("en").times.working(120 * 60) == "2h"
    assert reader("en").times.working(59 * 60) == "59m"
    assert reader("en").times.working(0) == "0m"


def test_what_is_kept_names_its_day_even_today() -> None:
    assert reader("en").times.dated(NOW) == f"22 Nov {reader('en').times.clock(NOW)}"


def test_something_that_ends_at_midnight_has_the_day_before_as_its_last() -> None:
    midnight_in_riyadh = datetime(2026, 11, 30, 21, 0, tzinfo=UTC)
    times = reader("ar").times
    assert times.last_day(midnight_in_riyadh).isoformat() == "2026-11-30"
    assert times.first_day(midnight_in_riyadh).isoformat() == "2026-12-01"
