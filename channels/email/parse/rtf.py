"""Read the words of a rich-text letter, as Outlook packs it into winmail.dat."""

import re
import struct
from dataclasses import dataclass, field

from channels.email.parse import charset, limits

DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
TOKEN = re.compile(
    rb"\\'(?P<byte>[0-9a-fA-F]{2})|\\u(?P<point>-?\d{1,6})\??|\\(?P<word>[a-z]{1,32})(?P<number>-?\d{0,10}) ?"
    rb"|\\(?P<symbol>[^a-z])|(?P<brace>[{}])|[\r\n]+|(?P<plain>[^\\{}\r\n]+)"
)
HIDDEN = frozenset(b"fonttbl colortbl stylesheet info pict object themedata datastore".split())
BREAKS = {b"par": "\n", b"line": "\n", b"tab": "\t", b"cell": "\t", b"row": "\n"}


def decompressed(data: bytes) -> bytes:
    """Undo compressed RTF (MS-OXRTFCP); what is broken ends the text, no more."""
    if len(data) < 16:
        return b""
    raw_size, magic = struct.unpack_from("<I", data, 4)[0], data[8:12]
    if magic == b"MELA":
        return data[16 : 16 + raw_size]
    if magic != b"LZFu":
        return b""
    return _unpacked(data, min(raw_size, limits.TEXT_CHARS))


def _unpacked(data: bytes, limit: int) -> bytes:
    """Follow the control bits: a letter itself, or a piece of the last 4096 letters."""
    window = bytearray(DICTIONARY.ljust(4096, b"\0"))
    write, out, at = len(DICTIONARY), bytearray(), 16
    while at < len(data) and len(out) < limit:
        control, at = data[at], at + 1
        for bit in range(8):
            is_piece = control >> bit & 1
            if at + is_piece >= len(data):
                return bytes(out)
            source, length = write % 4096, 1
            if is_piece:
                word = data[at] << 8 | data[at + 1]
                source, length = word >> 4, (word & 15) + 2
                if source == write:
                    return bytes(out)
            else:
                window[write] = data[at]
            at += 1 + is_piece
            for index in range(source, source + length):
                letter = window[write] = window[index % 4096]
                out.append(letter)
                write = (write + 1) % 4096
    return bytes(out)


@dataclass(slots=True)
class _Reader:
    """Follows groups, so that fonts and pictures are not read aloud."""

    out: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)
    depth: int = 0
    hidden: int = 0
    codepage: str = "cp1252"

    def take(self, found: re.Match[bytes]) -> None:
        if found["brace"]:
            self._brace(opening=found["brace"] == b"{")
        if found["symbol"] == b"*" or found["word"] in HIDDEN:
            self.hidden = self.hidden or self.depth
        if found["word"] == b"ansicpg" and found["number"]:
            self.codepage = charset.codec(f"cp{found['number'].decode()}") or "cp1252"
        if self.hidden:
            return
        if found["byte"]:
            self.pending.append(int(found["byte"], 16))
        else:
            self.flush()
            self._say(found)

    def _brace(self, *, opening: bool) -> None:
        self.depth += 1 if opening else -1
        if self.hidden and self.depth < self.hidden:
            self.hidden = 0

    def _say(self, found: re.Match[bytes]) -> None:
        if found["point"]:
            self.out.append(chr(int(found["point"]) % 0x10000))
        elif found["word"] in BREAKS:
            self.out.append(BREAKS[found["word"]])
        elif found["symbol"] in (b"\\", b"{", b"}"):
            self.out.append(found["symbol"].decode())
        elif found["plain"]:
            self.out.append(found["plain"].decode(self.codepage, "replace"))

    def flush(self) -> None:
        if self.pending:
            self.out.append(bytes(self.pending).decode(self.codepage, "replace"))
            self.pending.clear()


def to_text(rtf: bytes) -> str | None:
    """Give the letter's words, or None if there are none."""
    reader = _Reader()
    for found in TOKEN.finditer(rtf):
        reader.take(found)
    reader.flush()
    joined = "".join(reader.out)  # letters beyond the first plane come as two halves
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip() or None
