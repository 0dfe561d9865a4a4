"""The words in braces that a canned reply leaves open, and how they are filled for one ticket."""

import re
from collections.abc import Mapping

from routing.text import normalise

NAMES: Mapping[str, tuple[str, str]] = {
    "contact": ("اسم المراجع", "contact name"),
    "number": ("رقم التذكرة", "ticket number"),
    "agent": ("اسم الموظف", "agent name"),
    "team": ("الفريق", "team"),
    "topic": ("الموضوع", "topic"),
    "subject": ("عنوان الرسالة", "subject"),
    "today": ("تاريخ اليوم", "today"),
}
"""What may be left open, as it is written in Arabic and in English."""

_OPEN = re.compile(r"\{([^{}\n]{0,60})\}")
_LONE = re.compile(r"\{[^{}\n]{0,20}|[^{}\n]{0,20}\}")
_KNOWN = {normalise(name): code for code, names in NAMES.items() for name in names}
_LEFT_TO_RIGHT, _EITHER, _POP = "\u2066", "\u2068", "\u2069"
_CONTROLS = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
# A link is left alone: the mark behind it would become part of the address that programs make of it.
_FOREIGN = re.compile(
    rf"(?P<kept>(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[^\s@]+|[\u2066-\u2068][^\u2069]*\u2069)"
    rf"|(?P<run>[+#]?[A-Za-z0-9٠-٩](?:[^\S\n]?[^\s\u0590-\u065f\u066a-\u08ff\ufb50-\ufefc{_CONTROLS}])*)"
)
_HAS_LETTERS = re.compile(r"[A-Za-z]")
_IN_PARTS = re.compile(r"[0-9٠-٩][^0-9٠-٩]+[0-9٠-٩]|^[+#]")
_ENDING = re.compile(r"[\s.,:;!?()\[\]\"'«»…–-]+$")


def unknown(text: str) -> str | None:
    """Return the first thing in braces that nothing is known by, or a brace that stands alone."""
    for found in _OPEN.finditer(text):
        if normalise(found[1]) not in _KNOWN:
            return found[0]
    lone = _LONE.search(_OPEN.sub("", text))
    return lone[0].strip() if lone else None


def filled(text: str, values: Mapping[str, str], *, language: str) -> str:
    """Fill in what is left open; in Arabic, what runs the other way keeps its order.

    A value that is missing leaves its place open, for the agent to see and fill.
    """
    arabic = language == "ar"

    def one(found: re.Match[str]) -> str:
        code = _KNOWN.get(normalise(found[1]), "")
        value = values.get(code, "")
        if not value:
            return found[0]
        if code == "number":
            return f"{_LEFT_TO_RIGHT}{value}{_POP}" if arabic else value
        return f"{_EITHER}{value}{_POP}" if _other_way(value, arabic=arabic) else value

    text = _OPEN.sub(one, text)
    return isolated(text) if arabic else text


def isolated(text: str) -> str:
    """Isolate Latin words and numbers of several parts in an Arabic text."""

    def one(found: re.Match[str]) -> str:
        if found["kept"]:
            return found[0]
        run = _ENDING.sub("", found["run"])
        if run.count("(") > run.count(")"):
            run = found["run"][: len(run) + 1]
        rest = found["run"][len(run) :]
        if not (_HAS_LETTERS.search(run) or _IN_PARTS.search(run)):
            return found[0]
        return f"{_LEFT_TO_RIGHT}{run}{_POP}{rest}"

    return _FOREIGN.sub(one, text)


def _other_way(value: str, *, arabic: bool) -> bool:
    return bool(re.search(r"[A-Za-z0-9]" if arabic else r"[\u0590-\u08ff]", value))


def quoted(text: str) -> str:
    """Return somebody else's words as a quotation, so that nobody takes them for the answer as it is."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines()) + "\n"
