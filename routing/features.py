"""Turn a text into the counted pieces a topic model reads: words, stems, their pairs, and their letters.

Letters in runs of two to five carry misspellings, dialect and inflection; pairs of stems carry "not arrived"; words
as they stand carry what stems forget: "was charged" is not "will charge".
"""

import re
from collections import Counter
from itertools import pairwise
from typing import Final

from routing.text import normalise, search_terms

# The kinds of pieces and how much each says, found by trying them on phrasings never trained on: with few examples
# one must see through the wording, with many the wording itself tells.
KINDS: Final = ("words", "stems", "letters", "stem_letters")
# The network hears the first kinds only.
HEARD: Final = ("words", "stems")
WEIGHTS_OF_FEW: Final = (0.1, 0.6, 1.0, 0.7)
WEIGHTS_OF_MANY: Final = (0.6, 0.6, 1.0, 0.0)
# What a citizen wants stands at the beginning; signatures and quoted mails come after it.
LETTERS_READ: Final = 3000
_ASKING: Final = re.compile("[?؟!]")
_WORD: Final = re.compile(r"[^\W_]+")
_LONG: Final = 30
_NUMBER: Final = "0"


def pieces(text: str) -> dict[str, Counter[str]]:
    """Count the pieces of `text` by their kind."""
    head = text[:LETTERS_READ]
    words = [_word(word) for word in _WORD.findall(normalise(head))]
    stems = [_word(stem) for stem in search_terms(head)]
    return {
        "words": _with_pairs(words + _ASKING.findall(head)),
        "stems": _with_pairs(stems),
        "letters": _runs(words, 2, 5),
        "stem_letters": _runs(stems, 3, 4),
    }


def _word(word: str) -> str:
    # Which number it is says nothing about the topic, only that there is one.
    return _NUMBER if word.isdecimal() else word[:_LONG]


def _with_pairs(words: list[str]) -> Counter[str]:
    return Counter(words + [f"{one} {two}" for one, two in pairwise(words)])


def _runs(words: list[str], shortest: int, longest: int) -> Counter[str]:
    found: list[str] = []
    for word in words:
        padded = f" {word} "
        length = len(padded)
        for size in range(shortest, min(longest, length) + 1):
            found += [padded[at : at + size] for at in range(length - size + 1)]
    return Counter(found)
