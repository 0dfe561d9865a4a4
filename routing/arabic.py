"""Stem Arabic words lightly: what is written joined to a word comes off, its root stays.

Words arrive normalised: ة is ه, ى is ي, every alef is ا, and ئ and ؤ are ء.
"""

from typing import Final

from routing import arabic_words

_PRONOUNS: Final = ("هما", "كما", "ها", "هم", "هن", "كم", "نا", "ه", "ك", "ي")
_ARTICLES: Final = ("بال", "كال", "فال", "لل", "ال")
_LETTER_PREFIXES: Final = frozenset("بلكف")


def _trim(word: str) -> str:
    """Take possessives, then endings of number and gender; at least three letters stay."""
    if word in arabic_words.WHOLE:
        return word
    pronoun = ""
    for ending in _PRONOUNS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            pronoun = ending
            word = word[: -len(ending)]
            break
    word = _without_number(word, after_ya=pronoun == "ي")
    if word.endswith("اء") and len(word) > 3:  # اجراء, اجرا
        word = word[:-1]
    if word.endswith("ا") and len(word) > 3:  # شكرا, فيزا
        word = word[:-1]
    if word.endswith("ي") and len(word) > 3 and pronoun != "ي":
        word = word[:-1]
    if "اء" in word[:-1]:  # قائمة is often typed قايمة
        word = word[:-1].replace("اء", "اي") + word[-1]
    return word


def _without_number(word: str, *, after_ya: bool) -> str:
    length = len(word)
    if word.endswith("ات") and length >= 5:
        return word[:-2]
    if not after_ya and length >= 5:
        if word.endswith(("تين", "تان")) and length >= 6:
            return word[:-3]
        if word.endswith("ين") and not (length == 5 and word[0] == "ت"):  # تحسين is no plural
            return word[:-2]
        if word.endswith(("ون", "ان")) and length >= 6:
            return word[:-2]
    if word.endswith("ت") and length >= 4:
        return word[:-1]
    return word


_ROOTED: Final = frozenset(map(_trim, arabic_words.ROOTED))
_KNOWN: Final = frozenset(map(_trim, arabic_words.KNOWN))
_SINGULAR: Final = {
    _trim(plural): _trim(one)
    for one, plurals in arabic_words.PLURALS.items()
    for plural in plurals.split()
}


def stem(word: str) -> str:
    """Name what `word` shares with its forms; a lone و has no stem."""
    if word == "و":
        return ""
    bare = _trim(_without_prefixes(word))
    return _SINGULAR.get(bare, bare)


def _without_prefixes(word: str) -> str:
    if len(word) < 4 or word in arabic_words.WHOLE or _trim(word) in _ROOTED:
        return word
    if word[0] == "و":
        word = word[1:]
        if word in arabic_words.WHOLE or _trim(word) in _ROOTED:
            return word
    return _without_article(word)


def _without_article(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 2:
            if article == "لل" and _trim(word[1:]) in _KNOWN:  # للجنة is ل and لجنة
                return word[1:]
            if article not in {"لل", "ال"} and _known(word):  # بالغ, كالسيوم, فالح
                return word
            return word[len(article) :]
    if word[0] in _LETTER_PREFIXES and len(word) > 3 and not _known(word) and _known(word[1:]):
        return word[1:]
    return word


def _known(word: str) -> bool:
    bare = _trim(word)
    return bare in _KNOWN or bare in _ROOTED or bare in _SINGULAR
