"""Which letters, marks and digits count as the same when text is matched.

One table drives `routing.text.normalise`: a code point maps to what it is read as, or to nothing.
"""

import re
import unicodedata
from typing import Final

# The zero of every decimal digit set except our own; the other nine digits follow each in order.
ZEROS: Final = (
    "\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0de6\u0e50\u0ed0\u0f20"
    "\u1040\u1090\u17e0\u1810\u1946\u19d0\u1a80\u1a90\u1b50\u1bb0\u1c40\u1c50\ua620\ua8d0\ua900\ua9d0"
    "\ua9f0\uaa50\uabf0\U000104a0\U00010d30\U00011066\U000110f0\U00011136\U000111d0\U000112f0"
    "\U00011450\U000114d0\U00011650\U000116c0\U00011730\U000118e0\U00011950\U00011c50\U00011d50"
    "\U00011da0\U00016a60\U00016ac0\U00016b50\U0001e140\U0001e2f0\U0001e950"
)

_SAME: Final = {
    "ا": "أإآٱٲٳ",
    "ء": "ئؤٴۓ",
    "ي": "ىیۍېےؠێۑ",
    "و": "ۄۅۆۇۈۉۊۋۏ",
    "ه": "ةہھۀۂۃەۿ",
    "ك": "کڪګڬڭڮگڰڱڲڳڴݢݣݤ",
    "ب": "پٻڀٮ",
    "ت": "ٹټٺ",
    "ج": "چڃڄڇ",
    "د": "ڈډڌڎڐ",
    "ر": "ڑړڕږڒ",
    "ز": "ژڙ",
    "ف": "ڤڡڢڣڥڦ",
    "ق": "ٯڧڨ",
    "ن": "ںڻڼڽ",
    "ل": "ڵڶڷڸ",
    "س": "ښڛ",
    "'": "’‘ʼʹ`´′",
    '"': "“”„«»",
    "-": "‐‑‒–—―−",
    ".": "٫",
    ",": "٬",
    "ss": "ß",
    "ae": "æ",
    "oe": "œ",
    "o": "ø",
    "d": "đð",
    "l": "ł",
    "i": "ı",
    "h": "ħ",
}

# Marks above and below letters, tatweel, joiners, direction signs, variation selectors: read as nothing.
_NOTHING: Final = (
    (0x00AD, 0x00AD),
    (0x0300, 0x036F),
    (0x0483, 0x0487),
    (0x0591, 0x05BD),
    (0x05BF, 0x05BF),
    (0x05C1, 0x05C2),
    (0x05C4, 0x05C5),
    (0x0610, 0x061A),
    (0x061C, 0x061C),
    (0x0640, 0x0640),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),
    (0x06DF, 0x06E8),
    (0x06EA, 0x06ED),
    (0x08D3, 0x08FF),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x2064),
    (0x2066, 0x206F),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0xFEFF, 0xFEFF),
    (0xE0100, 0xE01EF),
)

# Marks that Unicode spells as "space + mark": composing them would tear a word in two.
LONE_MARKS: Final = re.compile("[\ufc5e-\ufc63\ufe70\ufe72\ufe74\ufe76\ufe78\ufe7a\ufe7c\ufe7e]")


def _accented() -> dict[int, str]:
    """Latin letters with an accent, each read as its bare letter."""
    table = {}
    for code in (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00)):
        bare = unicodedata.normalize("NFKD", chr(code))[0]
        if bare != chr(code) and bare.isascii():
            table[code] = bare
    return table


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = dict(_accented())
    for low, high in _NOTHING:
        table.update(dict.fromkeys(range(low, high + 1)))
    for letter, others in _SAME.items():
        table.update(dict.fromkeys(map(ord, others), letter))
    for zero in ZEROS:
        table.update({ord(zero) + value: str(value) for value in range(10)})
    return table


READ_AS: Final = _table()
