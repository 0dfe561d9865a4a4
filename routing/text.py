"""Read text the way people mean it: one spelling for matching, word stems for the index.

What is stored and shown is never touched; only copies made for comparing pass through here.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from routing.compounds import HEADS, joined
from routing.letters import LONE_MARKS, READ_AS
from routing.stems import stems
from routing.tongues import direction, language

__all__ = ["direction", "language", "normalise", "search_terms"]

# Scripts whose composed letters the table knows; anything else is settled by repetition.
_PLAIN: Final = re.compile(
    "[\\x00-\u024f\u0600-\u06ff\u2010-\u2027\u202f\u2030-\u205e\u2066-\u2069]*"
)
_SETTLING_ROUNDS: Final = 4
# Unicode sorts marks in quadratic time: a megabyte of them would take an hour. Runs end at spaces where they can.
_RUN: Final = 512
_RUNS: Final = re.compile(rf"(?s:.{{0,{_RUN - 1}}}\s|.{{1,{_RUN}}})")
# Longer pieces are addresses and codes: too many and too rare to remember.
_SHORT: Final = 40

_MARKED: Final = "\u0900-\u0dff\u0e00-\u0eff\u0f71-\u0fbc\u102b-\u109d\u17b4-\u17dd"
_WORD: Final = re.compile(
    "[\u0621-\u064a\u066e-\u06d3]{1,64}"  # Arabic letters part from digits: رقم123 is two words
    "|[a-z0-9]{1,64}(?:'[a-z0-9]{1,64})?"  # Latin letters do not: A1234567 is one number
    f"|(?:[^\\W_a-z0-9\u0621-\u064a\u066e-\u06d3]|[{_MARKED}]){{1,64}}"
)


def normalise(text: str) -> str:
    """Spell `text` in the one way all its spellings share; doing it twice changes nothing."""
    if text.isascii():
        return " ".join(text.lower().split())
    once = _respell(text)
    if _PLAIN.fullmatch(once):
        return once
    for _ in range(_SETTLING_ROUNDS):
        again = _respell(once)
        if again == once:
            break
        once = again
    return once


def _respell(text: str) -> str:
    composed = _composed(LONE_MARKS.sub("", text))
    return joined(" ".join(composed.lower().translate(READ_AS).split()))


def _composed(text: str) -> str:
    if len(text) <= _RUN:
        return unicodedata.normalize("NFKC", text)
    return "".join([unicodedata.normalize("NFKC", run) for run in _RUNS.findall(text)])


def search_terms(text: str) -> list[str]:
    """Name the stems of `text` in its order, repeats included; numbers stay whole."""
    words: list[str] = []
    for piece in text.split():
        words += _words(piece) if len(piece) <= _SHORT else _split(piece)
    # Names of two words stand in several pieces: then the whole text is read at once.
    return stems(words if HEADS.isdisjoint(words) else _WORD.findall(normalise(text)))


def _split(piece: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(normalise(piece)))


_words: Final = lru_cache(maxsize=1 << 16)(_split)
