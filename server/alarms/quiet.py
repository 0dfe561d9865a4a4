"""Quiet hours: when somebody does not want to be disturbed. Nothing here reads a clock."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from functools import lru_cache

import msgspec

from sla import Calendar

Windows = Sequence[Sequence[str]]
ANY = datetime(2026, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1000)
def _calendar(zone: str, weekly: str) -> Calendar | None:
    said: Mapping[str, Windows] = msgspec.json.decode(weekly)
    windows = {
        int(day): [(_time(start), _time(end)) for start, end in of_day]
        for day, of_day in said.items()
        if of_day
    }
    return Calendar(zone, windows) if windows else None


def quiet_until(at: datetime, *, zone: str, weekly: str) -> datetime | None:
    """Return the end of the quiet hours in which ``at`` lies; nothing outside of them.

    ``weekly`` is JSON: by weekday (0 is Monday), windows of which one that ends before it begins lasts
    over midnight. Hours that never end are none: somebody who wants silence switches the alarms off.
    """
    calendar = _calendar(zone, weekly)
    if calendar is None or not calendar.is_open(at):
        return None
    return calendar.next_close(at)


def ends(zone: str, weekly: str) -> bool:
    """Say whether there are hours outside of these quiet ones."""
    calendar = _calendar(zone, weekly)
    return calendar is None or calendar.next_close(ANY) is not None


def _time(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)
