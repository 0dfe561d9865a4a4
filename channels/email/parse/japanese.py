"""Circled numbers, company signs and rare names that Japanese programs send under a narrower label."""

import re

NARROW = frozenset({"iso2022_jp_ext", "euc_jp"})
# What one escape of ISO-2022-JP governs: two-byte letters, small katakana, or plain ASCII.
RUN = re.compile(rb"\x1b(\$[@B]|\([BJI])([^\x1b]*)")
EUC = re.compile(rb"[\xa1-\xfe]{2}|\x8e([\xa1-\xdf])")


def decode(data: bytes) -> str:
    """Read both ways of sending JIS as Windows does, which knows the letters standards left out.

    Bytes that belong to neither way are no Japanese at all: the answer is then as unreadable.
    """
    if b"\x1b" in data and data.isascii():
        data = RUN.sub(_run, data)
    elif EUC.sub(b"", data).isascii():
        data = EUC.sub(lambda one: one[1] or _windows(bytes(byte & 0x7F for byte in one[0])), data)
    else:
        return "\ufffd" * len(data)
    return data.decode("cp932", "replace")


def _run(run: re.Match[bytes]) -> bytes:
    kind, letters = run[1], run[2]
    if kind.startswith(b"$"):
        return b"".join(_windows(letters[at : at + 2]) for at in range(0, len(letters), 2))
    return bytes(byte | 0x80 for byte in letters) if kind == b"(I" else letters


def _windows(pair: bytes) -> bytes:
    """Move one letter from its row and cell in JIS to where Shift-JIS keeps it."""
    if len(pair) < 2 or min(pair) < 0x21:
        return pair
    row, cell = pair[0] - 0x21, pair[1] - 0x21
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    trail = cell + 0x9F if row % 2 else cell + 0x40 + (cell > 62)
    return bytes((lead, trail))
