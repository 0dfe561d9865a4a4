"""When a zone's distance from UTC changes, found by asking the zone itself.

``zoneinfo`` does not show its transitions. Asking every few days and halving finds them to the
second, and is remembered per zone.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla.errors import BadCalendar, NaiveInstant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
DAY = 86_400 * SECOND
FIRST_YEAR, LAST_YEAR = 2, 9998
_STEP = 3 * 86_400  # no zone ever changed and changed back within three days
_CYCLE_YEARS, _CYCLE = 400, 146_097 * 86_400  # the Gregorian calendar, weekdays included
_SETTLED = 2101  # published tables end before; from here on a zone only repeats its rule


def zone_named(name: str) -> tzinfo:
    """Give the IANA zone of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError, AttributeError) as error:
        raise BadCalendar(
            f"unknown time zone {name!r}: use an IANA name such as Africa/Cairo"
        ) from error


def in_utc(at: datetime) -> datetime:
    """Give the same instant in UTC: instants of one zone are compared by their wall clocks."""
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        raise NaiveInstant(f"{at!r} has no zone: give an instant, in UTC or any other zone")
    return at.astimezone(UTC)


def year_start(year: int) -> int:
    """Microseconds from the epoch to the first instant of a year in UTC."""
    return (datetime(year, 1, 1, tzinfo=UTC) - EPOCH).days * DAY


@lru_cache(maxsize=4096)
def changes(zone: tzinfo, year: int) -> tuple[tuple[int, int], ...]:
    """Every (instant, offset from then on) of one UTC year, its first instant included; in microseconds."""
    if year >= _SETTLED + _CYCLE_YEARS:
        cycles = (year - _SETTLED) // _CYCLE_YEARS
        shift = cycles * _CYCLE * SECOND
        return tuple(
            (at + shift, offset) for at, offset in changes(zone, year - cycles * _CYCLE_YEARS)
        )
    low, end = year_start(year) // SECOND, year_start(year + 1) // SECOND
    offset = _offset(zone, low)
    found = [(low * SECOND, offset)]
    while low < end:
        high = min(low + _STEP, end)
        after = _offset(zone, high)
        if after != offset:
            before, low_, high_ = offset, low, high
            while high_ - low_ > 1:
                middle = (low_ + high_) // 2
                if _offset(zone, middle) == before:
                    low_ = middle
                else:
                    high_ = middle
            if high_ < end:
                found.append((high_ * SECOND, after))
            offset = after
        low = high
    return tuple(found)


def _offset(zone: tzinfo, second: int) -> int:
    """Give the zone's distance from UTC at an instant, in microseconds."""
    offset = (EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
    if offset is None:
        raise BadCalendar(f"{zone!r} does not know its distance from UTC")
    return (offset.days * 86_400 + offset.seconds) * SECOND + offset.microseconds
