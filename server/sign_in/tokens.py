"""Random tokens for people to hold, of which we keep only the hash."""

import hashlib
import secrets


def new() -> str:
    """Return 256 random bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """Return what is stored; a plain hash is enough for something nobody could guess."""
    return hashlib.sha256(token.encode()).digest()
