"""Write names of two words as one: عبد الرحمن and عبدالرحمن are the same person.

Works on normalised text. The joined form is the one kept: الله and الرحمن alone stand in every greeting.
"""

import re
from typing import Final

_SERVANT: Final = re.compile(r"(?<!\S)([وفلب]?عبد) (?=ال\w)")
_FATHER: Final = re.compile(r"(?<!\S)([وفلب]?ابو) (?=\w)")
_FAITH: Final = re.compile(
    r"(?<!\S)([وفلب]?(?:نور|صلاح|عز|علاء|سيف|حسام|جمال|محي|محيي|بدر|شمس|ضياء|عماد|فخر|كمال|نجم|تاج|تقي|زين|سراج|شهاب"
    r"|جلال|بهاء|نصر|سعد|خير|شرف|ركن|عصام|نظام|مجد)) (?=الدين(?!\w))"
)
_GIFT: Final = re.compile(
    r"(?<!\S)([وفلب]?(?:نصر|عطا|عطاء|جاد|فتح|حسب|ضيف|خلف|عوض|سعد|هبه|رزق|خير|جار|شاء|شا|مال|منه|امه)) (?=الله(?!\w))"
)
_GOD_WILLING: Final = re.compile(r"(?<!\S)ان (?=شاءالله|شاالله)")


def joined(text: str) -> str:
    """Take the space out of compound names."""
    if "عبد " in text:
        text = _SERVANT.sub(r"\1", text)
    if "ابو " in text:
        text = _FATHER.sub(r"\1", text)
    if " الدين" in text:
        text = _FAITH.sub(r"\1", text)
    if " الله" in text:
        text = _GIFT.sub(r"\1", text)
        text = _GOD_WILLING.sub("ان", text)
    return text
