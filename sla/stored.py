"""A calendar from its stored form, as JSON carries it."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from sla.calendar import Calendar

Windows = Sequence[tuple[time, time]]


def calendar_of(zone: str, weekly: Mapping[str, Any], exceptions: Mapping[str, Any]) -> Calendar:
    """Read weekdays ``"0"`` (Monday) to ``"6"``, dates, and windows of ``HH:MM``; ``24:00`` ends a day."""
    return Calendar(zone, weekly_of(weekly), dated_of(exceptions))


def weekly_of(weekly: Mapping[str, Any]) -> dict[int, Windows]:
    """Read the windows of the week alone."""
    return {int(day): [_window(window) for window in windows] for day, windows in weekly.items()}


def dated_of(exceptions: Mapping[str, Any]) -> dict[date, Windows]:
    """Read the windows of the exceptions alone."""
    return {
        date.fromisoformat(day): [_window(window) for window in windows]
        for day, windows in exceptions.items()
    }


def _window(window: Sequence[str]) -> tuple[time, time]:
    start, end = window
    return time.fromisoformat(start), time(0) if end == "24:00" else time.fromisoformat(end)
