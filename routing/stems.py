"""Reduce the words of a normalised text to the stems that its index holds."""

import re
from functools import lru_cache
from typing import Final

from routing.arabic import stem as arabic_stem
from routing.latin import stem as latin_stem

# A word may come back from any script; each is remembered, since people use few words often.
_REMEMBERED: Final = 1 << 16
_ARABIC_FIRST: Final = "\u0621"
_ARABIC_LAST: Final = "\u06d3"


def stems(words: list[str]) -> list[str]:
    """Name the stem of each word in order; a lone "and" has none."""
    return [stem for stem in map(_stem, words) if stem]


@lru_cache(maxsize=_REMEMBERED)
def _stem(word: str) -> str:
    first = word[0]
    if _ARABIC_FIRST <= first <= _ARABIC_LAST:
        return arabic_stem(word)
    if "a" <= first <= "z" and not _DIGIT.search(word):
        return latin_stem(word)
    return word.replace("'", "")


_DIGIT: Final = re.compile("[0-9]")
