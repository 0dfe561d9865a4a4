"""Header values as people read them: unfolded, RFC 2047 decoded, 8-bit guessed."""

import binascii
import re

from channels.email.parse import charset, transfer

FOLD = re.compile(r"\r?\n[ \t]*|\r")
WORD = re.compile(
    r"=\?([^?\s]{0,60})\?([bBqQ])\?([^?]*|.{0,500}?)\?=(?:(?=\s*=\?)\s*)?",
    re.DOTALL,
)
OPEN_END = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]+)\??$", re.DOTALL)
CONTROLS = dict.fromkeys((*range(9), *range(11, 13), *range(14, 32), 127))


def text(raw: bytes, default: str | None = None) -> str:
    """Decode one raw header value; never fails."""
    value = charset.decode(raw, default)[0]
    if "\n" in value or "\r" in value:
        value = FOLD.sub(" ", value)
    if "=?" in value:
        value = decoded(value)
    return (value if value.isprintable() else value.translate(CONTROLS)).strip()


def decoded(value: str) -> str:
    """Decode every encoded-word, also inside quotes, without blanks around, or cut off."""
    out: list[str] = []
    pending: tuple[str, bytes] | None = None
    last = 0
    for found in WORD.finditer(value):
        between = value[last : found.start()]
        name, kind, body = found[1], found[2].lower(), found[3]
        data = _bytes(kind, body)
        if pending and not between and pending[0] == name.lower():
            pending = (pending[0], pending[1] + data)  # letters may be split between words
        else:
            _flush(out, pending)
            out.append(between)
            pending = (name.lower(), data)
        last = found.end()
    _flush(out, pending)
    rest = value[last:]
    cut = OPEN_END.search(rest) if "=?" in rest else None
    if cut:
        out.append(rest[: cut.start()])
        _flush(out, (cut[1].lower(), _bytes(cut[2].lower(), cut[3])))
    else:
        out.append(rest)
    return "".join(out)


def _flush(out: list[str], pending: tuple[str, bytes] | None) -> None:
    if pending:
        out.append(FOLD.sub(" ", charset.decode(pending[1], pending[0])[0]))


def _bytes(kind: str, body: str) -> bytes:
    raw = body.encode("utf-8")
    if kind == "b":
        return transfer.base64(raw)[0]
    try:
        return binascii.a2b_qp(raw.replace(b"\n", b" "), header=True)
    except binascii.Error:
        return raw
