"""Read calendars, and keep in memory what was read: their rows never change."""

from collections.abc import Iterable

from server.db import sql
from sla import Calendar
from sla.stored import calendar_of

_calendars: dict[int, Calendar] = {}
"""Calendars by row; rows never change, so what was read once stays right."""


async def know_calendars(calendar_ids: Iterable[int]) -> None:
    """Read the calendars that this process has not read yet."""
    if missing := set(calendar_ids) - _calendars.keys():
        for row in await sql.rows(
            "SELECT id, zone, weekly, exceptions FROM calendars WHERE id = ANY($1::bigint[])",
            sorted(missing),
        ):
            _calendars[row["id"]] = calendar_of(
                row["zone"], sql.load(row["weekly"]), sql.load(row["exceptions"])
            )


def known_calendar(calendar_id: int) -> Calendar:
    """Return a calendar that this process has read."""
    return _calendars[calendar_id]
