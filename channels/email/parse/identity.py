"""The key under which the same mail is one mail, by whichever way it came."""

import hashlib

from channels.message import File, Party

NORMALISED = ("text/", "message/")


def content_key(
    *,
    message_id: str | None,
    sender: Party | None,
    date: bytes | None,
    letter: tuple[str | None, str | None],
    files: list[File],
) -> bytes:
    """Hash what the author wrote, and nothing that a relay adds, folds or re-encodes."""
    said = hashlib.sha256()
    for value in (
        (message_id or "").encode("utf-8"),
        (sender.key if sender else "").encode("utf-8"),
        b" ".join((date or b"").split()),
        *(hashlib.sha256(_settled((text or "").encode("utf-8"))).digest() for text in letter),
        *(_file_hash(file) for file in files),
    ):
        said.update(len(value).to_bytes(8, "big"))
        said.update(value)
    return said.digest()


def _file_hash(file: File) -> bytes:
    """Ignore line ends where servers change them."""
    if not file.content_type.startswith(NORMALISED):
        return hashlib.sha256(file.content).digest()
    return hashlib.sha256(_settled(file.content)).digest()


def _settled(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").rstrip()
