"""Reports are of whole days, weeks that begin on Sunday, and months of either calendar."""

from datetime import date, timedelta

import pytest

from server.kit.errors import Invalid
from server.supervision.days import (
    DAY,
    KINDS,
    Period,
    around,
    between,
    compared,
    earlier,
    later,
    parts,
    period,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("day", date(2026, 11, 22), date(2026, 11, 22)),
        ("week", date(2026, 11, 22), date(2026, 11, 28)),
        ("month", date(2026, 11, 1), date(2026, 11, 30)),
        ("hijri", date(2026, 11, 11), date(2026, 12, 9)),
    ],
)
def test_a_day_is_in_the_period_that_people_mean(kind: str, first: date, last: date) -> None:
    assert period(kind, "2026-11-22", None, None, today=TODAY).days == (first, last)


def test_ramadan_is_as_long_as_umm_al_qura_says() -> None:
    assert around("hijri", date(2026, 2, 20)).days == (date(2026, 2, 18), date(2026, 3, 19))


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_periods_follow_each_other_without_a_gap(kind: str) -> None:
    one = period(kind, "2019-12-31", None, None, today=TODAY)
    for _ in range(60):
        behind = later(one)
        assert behind.first == one.last + DAY
        assert earlier(behind) == one
        one = behind


def test_other_days_are_followed_by_as_many() -> None:
    one = period(None, None, "2026-11-10", "2026-11-19", today=TODAY)
    assert one == Period("days", date(2026, 11, 10), date(2026, 11, 19))
    assert later(one).days == (date(2026, 11, 20), date(2026, 11, 29))
    assert earlier(one).days == (date(2026, 10, 31), date(2026, 11, 9))


def test_a_period_that_is_not_over_is_compared_with_as_much_of_the_one_before() -> None:
    assert compared(around("month", TODAY), today=TODAY) == (date(2026, 10, 1), date(2026, 10, 22))
    march = around("month", date(2026, 3, 30))
    assert compared(march, today=date(2026, 3, 30)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert compared(around("month", date(2026, 10, 5)), today=TODAY) == (
        date(2026, 9, 1),
        date(2026, 9, 30),
    )


@pytest.mark.parametrize("length", [1, 2, 31, 32, 90, 217, 218, 400, 800])
def test_the_parts_of_a_period_can_be_read_and_leave_nothing_out(length: int) -> None:
    one = Period("days", date(2024, 2, 27), date(2024, 2, 27) + timedelta(days=length - 1))
    starts = parts(one)
    assert starts[0] == one.first
    assert list(starts) == sorted(set(starts))
    assert starts[-1] <= one.last
    assert len(starts) <= 33


def test_this_month_is_what_is_shown_unasked() -> None:
    assert period(None, None, None, None, today=TODAY) == around("month", TODAY)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("month", "yesterday", None, None), "date_unreadable"),
        (("month", "0001-01-01", None, None), "date_unreadable"),
        (("hijri", "9999-12-31", None, None), "date_unreadable"),
        (("year", None, None, None), "not_possible"),
        (("days", None, "2026-11-23", "2026-11-22"), "range_inverted"),
        (("days", None, "2020-01-01", "2026-11-22"), "period_too_long"),
        (("days", None, "2026-02-30", None), "date_unreadable"),
    ],
)
def test_what_cannot_be_meant_says_why(
    asked: tuple[str | None, str | None, str | None, str | None], code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        period(*asked, today=TODAY)
    assert caught.value.code == code


def test_the_last_day_that_may_be_asked_for_can_be_reported() -> None:
    for kind in KINDS[:-1]:
        for day in (date(1970, 1, 1), date(2070, 1, 1)):
            one = around(kind, day)
            assert compared(one, today=TODAY)
            assert len(between(*later(one).days)) >= 1
