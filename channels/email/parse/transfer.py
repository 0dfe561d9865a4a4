"""Undo transfer encodings, also where they are broken or mislabelled."""

import binascii
import re

BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
NOT_BASE64 = bytes(set(range(256)) - set(BASE64))
PAD_INSIDE = re.compile(rb"=+(?=[A-Za-z0-9+/])")
QP_TRAILING = re.compile(rb"[ \t]+(?=\r?\n|$)")
UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.MULTILINE)
UU_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)

Buffer = bytes | memoryview


def decode(body: Buffer, encoding: str) -> tuple[bytes, str | None]:
    """Give the bytes that were meant, and a warning where the encoding was damaged."""
    match encoding:
        case "base64" | "b" | "base-64":
            return base64(body)
        case "quoted-printable" | "quotedprintable" | "qp" | "q":
            return quoted_printable(bytes(body)), None
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            data = bytes(body)
            found = UU_BEGIN.search(data)
            return (uuencoded(data, found)[0] if found else data), None
        case "" | "7bit" | "8bit" | "binary" | "7-bit" | "8-bit" | "none":
            return bytes(body), None
        case _:
            warning = f"unknown transfer encoding {encoding[:40]!r}"
            return decode(body, _meant(encoding))[0], warning


def _meant(encoding: str) -> str:
    """Guess which encoding a misspelt name stands for."""
    if "64" in encoding or encoding.startswith("bas"):
        return "base64"
    return "quoted-printable" if "quot" in encoding or "print" in encoding else ""


def base64(body: Buffer) -> tuple[bytes, str | None]:
    """Read base64 with rubbish in it, cut short, or glued together from padded pieces."""
    try:
        decoded = binascii.a2b_base64(body)
    except binascii.Error:
        decoded = b""
    if len(decoded) * 4 >= len(body) * 3 - len(body) // 16 - 8:
        return decoded, None  # nothing but line ends was skipped
    clean = bytes(body).translate(None, NOT_BASE64)
    if not clean:
        return b"", None
    out = b"".join(_piece(piece) for piece in PAD_INSIDE.split(clean))
    whole = len(clean.rstrip(b"=")) % 4 != 1
    return out, None if whole else "base64 was cut short"


def _piece(piece: bytes) -> bytes:
    bare = piece.rstrip(b"=")
    if len(bare) % 4 == 1:
        bare = bare[:-1]
    return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))


def quoted_printable(body: bytes) -> bytes:
    """Read quoted-printable; an `=` that starts nothing stays as it is."""
    if b" \n" in body or b" \r" in body or b"\t\r" in body or b"\t\n" in body:
        body = QP_TRAILING.sub(b"", body)
    return binascii.a2b_qp(body)


def uuencoded(data: bytes, begin: re.Match[bytes]) -> tuple[bytes, int]:
    """Decode one uuencoded file; also say where it ends in `data`."""
    end = UU_END.search(data, begin.end())
    stop = end.start() if end else len(data)
    after = end.end() if end else len(data)
    if begin[0].startswith(b"begin-base64"):
        return base64(data[begin.end() : stop])[0], after
    return b"".join(_uu_line(line) for line in data[begin.end() : stop].split(b"\n")), after


def _uu_line(line: bytes) -> bytes:
    line = line.rstrip(b"\r\n")
    if not line or line in (b"`", b" "):
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # some encoders write a wrong length or lose trailing blanks
        wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:wanted].ljust(wanted))
        except binascii.Error:
            return b""
