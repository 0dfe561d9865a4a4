"""Content-addressed files: a blob is named by its SHA-256 and never changes.

The file is durable before its row may be written: write a temporary file, fsync, rename, fsync the folder.
"""

import asyncio
import hashlib
import os
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from server.kit.settings import settings


class BlobMissing(LookupError):
    """The row names a blob whose file is gone."""


def folder() -> Path:
    """Return where blobs lie."""
    return Path(unquote(urlsplit(settings().files_url).path))


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


def discard(blob_hash: bytes, *, unused_since: datetime) -> bool:
    """Delete a blob's file unless it was stored again after ``unused_since``; say whether it is gone."""
    target = path(blob_hash)
    try:
        if target.stat().st_mtime > unused_since.timestamp():
            return False
        target.unlink()
    except FileNotFoundError:
        pass
    return True


def _store(content: bytes) -> bytes:
    blob_hash = hashlib.sha256(content).digest()
    target = path(blob_hash)
    try:
        # Its age tells the collector that it is wanted again, before any row says so.
        os.utime(target)
    except FileNotFoundError:
        pass
    else:
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
