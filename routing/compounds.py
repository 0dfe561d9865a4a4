"""Write names of two words as one: عبد الرحمن and عبدالرحمن are the same person.

Works on text whose letters are normalised. The joined form is the one kept: الله and الرحمن alone stand in every
greeting. Only a space between two words goes; a comma keeps them apart.
"""

import re
from typing import Final

_OF_FAITH: Final = (
    "نور صلاح عز علاء سيف حسام جمال محي محيي بدر شمس ضياء عماد فخر كمال نجم تاج تقي زين سراج شهاب جلال بهاء نصر سعد خير"
    " شرف ركن عصام نظام مجد"
)
_OF_GOD: Final = "نصر عطا عطاء جاد فتح حسب ضيف خلف عوض سعد هبه رزق خير جار شاء شا مال منه امه"


def _any(words: str) -> str:
    return "|".join(words.split())


_SERVANT: Final = re.compile(r"(?<!\w)((?:[وفلب]?ابو)?[وفلب]?عبد) (?=ال\w)")
_FAITH: Final = re.compile(rf"(?<!\w)(و?(?:{_any(_OF_FAITH)})) (?=الدين(?!\w))")
_GIFT: Final = re.compile(rf"(?<!\w)(و?(?:{_any(_OF_GOD)})) (?=الله(?!\w))")
_WILLING: Final = re.compile(r"(?<!\w)ان (?=شاءالله|شاالله)")
_FATHER: Final = re.compile(r"(?<!\w)([وفلب]?ابو) (?=\w)")

# A text without any of these words holds no name to join.
HEADS: Final = frozenset(
    [
        f"{before}{father}{servant}عبد"
        for before in ["", *"وفلب"]
        for father in ("", "ابو")
        for servant in ["", *"وفلب"]
    ]
    + [f"{before}ابو" for before in ["", *"وفلب"]]
    + [f"{before}{word}" for before in ("", "و") for word in f"{_OF_FAITH} {_OF_GOD}".split()]
)


def joined(text: str) -> str:
    """Take the space out of compound names, the inner ones first: ابو (عبد الله)."""
    if "عبد " in text:
        text = _SERVANT.sub(r"\1", text)
    if " الدين" in text:
        text = _FAITH.sub(r"\1", text)
    if " الله" in text:
        text = _WILLING.sub("ان", _GIFT.sub(r"\1", text))
    if "ابو " in text:
        text = _FATHER.sub(r"\1", text)
    return text
