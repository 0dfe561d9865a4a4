"""Content-addressed files: a blob is named by its SHA-256 and never changes.

The file is durable before its row may be written: write a temporary file, fsync, rename, fsync the folder.
"""

import asyncio
import hashlib
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from server.kit.settings import WrongSetting, settings


class BlobMissing(LookupError):
    """The row names a blob whose file is gone."""


def folder() -> Path:
    """Return where blobs lie."""
    url = urlsplit(settings().files_url)
    if url.scheme != "file":
        raise WrongSetting("TAWASUL_FILES_URL must be a file:// address")
    return Path(unquote(url.path))


def path(blob_hash: bytes) -> Path:
    """Return the file of a blob."""
    name = blob_hash.hex()
    return folder() / name[:2] / name[2:4] / name


async def store(content: bytes) -> bytes:
    """Make ``content`` durable and return its hash; raise ``OSError`` when the disk refuses."""
    return await asyncio.to_thread(_store, content)


async def load(blob_hash: bytes) -> bytes:
    """Return a blob's content."""
    try:
        return await asyncio.to_thread(path(blob_hash).read_bytes)
    except FileNotFoundError as error:
        raise BlobMissing(blob_hash.hex()) from error


def _store(content: bytes) -> bytes:
    blob_hash = hashlib.sha256(content).digest()
    target = path(blob_hash)
    if target.exists():
        return blob_hash
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{id(content)}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(target)
    finally:
        temporary.unlink(missing_ok=True)
    # The two parent folders may be new as well: their entries must survive a power cut too.
    for changed in (target.parent, target.parent.parent, target.parent.parent.parent):
        handle = os.open(changed, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return blob_hash
