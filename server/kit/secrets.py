"""Keys made from the one secret key, each for one purpose, and the encryption of stored secrets."""

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from server.kit.settings import settings


class Undecryptable(ValueError):
    """A stored secret was encrypted with a key that is no longer configured."""


@cache
def keys(purpose: str) -> tuple[bytes, ...]:
    """Return the 32-byte keys of a purpose, the current one first, then those that still may verify."""
    every = (settings().secret_key, *settings().secret_keys_old)
    return tuple(hmac.digest(key, purpose.encode(), hashlib.sha256) for key in every)


def encrypt(text: str) -> str:
    """Encrypt a secret for storage."""
    return _box().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """Read a stored secret."""
    try:
        return _box().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise Undecryptable("a stored secret cannot be read with the configured keys") from error


@cache
def _box() -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys("stored secrets")])
