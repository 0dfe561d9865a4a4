"""Opening hours as people type them, ``07:30-12:00 12:30-15:30``, and as calendars keep them."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from server.kit.errors import Invalid

MOST_WINDOWS = 8
LONGEST_RANGE = 400
MOST_DAYS = 3000
_WINDOW = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(?:-|–|—|to|إلى)\s*(\d{1,2})(?::(\d{2}))?")
_SEPARATORS = re.compile(r"[\s,;،؛]+")
_WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")

Windows = list[list[str]]


def windows(text: str) -> Windows:
    """Read windows; raise :class:`Invalid` for what cannot be meant."""
    text = text.translate(_WESTERN).strip()
    found: Windows = []
    rest = text
    while rest:
        match = _WINDOW.match(rest)
        if match is None or len(found) == MOST_WINDOWS:
            raise Invalid("hours_unreadable")
        first, first_minutes, last, last_minutes = match.groups()
        start, end = _moment(first, first_minutes), _moment(last, last_minutes)
        if start == "24:00":
            raise Invalid("hours_unreadable")
        found.append([start, "24:00" if end == "00:00" else end])
        rest = _SEPARATORS.sub(" ", rest[match.end() :]).strip()
    return found


def text(found: Sequence[Sequence[str]]) -> str:
    """Write windows as they are typed."""
    return " ".join(f"{start}-{end}" for start, end in found)


def day(typed: str) -> date:
    """Read a day; raise :class:`Invalid` for what is none."""
    try:
        return date.fromisoformat(typed.translate(_WESTERN).strip())
    except ValueError as error:
        raise Invalid("date_unreadable") from error


def days(first: date, last: date) -> list[date]:
    """Return every day of a range that can be meant."""
    if last < first:
        raise Invalid("range_inverted")
    if (last - first).days >= LONGEST_RANGE:
        raise Invalid("range_too_long")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _moment(hour: str, minutes: str | None) -> str:
    at = f"{int(hour):02}:{minutes or '00'}"
    if at > "24:00" or int(minutes or 0) > 59:
        raise Invalid("hours_unreadable")
    return at
