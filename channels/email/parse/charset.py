"""Turn bytes into text when the label is wrong, missing or lying; Arabic is the likely guess here."""

import codecs
import re
from functools import lru_cache

from channels.email.parse import japanese, limits

# Labels that mean something wider in practice than by their standard (WHATWG does the same).
ALIASES = {
    "ascii": "cp1252", "us-ascii": "cp1252", "ansi_x3.4-1968": "cp1252", "ansi": "cp1252",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "latin1": "cp1252",
    "latin-1": "cp1252", "l1": "cp1252", "8859-1": "cp1252", "windows-1252": "cp1252",
    "iso-8859-1-windows-3.1-latin-1": "cp1252", "x-ansi": "cp1252", "western": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "gb2312-80": "gb18030", "chinesegb": "gb18030", "cp936": "gb18030", "cn-gb": "gb18030",
    "hz-gb-2312": "hz", "big5": "cp950", "cn-big5": "cp950", "x-x-big5": "cp950",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932",
    "windows-31j": "cp932", "ms932": "cp932", "iso-2022-jp": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext", "cp50221": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext",
    "x-euc-jp": "euc_jp", "cp51932": "euc_jp",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949",
    "ks_c_5601-1989": "cp949", "korean": "cp949", "windows-949": "cp949", "x-windows-949": "cp949",
    "iso-8859-6-i": "iso8859_6", "iso-8859-6-e": "iso8859_6", "asmo-708": "iso8859_6",
    "iso-8859-8-i": "iso8859_8", "iso-8859-8-e": "iso8859_8", "logical": "iso8859_8",
    "arabic": "iso8859_6", "dos-720": "cp720", "ibm-864": "cp864", "x-mac-arabic": "mac_arabic",
    "windows-874": "cp874", "tis-620": "cp874", "iso-8859-11": "cp874", "iso-8859-9": "cp1254",
    "latin5": "cp1254", "x-cp1250": "cp1250", "x-cp1251": "cp1251", "koi8-ru": "koi8_u",
    "macintosh": "mac_roman", "x-mac-roman": "mac_roman", "mac": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic", "x-mac-ce": "mac_latin2",
    "unicode-1-1-utf-8": "utf_8", "utf8": "utf_8", "utf-8": "utf_8", "utf_8": "utf_8",
    "utf-8mb4": "utf_8", "utf8mb4": "utf_8", "x-utf-8": "utf_8", "cp65001": "utf_8",
    "unicode-1-1-utf-7": "utf_7", "utf-16": "utf_16", "unicode": "utf_16", "ucs-2": "utf_16",
}  # fmt: skip
UNLABELLED = frozenset(
    {"", "unknown", "x-unknown", "unknown-8bit", "x-user-defined", "8bit", "default", "none",
     "default_charset", "binary", "utf", "undefined", "other", "7bit", "iso-8859"}
)  # fmt: skip
# Codecs of Python that are no charsets, and must never be reached from a mail's label.
NOT_TEXT = frozenset(
    {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "mbcs", "oem",
     "palmos", "rot_13", "charmap", "unicode_internal"}
)  # fmt: skip
BOMS = (
    (codecs.BOM_UTF8, "utf_8_sig"),
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF32_BE, "utf_32"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
WIDE = frozenset({"utf_7", "utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be"})
ESCAPES = (
    (b"\x1b$B", "iso2022_jp_ext"), (b"\x1b$@", "iso2022_jp_ext"), (b"\x1b(J", "iso2022_jp_ext"),
    (b"\x1b$)C", "iso2022_kr"),
)  # fmt: skip
LABEL_ENDS = re.compile(r"[\s(,;]")
HIGH = re.compile(rb"[\x80-\xff]+")
HIGH_RUN = re.compile(rb"[\x80-\xff]{2,}")
ARABIC_COMMON = frozenset("اليمونرتبةعدسفهكقحجأشصطخىذضزغثإءئظؤآ")
ARABIC_FREQUENT = frozenset("اليمونرتبةعد")


@lru_cache(maxsize=256)
def codec(label: str) -> str | None:
    """Name the Python codec for a charset label, or None where the label says nothing usable."""
    name = LABEL_ENDS.split(label.strip().strip("\"'").lower().partition("*")[0].strip())[0]
    if name in UNLABELLED:
        return None
    for spelling in (name, name.replace("_", "-"), re.sub(r"[^a-z0-9-]", "", name)):
        if spelling in ALIASES:
            return ALIASES[spelling]
    for spelling in (name, re.sub(r"^(?:windows|win|cp|x-cp|ibm)[-_]?(?=\d)", "cp", name)):
        try:
            found = codecs.lookup(spelling)
        except (LookupError, ValueError):
            continue
        known = found.name.replace("-", "_")
        if known not in NOT_TEXT and getattr(found, "_is_text_encoding", True):
            return ALIASES.get(found.name, known)
    return None


def decode(data: bytes, label: str | None) -> tuple[str, str | None]:
    """Give the text, and a warning where we had to disagree with the label."""
    stripped = (label or "").strip()
    if data.isascii() and b"\x1b" not in data:
        name = codec(stripped) if stripped else None
        if name not in WIDE and name != "hz":
            return data.decode("ascii"), None
    for mark, name in BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace"), None
    named = codec(stripped) if stripped else None
    if named is None:
        text, found = guess(data)
        return text, f"charset {stripped!r} guessed as {found}" if stripped else None
    return _believe_if_plausible(data, stripped, named)


def _believe_if_plausible(data: bytes, label: str, named: str) -> tuple[str, str | None]:
    """Follow the label unless the bytes speak clearly against it."""
    if named != "utf_8" and named not in WIDE:
        as_utf8 = _really_utf8(data, sure=named == "cp1252")
        if as_utf8 is not None:
            return as_utf8, f"charset {label!r} is really utf-8"
    try:
        text = data.decode(named)
    except (UnicodeDecodeError, UnicodeError, ValueError):
        return _mend(data, label, named)
    if named in WIDE:  # these can spell halves of letters, which no database takes
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), None
    if named == "cp1252" and looks_arabic(data):
        arabic, found = guess(data)
        return arabic, f"charset {label!r} is really {found}"
    return text, None


def _mend(data: bytes, label: str, named: str) -> tuple[str, str | None]:
    """Read what is undecodable: a few bad bytes are replaced, many mean another charset."""
    patched = data.decode(named, "replace")
    if named in japanese.NARROW:
        patched = min(patched, japanese.decode(data), key=lambda text: text.count("\ufffd"))
    bad = patched.count("\ufffd")
    if named.startswith("cp125") or bad * 20 <= len(HIGH.findall(data)) + 10:
        if named == "cp1252" and not looks_arabic(data):
            # the five holes of windows-1252 are controls in latin-1, as browsers read them
            holes = {0x81: "\x81", 0x8D: "\x8d", 0x8F: "\x8f", 0x90: "\x90", 0x9D: "\x9d"}
            table = "".join(
                holes.get(i) or bytes((i,)).decode("cp1252", "replace") for i in range(256)
            )
            return codecs.charmap_decode(data, "replace", table)[0], None
        if named != "cp1252":
            return patched, f"charset {label!r}: {bad} undecodable"
    text, found = guess(data)
    return text, f"charset {label!r} is really {found}"


def _really_utf8(data: bytes, *, sure: bool) -> str | None:
    """Decode as UTF-8 if the high bytes can hardly be anything else."""
    high = HIGH.findall(data[: limits.GUESS_BYTES])
    if not high or (not sure and len(high) < 3 and sum(map(len, high)) < 6):
        return None
    try:
        return data.decode("utf_8")
    except UnicodeDecodeError:
        return None


def guess(data: bytes) -> tuple[str, str]:
    """Decode unlabelled bytes, and say as what."""
    for mark, name in ESCAPES:
        if mark in data:
            return data.decode(name, "replace"), name
    try:
        return data.decode("utf_8"), "utf-8"
    except UnicodeDecodeError as error:
        # a mail cut in the middle of a letter, or with one bad byte in much good UTF-8
        if error.start > len(data) - 4 and len(data) > 40:
            return data.decode("utf_8", "replace"), "utf-8"
    patched = data.decode("utf_8", "replace")
    letters = sum(1 for letter in patched[:4000] if letter > "\x7f" and letter != "\ufffd")
    if letters > 10 * max(1, patched[:4000].count("\ufffd")):
        return patched, "utf-8"
    name = _single_byte(data)
    return data.decode(name, "replace"), name


def _single_byte(data: bytes) -> str:
    """Choose by what the high bytes look like: Arabic first, then others, windows-1252 last."""
    sample = data[: limits.GUESS_BYTES]
    runs = sum(map(len, HIGH_RUN.findall(sample)))
    high = sum(map(len, HIGH.findall(sample)))
    if runs * 2 < high or runs < 2:
        return "cp1252"
    if looks_arabic(sample):
        return max(("cp1256", "iso8859_6"), key=lambda name: _arabic_score(sample, name))
    return _other(sample) if high >= 6 else "cp1252"


def looks_arabic(data: bytes) -> bool:
    """Tell whether single-byte Arabic is hidden in bytes labelled as something western."""
    sample = data[: limits.GUESS_BYTES]
    high = sum(map(len, HIGH.findall(sample)))
    runs = sum(map(len, HIGH_RUN.findall(sample)))
    if high < 3 or runs * 10 < high * 8:
        return False
    best = max(_arabic_score(sample, "cp1256"), _arabic_score(sample, "iso8859_6"))
    return best >= 0.5


def _arabic_score(data: bytes, name: str) -> float:
    """Weigh how much of the high half reads as Arabic in its usual letter frequencies."""
    letters = [letter for letter in data.decode(name, "replace") if letter > "\x7f"]
    if not letters:
        return 0.0
    frequent = sum(letter in ARABIC_FREQUENT for letter in letters)
    common = sum(letter in ARABIC_COMMON for letter in letters)
    return (frequent + common - 2 * letters.count("\ufffd")) / (2 * len(letters))


def _other(sample: bytes) -> str:
    """Ask charset-normalizer, which knows many languages but costs milliseconds."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:4000], steps=3, chunk_size=512, explain=False).best()
    return best.encoding if best else "cp1252"
