"""Stem Arabic words lightly: what is written joined to a word comes off, its root stays.

Words arrive normalised: ة is ه, ى is ي, every alef is ا, and ئ and ؤ are ء.
"""

from typing import Final

from routing import arabic_words

# The longest first, by the letter they end with.
_PRONOUNS: Final = {
    "ا": ("هما", "كما", "ها", "نا"),
    "م": ("هم", "كم"),
    "ن": ("هن",),
    "ه": ("ه",),
    "ك": ("ك",),
    "ي": ("ي",),
}
_ARTICLES: Final = {"ب": ("بال",), "ك": ("كال",), "ف": ("فال",), "ل": ("لل",), "ا": ("ال",)}
_LETTER_PREFIXES: Final = frozenset("بلكف")
_JOINED: Final = _LETTER_PREFIXES | {"و", "ا"}


def _trim(word: str) -> str:
    """Take possessives, then endings of number and gender; at least three letters stay."""
    length = len(word)
    if length < 4 or word in arabic_words.WHOLE:
        return word
    if word in arabic_words.IRREGULAR:
        return arabic_words.IRREGULAR[word]
    pronoun = ""
    for ending in _PRONOUNS.get(word[-1], ()):
        if word.endswith(ending) and length - len(ending) >= 3:
            pronoun = ending
            word = word[: -len(ending)]
            break
    last = word[-1]
    if last == "ت":
        word = _without_feminine(word)
    elif last == "ن" and pronoun != "ي":
        word = _without_number(word)
    return _without_weak_end(word, after_ya=pronoun == "ي")


def _without_feminine(word: str) -> str:
    if len(word) < 4:
        return word
    return word[:-2] if len(word) >= 5 and word[-2] == "ا" else word[:-1]


def _without_number(word: str) -> str:
    length = len(word)
    if length >= 6 and word.endswith(("تين", "تان")):
        return word[:-3]
    if (
        length >= 5 and word[-2] == "ي" and not (length == 5 and word[0] == "ت")
    ):  # تحسين is no plural
        return word[:-2]
    if length >= 6 and word[-2] in "وا":
        return word[:-2]
    return word


def _without_weak_end(word: str, *, after_ya: bool) -> str:
    if len(word) > 3 and word.endswith("اء"):  # اجراء, اجرا
        word = word[:-1]
    if len(word) > 3 and word[-1] == "ا":  # شكرا, فيزا
        word = word[:-1]
    if len(word) > 3 and word[-1] == "ي" and word[-2] != "ا" and not after_ya:  # ولاية is not ولا
        word = word[:-1]
    if "اء" in word and not word.endswith("اء"):  # قائمة is often typed قايمة
        word = word.replace("اء", "اي")
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
    bare = _trim(word)
    if (
        word[0] in _JOINED
        and len(word) > 3
        and bare not in _ROOTED
        and word not in arabic_words.WHOLE
    ):
        rest = _without_prefixes(word)
        if rest is not word:
            bare = _trim(rest)
    return _SINGULAR.get(bare, bare)


def _without_prefixes(word: str) -> str:
    if word[0] == "و":
        word = word[1:]
        if len(word) < 4 or word in arabic_words.WHOLE or _trim(word) in _ROOTED:
            return word
    for article in _ARTICLES.get(word[0], ()):
        if word.startswith(article) and len(word) - len(article) >= 2:
            return _without_article(word, article)
    if word[0] in _LETTER_PREFIXES and len(word) > 3 and _known(word[1:]) and not _known(word):
        return word[1:]
    return word


def _without_article(word: str, article: str) -> str:
    if article == "لل" and _trim(word[1:]) in _KNOWN:  # للجنة is ل and لجنة
        return word[1:]
    if article not in {"لل", "ال"} and _known(word):  # بالغ
        return word
    return word[len(article) :]


def _known(word: str) -> bool:
    bare = _trim(word)
    return bare in _KNOWN or bare in _ROOTED or bare in _SINGULAR
