"""Address lists: groups, comments, quotes, IDN and everything mailers get wrong."""

import re

from channels.email.parse import charset, limits, words
from channels.message import Party

TOKEN = re.compile(
    r"""(?P<encoded>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)|(?P<quoted>"(?:[^"\\]|\\.)*"?)|(?P<comment>\()|(?P<open><)|(?P<close>>)"""
    r"""|(?P<comma>[,،])|(?P<semi>;)|(?P<colon>:)|(?P<blank>\s+)"""
    r"""|(?P<word>[^"(<>,;:\s،]+)|(?P<odd>.)""",
    re.DOTALL,
)
LOOSE = re.compile(
    r"(?<![^\s<>()\[\],;:\\\"])[^\s@<>()\[\],;:\\\"]{1,128}+@[^\s@<>()\[\],;:\\\"]{1,255}+(?!@)"
)
ADDR = re.compile(
    r"[^\s@<>()\[\],;:\\\"]{1,128}@(?:[^\s@<>()\[\],;:\\\"]{1,255}|\[[^\s\]]{1,60}\])"
)
QUOTED_ADDR = re.compile(r"\"(?:[^\"\\]|\\.)*\"@[^\s@<>()\[\],;:\\\"]+")
WHOLE = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]+\?=(?=\s*(?:,|$))")
ANGLED = re.compile(r"[^<>]*<[^\s@<>,;]+@[^\s@<>,;]+>")
ESCAPED = re.compile(r"\\(.)")
EMPTY_BRACKETS = re.compile(r"\[\s*\]|<\s*>")
UNCLOSED = re.compile(rf"\s*{ADDR.pattern}\s*(?=[,;،]|$)")
ROUTE = re.compile(r"^[,\s]*@(?:[^:\[]|\[[^\]]*\])*:")
USUAL = re.compile(
    r"\s*(?:([\w .\-']*?)\s*<([\w.+\-=]+@[\w.\-]+)>|([\w.+\-=]+@[\w.\-]+))\s*", re.ASCII
)
NOT_SHOWN = dict.fromkeys((*range(32), 127, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
                           *range(0x2066, 0x206A), 0xFEFF))  # fmt: skip


def parse(raw: bytes, *, encoded_whole: bool = False) -> list[Party]:
    """Read an address header; an entry without a usable address keeps its name alone.

    `encoded_whole` also reads `name <address>` hidden in one encoded-word: right for recipients,
    never for authors, who could so pass for somebody else where others check the raw header.
    """
    value = words.FOLD.sub(" ", charset.decode(raw, None)[0])
    if encoded_whole and "=?" in value:
        value = WHOLE.sub(lambda word: _opened(word[0]), value)
    usual = USUAL.fullmatch(value)
    if usual:
        address = usual[2] or usual[3]
        return [Party(_clean(address), _name(usual[1] or "") or None)]
    parties = [party for entry in _entries(value) for party in _parties(entry)]
    return [party for party in parties if party.address or party.name]


def _opened(word: str) -> str:
    inside = words.decoded(word)
    return inside if ANGLED.fullmatch(inside) else word


class _Entry:
    """What stands between two commas: words in front, an angle address, comments."""

    def __init__(self) -> None:
        self.plain: list[str] = []
        self.angle: list[str] | None = None
        self.comments: list[str] = []
        self.closed = 0

    def next(self) -> "_Entry":
        """Begin a new entry with the words behind our address, where a comma was forgotten."""
        following = _Entry()
        following.plain = self.plain[self.closed :]
        del self.plain[self.closed :]
        return following

    def open(self, value: str, at: int) -> tuple[int, bool]:
        """Begin the angle address, or take the whole of one that is never closed."""
        if unclosed := UNCLOSED.match(value, at):
            self.angle = [unclosed[0]]
            return unclosed.end(), False
        inside = ">" in value[at : at + 1000]
        self.angle = [] if inside else self.angle
        return at, inside

    def __bool__(self) -> bool:
        return bool(self.plain or self.comments or self.angle is not None)


def _entries(value: str) -> list[_Entry]:
    """Split at commas outside quotes, comments and angles; groups are flattened."""
    entry = _Entry()
    entries = [entry]
    at, inside, comments = 0, False, True
    while at < len(value) and len(entries) <= limits.ADDRESSES:
        found = TOKEN.match(value, at)
        if found is None:
            break
        kind, token, at = found.lastgroup, found[0], found.end()
        if kind == "comment" and comments:
            comment, at, comments = _comment(value, at)
            entry.comments.append(comment)
        elif kind == "open":
            if entry.closed and _address("".join(entry.angle or ())):
                entry = entry.next()
                entries.append(entry)
            at, inside = entry.open(value, at)
        elif kind == "close":
            inside = False
            entry.closed = len(entry.plain) or 1
        elif inside and entry.angle is not None:
            entry.angle.append(token)
        elif kind in ("comma", "semi"):
            entry = _Entry()
            entries.append(entry)
        elif kind == "colon" and _begins_group(entry):
            entry.plain.clear()
        else:
            entry.plain.append(token)
    return [entry for entry in entries if entry]


def _begins_group(entry: _Entry) -> bool:
    return entry.angle is None and not any("@" in token for token in entry.plain)


def _comment(value: str, at: int) -> tuple[str, int, bool]:
    """Read up to the closing bracket, and say whether to believe in more comments.

    They nest and may never close; one that never closes hides no address behind it.
    """
    depth, start = 1, at
    while at < len(value):
        letter = value[at]
        if letter == "\\":
            at += 1
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                return value[start:at], at + 1, True
        at += 1
    return ("", start, False) if "<" in value[start:] else (value[start:], len(value), True)


def _parties(entry: _Entry) -> list[Party]:
    """Part addresses that stand side by side with nothing but blanks between them."""
    if entry.angle is None and not entry.comments:
        pieces = "".join(entry.plain).split()
        if len(pieces) > 1 and all(map(ADDR.fullmatch, pieces)):
            return [Party(_clean(piece)) for piece in pieces]
    return [_party(entry)]


def _party(entry: _Entry) -> Party:
    name = _name("".join(entry.plain))
    if entry.angle is not None:
        address = _address("".join(entry.angle))
        if not address:
            inner = _name("".join(entry.angle))
            found = _address("".join(entry.plain))
            return Party(found, None) if found else Party("", name or inner or None)
        return Party(address, name or _comments(entry) or None)
    plain = "".join(entry.plain).strip()
    address = _address(plain)
    if address:
        return Party(address, _comments(entry) or None)
    loose = LOOSE.search(words.WORD.sub(" ", re.sub(r'"[^"]*"', " ", plain)))
    if loose:
        rest = EMPTY_BRACKETS.sub(" ", plain.replace(loose[0], " ", 1))
        return Party(_clean(loose[0]), _name(rest) or _comments(entry) or None)
    return Party("", name or _comments(entry) or None)


def _comments(entry: _Entry) -> str:
    return _name(" ".join(entry.comments))


def _address(value: str) -> str:
    """Give the address if the whole value is one; encoded-words never make an address."""
    value = ROUTE.sub("", value.strip())
    if "=?" in value and "?=" in value:
        return ""
    bare = re.sub(r"\s*([@.])\s*", r"\1", value.strip().strip("'"))
    bare = bare.removeprefix("mailto:")
    if ADDR.fullmatch(bare) or QUOTED_ADDR.fullmatch(bare):
        return _clean(bare)
    inner = bare.strip('"').strip()
    return _clean(inner) if ADDR.fullmatch(inner) else ""


def _clean(address: str) -> str:
    """Lower the domain, drop what cannot be seen, leave the local part as it is."""
    if not address.isascii():
        address = address.translate(NOT_SHOWN)
    if address.startswith('"'):
        local, _, domain = address.rpartition("@")
        plain = ESCAPED.sub(r"\1", local[1:-1])
        simple = re.fullmatch(r"[\w.!#$%&'*+/=?^`{|}~-]+", plain) and ".." not in plain
        address = f"{plain if simple else local}@{domain}"
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.rstrip('.').lower()}"


def _name(value: str) -> str:
    """Unquote and decode a display name."""
    value = value.strip()
    if '"' in value:
        value = re.sub(r'"((?:[^"\\]|\\.)*)"?', lambda quoted: ESCAPED.sub(r"\1", quoted[1]), value)
    if "=?" in value:
        value = words.decoded(value)
    value = " ".join((value if value.isprintable() else value.translate(words.CONTROLS)).split())
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1].strip()
    return value
