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
