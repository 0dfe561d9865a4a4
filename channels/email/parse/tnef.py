"""Open winmail.dat (TNEF): its letter and its files, with every length checked."""

import mimetypes
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from channels.email.parse import charset, limits, rtf

SIGNATURE = b"\x78\x9f\x3e\x22"
LEVEL_ATTACHMENT = 2
BODY, ATTACH_TITLE, ATTACH_DATA, ATTACH_RENDER, ATTACH_PROPS, MESSAGE_PROPS, CODEPAGE = (
    0x800C, 0x8010, 0x800F, 0x9002, 0x9005, 0x9003, 0x9007,
)  # fmt: skip
PR_BODY, PR_BODY_HTML, PR_RTF = 0x1000, 0x1013, 0x1009
PR_FILENAME, PR_LONG_FILENAME, PR_DISPLAY_NAME, PR_DATA = 0x3704, 0x3707, 0x3001, 0x3701
PR_MIME = 0x370E
FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8,
         0x0014: 8, 0x0040: 8, 0x0048: 16, 0x0001: 4}  # fmt: skip
VARIABLE = frozenset({0x001E, 0x001F, 0x0102, 0x000D})


@dataclass(slots=True)
class Opened:
    """What was inside."""

    plain: str | None = None
    html: str | None = None
    files: list[tuple[str | None, str, bytes]] = field(default_factory=list)


@dataclass(slots=True)
class _Attachment:
    title: str | None = None
    long_title: str | None = None
    mime: str | None = None
    data: bytes | None = None

    def file(self, number: int) -> tuple[str | None, str, bytes]:
        title = self.long_title or self.title or f"attachment-{number}"
        guessed = self.mime or mimetypes.guess_type(title)[0] or "application/octet-stream"
        return title, guessed.lower(), self.data or b""


def is_tnef(data: bytes) -> bool:
    return data[:4] == SIGNATURE


def unpack(data: bytes) -> Opened | None:
    """Read the attributes; None if this is no TNEF at all."""
    if not is_tnef(data):
        return None
    opened, codepage = Opened(), "cp1252"
    attachments = [_Attachment()]
    for level, name, value in _attributes(data):
        if name == CODEPAGE and len(value) >= 4:
            codepage = f"cp{struct.unpack_from('<I', value)[0]}"
        elif name == ATTACH_RENDER:
            attachments.append(_Attachment())
        elif level == LEVEL_ATTACHMENT:
            _attachment(name, value, attachments[-1], codepage)
        elif name == BODY:
            opened.plain = _text(value, codepage)
        elif name == MESSAGE_PROPS:
            _message(value, opened, codepage)
    opened.files = [one.file(number) for number, one in enumerate(attachments) if one.data]
    return opened


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Step through level, attribute and value until a length makes no sense."""
    at = 6
    for _ in range(limits.TNEF_ATTRIBUTES):
        if at + 9 > len(data):
            return
        level, attribute, size = data[at], *struct.unpack_from("<I I", data, at + 1)
        start, at = at + 9, at + 9 + size + 2
        if start + size > len(data):
            return
        yield level, attribute & 0xFFFF, data[start : start + size]


def _attachment(name: int, value: bytes, current: _Attachment, codepage: str) -> None:
    if name == ATTACH_TITLE:
        current.title = _text(value, codepage)
    elif name == ATTACH_DATA:
        current.data = value
    elif name == ATTACH_PROPS:
        found = _properties(value)
        current.long_title = _string(found.get(PR_LONG_FILENAME), codepage) or current.long_title
        current.title = current.title or _string(found.get(PR_FILENAME), codepage)
        current.mime = _string(found.get(PR_MIME), codepage) or current.mime
        if current.data is None and PR_DATA in found:
            kind, content = found[PR_DATA]
            current.data = content[16:] if kind == 0x000D else content


def _message(value: bytes, opened: Opened, codepage: str) -> None:
    found = _properties(value)
    if PR_BODY_HTML in found:
        opened.html = _string(found[PR_BODY_HTML], codepage)
    if PR_BODY in found:
        opened.plain = opened.plain or _string(found[PR_BODY], codepage)
    if not opened.plain and not opened.html and PR_RTF in found:
        opened.plain = rtf.to_text(rtf.decompressed(found[PR_RTF][1]))


def _properties(value: bytes) -> dict[int, tuple[int, bytes]]:
    """Read MAPI properties: id → (type, first value); stop where the lengths stop making sense."""
    found: dict[int, tuple[int, bytes]] = {}
    if len(value) < 4:
        return found
    count, at = min(struct.unpack_from("<I", value)[0], 2000), 4
    for _ in range(count):
        if at + 4 > len(value):
            break
        kind, name = struct.unpack_from("<H H", value, at)
        at = _after_name(value, at + 4) if name >= 0x8000 else at + 4
        many, kind = bool(kind & 0x1000), kind & 0x0FFF
        items, at = _values(value, at, kind, many=many)
        if items is None:
            break
        if items:
            found.setdefault(name, (kind, items[0]))
    return found


def _after_name(value: bytes, at: int) -> int:
    """Step over a named property's GUID and its number or name."""
    if at + 24 > len(value):
        return len(value)
    by_name, extent = struct.unpack_from("<I I", value, at + 16)
    return at + 24 + (_padded(extent) if by_name else 0)


def _values(value: bytes, at: int, kind: int, *, many: bool) -> tuple[list[bytes] | None, int]:
    count = 1
    if many or kind in VARIABLE:
        if at + 4 > len(value):
            return None, at
        count, at = struct.unpack_from("<I", value, at)[0], at + 4
    items: list[bytes] = []
    for _ in range(min(count, 1000)):
        if kind in VARIABLE:
            if at + 4 > len(value):
                return None, at
            size = struct.unpack_from("<I", value, at)[0]
            start, at = at + 4, at + 4 + _padded(size)
        elif kind in FIXED:
            size, start, at = FIXED[kind], at, at + FIXED[kind]
        else:
            return None, at
        if start + size > len(value):
            return None, at
        items.append(value[start : start + size])
    return items, at


def _padded(size: int) -> int:
    return size + (-size % 4)


def _string(found: tuple[int, bytes] | None, codepage: str) -> str | None:
    if found is None:
        return None
    kind, value = found
    if kind == 0x001F:
        return value.decode("utf-16-le", "replace").rstrip("\0") or None
    return _text(value, codepage)


def _text(value: bytes, codepage: str) -> str | None:
    return charset.decode(value.rstrip(b"\0"), codepage)[0].replace("\r\n", "\n") or None
