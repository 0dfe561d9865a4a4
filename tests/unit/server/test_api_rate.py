"""How often a token may ask."""

from datetime import UTC, datetime, timedelta

from server.api.rate import REMEMBERED, Rate

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_so_many_may_come_at_once_and_no_more() -> None:
    rate = Rate(3)
    assert [rate.wait(1, now=NOW) for _ in range(3)] == [None] * 3
    assert rate.wait(1, now=NOW) == 20 * SECOND
    assert rate.wait(2, now=NOW) is None


def test_what_was_used_comes_back_evenly() -> None:
    rate = Rate(3)
    for _ in range(3):
        rate.wait(1, now=NOW)
    assert rate.wait(1, now=NOW + 19 * SECOND) == SECOND
    assert rate.wait(1, now=NOW + 20 * SECOND) is None
    assert rate.wait(1, now=NOW + 20 * SECOND) is not None


def test_being_quiet_saves_up_no_more_than_a_minute() -> None:
    rate = Rate(3)
    rate.wait(1, now=NOW)
    later = NOW + timedelta(days=1)
    assert [rate.wait(1, now=later) is None for _ in range(4)] == [True, True, True, False]


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    rate = Rate(3)
    rate.wait(1, now=NOW)
    assert rate.wait(1, now=NOW - timedelta(days=1)) is None
    assert rate.wait(1, now=NOW - timedelta(days=1)) is None
    assert rate.wait(1, now=NOW - timedelta(days=1)) == 20 * SECOND


def test_memory_is_bounded() -> None:
    rate = Rate(1)
    for token in range(REMEMBERED + 5):
        rate.wait(token, now=NOW)
    assert len(rate._left) == REMEMBERED
    assert rate.wait(0, now=NOW) is None
