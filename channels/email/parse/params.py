"""Parameters of Content-Type and Content-Disposition, RFC 2231 well-formed or broken."""

import re
from urllib.parse import unquote_to_bytes

from channels.email.parse import charset, words

PARAM = re.compile(
    r"""(?<![^;\s])([^\s=;"]{1,100})[ \t]{0,20}=[ \t]{0,20}"""
    r"""("(?:[^"\\]|\\.)*"|"[^";]*|'[^';]*'(?=\s*(?:;|$))|[^;]*)""",
    re.DOTALL,
)
NUMBERED = re.compile(r"(.+?)\*(\d{1,3})(\*?)")
ESCAPE = re.compile(r'\\(["\\])')
NEXT = re.compile(rb"\r?\n[ \t]+(?=[^\s=;\"]{1,60}[ \t]*=)")
AROUND_SLASH = re.compile(r"\s*/\s*")
RFC2231 = re.compile(r"([A-Za-z0-9_.:+-]*)'([^']*)'(.*)", re.DOTALL)


def parse(raw: bytes) -> tuple[str, dict[str, str]]:
    """Split `value; name=text …` into the lower-case value and its decoded parameters."""
    if b"\n" in raw:
        raw = NEXT.sub(lambda fold: _separated(raw, fold), raw)
    head, _, tail = raw.partition(b";")
    value = AROUND_SLASH.sub("/", head.decode("latin-1").strip().lower()).strip("<>\"',")
    name = head.partition(b"=")[0].split()
    if b"=" in head and name:  # parameters with no semicolon, or with no value, in front of them
        first = name[0] if len(name) > 1 or b"/" in name[0] else b""
        rest = b";" + head.lstrip()[len(first) :] + b";" + tail
        return first.decode("latin-1").lower(), parse(rest)[1]
    if len(value.split()) > 1:
        value = value.split()[0]  # whatever else a broken mailer wrote into the line
    if not tail.strip():
        return value, {}
    text = words.FOLD.sub(" ", charset.decode(tail, None)[0])
    found = [(name.lower(), _bare(value)) for name, value in PARAM.findall(text)[:200]]
    if "*" not in text:
        return value, {name: _decoded(text) for name, text in reversed(found)}
    return value, _joined(found)


def _separated(raw: bytes, fold: re.Match[bytes]) -> bytes:
    """Put in the semicolon that a mailer left out between two lines, but not inside quotes."""
    before = raw[: fold.start()]
    ended = before.rstrip().endswith(b";") or before.count(b'"') % 2
    return fold[0] if ended else b";" + fold[0]


def _bare(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        return ESCAPE.sub(r"\1", value.strip('"') if '\\"' not in value else value[1:-1])
    if value.startswith("'") and value.endswith("'") and len(value) > 1:
        return value[1:-1]
    return value


def _decoded(value: str) -> str:
    return words.decoded(value) if "=?" in value else value


def _joined(found: list[tuple[str, str]]) -> dict[str, str]:
    """Put continuations together; an extended value wins over its plain twin."""
    plain: dict[str, str] = {}
    extended: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, value in found:
        numbered = NUMBERED.fullmatch(name)
        if numbered:
            pieces.setdefault(numbered[1], {}).setdefault(
                int(numbered[2]), (value, bool(numbered[3]))
            )
        elif name.endswith("*"):
            extended.setdefault(name[:-1], _percent(value, extended=True))
        else:
            plain.setdefault(name, _decoded(value))
    for name, numbers in pieces.items():
        extended.setdefault(name, _continued([numbers[i] for i in sorted(numbers)]))
    return plain | extended


def _continued(pieces: list[tuple[str, bool]]) -> str:
    """Join first, decode then: a letter's bytes may be split between the pieces."""
    if not any(encoded for _, encoded in pieces):
        return _decoded("".join(value for value, _ in pieces))
    first = RFC2231.fullmatch(pieces[0][0]) if pieces[0][1] else None
    label = first[1] if first else None
    data = b""
    for index, (value, encoded) in enumerate(pieces):
        kept = first[3] if first and index == 0 else value
        data += unquote_to_bytes(kept) if encoded else kept.encode("utf-8")
    return charset.decode(data, label)[0]


def _percent(value: str, *, extended: bool) -> str:
    found = RFC2231.fullmatch(value)
    if not found:
        return _decoded(charset.decode(unquote_to_bytes(value), None)[0]) if extended else value
    return charset.decode(unquote_to_bytes(found[3]), found[1] or None)[0]
