"""Public holidays of a country, as a beginning that people correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import holidays

from server.kit.errors import Invalid

COUNTRIES = (
    "SA", "AE", "BH", "KW", "OM", "QA", "YE", "EG", "IQ", "JO", "LB", "SY", "PS", "SD", "LY", "TN", "DZ",
    "MA", "MR", "SO", "DJ", "KM", "TR", "PK", "IN", "BD", "MY", "ID", "GB", "US", "FR", "DE", "ES",
)  # fmt: skip
FIRST, LAST = 1950, 2076
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Feast:
    """Days off in a row under one name; ``provisional`` ones wait for a moon to be sighted."""

    first: date
    last: date
    name: str
    provisional: bool


def of(country: str, year: int, *, locale: str) -> Sequence[Feast]:
    """Return the feasts of a year in their order; a feast of several days is one, so that it moves as one."""
    if country not in COUNTRIES or not FIRST <= year <= LAST:
        raise Invalid("country_unknown", field="periods")
    known = holidays.country_holidays(country)
    spoken = {tongue.split("_")[0]: tongue for tongue in known.supported_languages}
    language = spoken.get(locale) or known.default_language
    named, marked = (_named(country, year, language, marked=mark) for mark in (False, True))
    feasts: list[Feast] = []
    for day, name in sorted(named.items()):
        # Only the marked names tell a guess, each country's in its own way, some of them only when asked.
        provisional = marked[day] != name
        before = feasts[-1] if feasts else None
        if before and (before.last + _DAY, before.name, before.provisional) == (
            day,
            name,
            provisional,
        ):
            feasts[-1] = replace(before, last=day)
        else:
            feasts.append(Feast(day, day, name, provisional))
    return feasts


def _named(country: str, year: int, language: str | None, *, marked: bool) -> Mapping[date, str]:
    """Return the names of the days off, those that are guessed marked as such where ``marked`` asks for it."""
    options: dict[str, Any] = {"islamic_show_estimated": marked}
    try:
        return holidays.country_holidays(country, years=year, language=language, **options)
    except ValueError:
        # A country without feasts of the moon knows no such option.
        return holidays.country_holidays(country, years=year, language=language)
