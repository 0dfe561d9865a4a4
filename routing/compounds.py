"""Write names of two words in one way: عبد الرحمن and عبدالرحمن are the same person, ابوظبي and ابو ظبي one city.

Works on text whose letters are normalised. عبد and its like are joined to what follows, since الله and الرحمن alone
stand in every greeting; ابو is parted from it, since who looks for محمد wants ابو محمد too. Only a space between
two words counts; a comma keeps them apart.
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


_SERVANT: Final = re.compile(r"(?<!\w)([وفلب]?عبد) (?=ال\w)")
_FAITH: Final = re.compile(rf"(?<!\w)(و?(?:{_any(_OF_FAITH)})) (?=الدين(?!\w))")
_GIFT: Final = re.compile(rf"(?<!\w)(و?(?:{_any(_OF_GOD)})) (?=الله(?!\w))")
_WILLING: Final = re.compile(r"(?<!\w)ان (?=شاءالله|شاالله)")
# Not ابواب, doors, and not ابوها, her father.
_FATHER: Final = re.compile(r"(?<!\w)([وفلب]?ابو)(?=\w{3})(?!اب)")

# A text without any of these words holds no name to join; ابو is parted within its own word.
HEADS: Final = frozenset(
    [f"{before}عبد" for before in ["", *"وفلب"]]
    + [f"{before}{word}" for before in ("", "و") for word in f"{_OF_FAITH} {_OF_GOD}".split()]
)


def joined(text: str) -> str:
    """Join and part compound names."""
    if "ابو" in text:
        text = _FATHER.sub(r"\1 ", text)
    if "عبد " in text:
        text = _SERVANT.sub(r"\1", text)
    if " الدين" in text:
        text = _FAITH.sub(r"\1", text)
    if " الله" in text:
        text = _WILLING.sub("ان", _GIFT.sub(r"\1", text))
    return text
