"""The one stylesheet of the desk: tokens first, then what is common, then every component."""

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
FIRST = ("tokens", "base", "layout")


@cache
def text() -> str:
    """Return all rules as one file, in an order that never depends on the file system."""
    folder = STATIC / "css"
    rest = sorted(path.stem for path in folder.glob("*.css") if path.stem not in FIRST)
    return "\n".join((folder / f"{n}.css").read_text(encoding="utf-8") for n in (*FIRST, *rest))


@cache
def version() -> str:
    """Return what changes whenever the stylesheet does, for its address."""
    return hashlib.sha256(text().encode()).hexdigest()[:12]


@cache
def scripts_version() -> str:
    """Return what changes whenever any script does: scripts import each other, so they age together."""
    scripts = sorted((STATIC / "js").glob("*.js"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in scripts)).hexdigest()[:12]


@cache
def static_version(path: str) -> str:
    """Return the same for a file under ``static``; empty while it has not been built."""
    file = STATIC / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""
