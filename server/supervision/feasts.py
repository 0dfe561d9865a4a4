"""Public holidays of a country, as a beginning that people correct."""

from collections.abc import Sequence
from datetime import date

import holidays

from server.kit.errors import Invalid

COUNTRIES = (
    "SA", "AE", "BH", "KW", "OM", "QA", "YE", "EG", "IQ", "JO", "LB", "SY", "PS", "SD", "LY", "TN", "DZ",
    "MA", "MR", "SO", "DJ", "KM", "TR", "PK", "IN", "BD", "MY", "ID", "GB", "US", "FR", "DE", "ES",
)  # fmt: skip
FIRST, LAST = 1950, 2076


def of(country: str, year: int, *, locale: str) -> Sequence[tuple[date, str, bool]]:
    """Return each day off with its name, and whether it waits for a moon to be sighted."""
    if country not in COUNTRIES or not FIRST <= year <= LAST:
        raise Invalid("country_unknown", field="periods")
    known = holidays.country_holidays(country)
    spoken = {tongue.split("_")[0]: tongue for tongue in known.supported_languages}
    language = spoken.get(locale) or known.default_language
    found = holidays.country_holidays(country, years=year, language=language)
    guessed = (*ESTIMATED, *(str(getattr(known, "estimated_label", "")).replace("%s", "").strip(),))
    return [
        (when, name, any(mark and mark in name for mark in guessed))
        for when, name in sorted(found.items())
    ]


ESTIMATED = ("estimated", "المقدر")
