"""Say times and spans in the reader's language and digits.

The present is always an argument; nothing here reads a clock.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property, lru_cache
from gettext import NullTranslations
from typing import Literal

from babel.dates import format_date, format_time, format_timedelta

from agent_ui.catalogue import mark as _
from agent_ui.models.codes import Digits, Locale

EASTERN = "٠١٢٣٤٥٦٧٨٩"
WESTERN = "0123456789"
_TO_EASTERN = str.maketrans(WESTERN, EASTERN)
_TO_WESTERN = str.maketrans(EASTERN, WESTERN)
NOW, TODAY, YESTERDAY = _("now"), _("Today"), _("Yesterday")
UNITS = {
    "left": _("{0} left"),
    "late": _("{0} late"),
    "d": _("{0}d"),
    "h": _("{0}h"),
    "m": _("{0}m"),
    "s": _("{0}s"),
}
LONG_AGO = timedelta(days=1)

Length = Literal["short", "long"]


def shape(text: str, digits: Digits) -> str:
    """Write the digits of a text as the reader chose."""
    return text.translate(_TO_EASTERN if digits == "arab" else _TO_WESTERN)


@dataclass(frozen=True)
class Times:
    """How one reader is told the time."""

    locale: Locale
    digits: Digits
    zone: tzinfo
    now: datetime
    words: NullTranslations

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def ago(self, at: datetime, *, length: Length = "short") -> str:
        """Say how long ago, up to a day; after that, which day."""
        passed = self.now - at
        if abs(passed) < timedelta(minutes=1):
            return self.words.gettext(NOW)
        if abs(passed) < LONG_AGO:
            span = format_timedelta(
                -passed, add_direction=True, threshold=1.2, format=length, locale=self.locale
            )
            return shape(span, self.digits)
        return self.day(at)

    def day(self, at: datetime) -> str:
        """Say the day, with its year only when it is not this one."""
        day = at.astimezone(self.zone).date()
        same_year = day.year == self.today.year
        return shape(_day(day, "d MMM" if same_year else "d MMM y", self.locale), self.digits)

    def exact(self, at: datetime) -> str:
        """Say everything, for a tooltip and for screen readers."""
        local = at.astimezone(self.zone)
        day = _day(local.date(), "full", self.locale)
        return shape(f"{day} {_minute(local, self.locale)}", self.digits)

    def clock(self, at: datetime) -> str:
        """Say the time of day, with the day in front when it is not today."""
        local = at.astimezone(self.zone)
        said = shape(_minute(local, self.locale), self.digits)
        return said if local.date() == self.today else f"{self.day(at)} {said}"

    def dated(self, at: datetime) -> str:
        """Say the day and the time of day, today too: what is kept must not depend on when it is read."""
        said = _minute(at.astimezone(self.zone), self.locale)
        return f"{self.day(at)} {shape(said, self.digits)}"

    def first_day(self, at: datetime) -> date:
        """Return the day on which something begins."""
        return at.astimezone(self.zone).date()

    def last_day(self, until: datetime) -> date:
        """Return the last day before something ends."""
        return self.first_day(until - timedelta(microseconds=1))

    def time_of_day(self, at: datetime) -> str:
        """Say the time of day alone, where the day stands beside it."""
        return shape(_minute(at.astimezone(self.zone), self.locale), self.digits)

    def short(self, at: datetime) -> str:
        """Say the time of day today, the day otherwise: what fits at the end of a row."""
        local = at.astimezone(self.zone)
        if local.date() == self.today:
            return shape(_minute(local, self.locale), self.digits)
        return self.day(at)

    def span(self, seconds: float) -> str:
        """Say a length of time in at most two units, as in ``1h 20m``."""
        units = self.units
        total = int(seconds)
        days, rest = divmod(total, 86400)
        hours, rest = divmod(rest, 3600)
        minutes, left = divmod(rest, 60)
        parts = [(days, "d"), (hours, "h"), (minutes, "m")]
        while len(parts) > 1 and not parts[0][0]:
            parts.pop(0)
        if total < 60:
            parts = [(left, "s")]
        said = [units[unit].format(n) for n, unit in parts[:2] if n] or [units["m"].format(0)]
        return shape(" ".join(said), self.digits)

    def working(self, seconds: float) -> str:
        """Say a length of working time in hours and minutes: a day of it is as long as the office is open."""
        hours, rest = divmod(int(seconds), 3600)
        if not hours:
            return self.span(rest)
        said = [self.units["h"].format(f"{hours:,}")]
        if minutes := rest // 60:
            said.append(self.units["m"].format(minutes))
        return shape(" ".join(said), self.digits)

    def left(self, due_at: datetime) -> str:
        """Say how long is left, or how late it is."""
        seconds = (due_at - self.now).total_seconds()
        pattern = self.units["left" if seconds >= 0 else "late"]
        return pattern.format(self.span(max(60, abs(seconds))))

    @cached_property
    def units(self) -> dict[str, str]:
        """The patterns that ``<time-left>`` counts down with."""
        said = {unit: self.words.gettext(pattern) for unit, pattern in UNITS.items()}
        digits = EASTERN if self.digits == "arab" else WESTERN
        return {**said, "join": " ", "digits": digits}

    @cached_property
    def units_json(self) -> str:
        """The same as the ``data-units`` attribute carries it."""
        return json.dumps(self.units, ensure_ascii=False)

    def calendar_day(self, at: datetime) -> str:
        """Say the day as a divider between messages does."""
        local, today = at.astimezone(self.zone).date(), self.today
        if local == today:
            return self.words.gettext(TODAY)
        if local == today - timedelta(days=1):
            return self.words.gettext(YESTERDAY)
        pattern = "EEEE d MMMM" if local.year == today.year else "d MMMM y"
        return shape(_day(local, pattern, self.locale), self.digits)


# A page names the same few days and minutes over and over.
@lru_cache(2048)
def _day(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)


def _minute(at: datetime, locale: Locale) -> str:
    return _time(time(at.hour, at.minute), locale)


@lru_cache(2048)
def _time(at: time, locale: Locale) -> str:
    return format_time(at, "short", locale=locale)
