"""Message-IDs in headers: with brackets or without, folded, quoted or doubled."""

import re

from channels.email.parse import limits

BRACKETED = re.compile(r"<([^<>]*)>")
BLANKS = re.compile(r"[\s\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def one(value: str | None) -> str | None:
    """Give the first id of a header, without brackets and blanks."""
    found = many(value)
    return found[0] if found else None


def many(value: str | None) -> list[str]:
    """Give every id of a header in order, each once."""
    if not value:
        return []
    found = BRACKETED.findall(value)
    if not found:
        found = [piece for piece in re.split(r"[\s,;]+", value) if piece.strip("<>")]
        if found and not any("@" in piece for piece in found):
            found = [value] if len(value) < 500 else found
    ids = (BLANKS.sub("", piece).strip("<>\"'") for piece in found)
    return list(dict.fromkeys(one for one in ids if one))[: limits.REFERENCES]
