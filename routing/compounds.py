"""Write names of two words as one: عبد الرحمن and عبدالرحمن are the same person.

Works on words spelt alike. The joined form is the one kept: الله and الرحمن alone stand in every greeting.
"""

from typing import Final

_SERVANT: Final = frozenset(("عبد", "وعبد", "لعبد", "بعبد", "فعبد"))
_FATHER: Final = frozenset(("ابو", "وابو", "لابو", "بابو"))
_OF_FAITH: Final = frozenset(
    (
        "نور", "صلاح", "عز", "علاء", "سيف", "حسام", "جمال", "محي", "محيي", "بدر", "شمس", "ضياء", "عماد", "فخر",
        "كمال", "نجم", "تاج", "تقي", "زين", "سراج", "شهاب", "جلال", "بهاء", "نصر", "سعد", "خير", "شرف", "ركن",
        "عصام", "نظام", "مجد",
    )
)  # fmt: skip
_OF_GOD: Final = frozenset(
    (
        "نصر", "عطا", "عطاء", "جاد", "فتح", "حسب", "ضيف", "خلف", "عوض", "سعد", "هبه", "رزق", "خير", "جار",
        "شاء", "شا", "مال", "منه", "امه",
    )
)  # fmt: skip
_HEADS: Final = _SERVANT | _FATHER | _OF_FAITH | _OF_GOD
_WILLING: Final = frozenset(("شاءالله", "شاالله"))


def joined(words: list[str]) -> list[str]:
    """Take the space out of compound names."""
    if _HEADS.isdisjoint(words):
        return words
    out: list[str] = []
    for word in words:
        if out and _one_name(out[-1], word):
            out[-1] += word
        else:
            out.append(word)
        if len(out) > 1 and out[-1] in _WILLING and out[-2] == "ان":
            out[-2:] = ["ان" + out[-1]]
    return out


def _one_name(head: str, word: str) -> bool:
    if not word.isalpha():
        return False
    if head in _FATHER:
        return len(word) > 1 and not word.startswith("ابو")
    if head.startswith("ابو") and head.endswith("عبد"):  # ابو عبد الله
        head = "عبد"
    if head in _SERVANT:
        return len(word) > 3 and word.startswith("ال")
    bare = head.removeprefix("و")
    return (word == "الدين" and bare in _OF_FAITH) or (word == "الله" and bare in _OF_GOD)
