"""Quiet hours hold on the wall clock of the person who chose them."""

import json
from datetime import UTC, datetime

import pytest

from server.alarms.quiet import quiet_until

NIGHTS = json.dumps({str(day): [["22:00", "07:00"]] for day in range(7)})
LONG_WEEKEND = json.dumps(
    {"4": [["00:00", "24:00"]], "5": [["00:00", "24:00"]], "6": [["00:00", "07:30"]]}
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "until"),
    [
        ("2026-11-22T18:59:59", "Asia/Riyadh", None),
        ("2026-11-22T19:00:00", "Asia/Riyadh", "2026-11-23T04:00:00"),
        ("2026-11-23T03:59:59", "Asia/Riyadh", "2026-11-23T04:00:00"),
        ("2026-11-23T04:00:00", "Asia/Riyadh", None),
        # The night in which London's clocks go back lasts an hour longer.
        ("2026-10-24T21:30:00", "Europe/London", "2026-10-25T07:00:00"),
    ],
)
def test_a_night_is_quiet_until_its_morning(moment: str, zone: str, until: str | None) -> None:
    assert quiet_until(at(moment), zone=zone, weekly=NIGHTS) == (until and at(until))


def test_days_that_touch_are_one_rest() -> None:
    friday = at("2026-11-27T10:00:00")
    assert quiet_until(friday, zone="Asia/Riyadh", weekly=LONG_WEEKEND) == at("2026-11-29T04:30:00")


def test_no_hours_or_hours_without_end_hold_nothing_back() -> None:
    always = json.dumps({str(day): [["00:00", "24:00"]] for day in range(7)})
    for weekly in ("{}", '{"0": []}', always):
        assert quiet_until(at("2026-11-22T20:00:00"), zone="UTC", weekly=weekly) is None
