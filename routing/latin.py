"""Stem English and French words lightly: endings of number and tense, never the root.

Accents are already gone here (see `routing.letters`); words with digits never arrive.
"""

from typing import Final

_VOWELS: Final = frozenset("aeiouy")
_ELIDED: Final = frozenset(
    ("l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu")
)
_KEPT: Final = frozenset(
    (
        "evening", "morning", "during", "nothing", "anything", "something", "everything", "news",
        "always", "perhaps", "mars", "paris", "france", "temps", "corps", "fois", "mois", "pays", "pas", "plus",
        "dans", "sous", "vous", "nous", "tres", "ans", "united",
    )
)  # fmt: skip

# Without its e each is another word.
_WITH_E: Final = frozenset(
    ("plane", "stage", "grade", "scare", "spare", "stare", "prime", "carte", "poste", "porte")
)


def stem(word: str) -> str:
    """Name what `word` shares with its plural, its past and its -ing form."""
    if "'" in word:
        word = _without_apostrophe(word)
    if len(word) < 4 or word in _KEPT:
        return word
    word = _without_plural(word)
    word = _without_tense(word)
    if len(word) > 4 and word.endswith("e") and word not in _WITH_E:
        word = word[:-1]
    if len(word) > 3 and word.endswith("ll"):  # travelled, traveled
        word = word[:-1]
    return word


def _without_apostrophe(word: str) -> str:
    head, _, tail = word.partition("'")
    if head in _ELIDED and len(tail) > 1:
        return tail.replace("'", "")
    if tail == "s":
        return head
    return word.replace("'", "")


def _without_plural(word: str) -> str:
    if not word.endswith("s") or word.endswith(("ss", "us", "is")):
        if word.endswith("aux") and len(word) > 5 and not word.endswith("eaux"):
            return word[:-3] + "al"
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    return word[:-1]


def _without_tense(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("ing"):
        bare = word[:-3]
    elif word.endswith("ed") and not word.endswith("eed"):
        bare = word[:-2]
    else:
        return word
    if len(bare) < 3 or _VOWELS.isdisjoint(bare):
        return word
    if bare[-1] == bare[-2] and bare[-1] not in "lsz":
        return bare[:-1]
    if (
        len(bare) == 3
        and bare[-1] not in "aeiouwxy"
        and bare[1] in _VOWELS
        and bare[0] not in _VOWELS
    ):
        return bare + "e"
    return bare
