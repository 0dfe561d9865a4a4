"""Say weekdays, countries, working hours, and days by both calendars: Gregorian and Hijri (Umm al-Qura)."""

from datetime import date
from functools import lru_cache
from typing import ClassVar, get_args

from babel import Locale as Tongue
from babel.dates import format_date, get_day_names
from hijridate import Gregorian

from agent_ui.models.codes import ChannelKind, Digits, Locale
from agent_ui.times import shape

HOUR = 3600
_ARABIC_MARKS = str.maketrans({",": "٬", ".": "٫"})


class DayWords:
    """What a reader calls days and places."""

    locale: Locale
    digits: Digits

    channels: ClassVar[tuple[str, ...]] = get_args(ChannelKind)

    def weekday(self, number: int) -> str:
        """Return the name of a weekday; 0 is Monday."""
        return str(get_day_names("wide", "stand-alone", self.locale)[number])

    def hijri(self, day: date) -> str:
        """Return a day by the Hijri calendar; nothing outside the years that Umm al-Qura has published."""
        return shape(_hijri(day, self.locale), self.digits)

    def hijri_typed(self, text: str) -> str:
        """Return a day as forms carry it by the Hijri calendar; nothing for what is no day."""
        try:
            return self.hijri(date.fromisoformat(text))
        except ValueError:
            return ""

    def full_day(self, day: date) -> str:
        """Return a day with its weekday by the Gregorian calendar."""
        return shape(format_date(day, "EEEE d MMMM y", locale=self.locale), self.digits)

    def both_days(self, day: date) -> str:
        """Return a day by both calendars."""
        return both_days(day, self.locale, self.digits)

    def country(self, code: str) -> str:
        """Return what a country is called."""
        return _territories(self.locale).get(code, code)

    def decimal(self, value: float) -> str:
        """Write a number with at most one digit behind the point."""
        text = shape(f"{value:,.1f}".removesuffix(".0"), self.digits)
        return text.translate(_ARABIC_MARKS) if self.digits == "arab" else text

    def signed(self, value: float) -> str:
        """Write a difference with its sign, left to right."""
        if round(value, 1) == 0:
            return self.decimal(0)
        sign = "+" if value > 0 else "\u2212"
        return f"\u2066{sign}{self.decimal(abs(value))}\u2069"

    def percent(self, value: float) -> str:
        """Write a share in per cent."""
        return f"{self.decimal(value)}{'٪' if self.digits == 'arab' else '%'}"

    def hours(self, seconds: float) -> str:
        """Write a length of time in hours, as working weeks are told."""
        return self.decimal(seconds / HOUR)


def both_days(day: date, locale: Locale, digits: Digits) -> str:
    """Return a day with its weekday by both calendars; by one where Umm al-Qura has published nothing."""
    said, hijri = format_date(day, "EEEE d MMMM y", locale=locale), _hijri(day, locale)
    return shape(f"{said} ({hijri})" if hijri else said, digits)


@lru_cache(2048)
def _hijri(day: date, locale: Locale) -> str:
    try:
        found = Gregorian.fromdate(day).to_hijri()
    except OverflowError:
        return ""
    return f"{found.day} {found.month_name(locale)} {found.year} {found.notation(locale)}"


@lru_cache(2)
def _territories(locale: Locale) -> dict[str, str]:
    return dict(Tongue.parse(locale).territories)
