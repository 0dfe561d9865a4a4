"""Which way a language or a line of text runs."""

import re
import unicodedata
from functools import cache

from babel import Locale as BabelLocale

from agent_ui.models.codes import Locale

# What mail programs put before a subject says nothing about the language behind it.
ANSWER_MARKS = re.compile(
    r"(?:\s*(?:re|fwd?|aw|sv|رد|إعادة توجيه)\s*(?:\[\d+\])?\s*:)+", re.IGNORECASE
)
FIRST = 200


@cache
def direction(locale: Locale) -> str:
    """Return the way a language is written."""
    return "rtl" if BabelLocale.parse(locale).text_direction == "rtl" else "ltr"


def line_direction(text: str) -> str:
    """Return the way of the first letter that has one; empty where no letter says."""
    marks = ANSWER_MARKS.match(text)
    for letter in text[marks.end() if marks else 0 :][:FIRST]:
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return ""
