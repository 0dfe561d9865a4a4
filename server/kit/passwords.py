"""Passwords: hashed with argon2id in a thread, a few at a time, and judged before they are taken."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from server.kit.errors import Invalid
from server.kit.limits import PASSWORD_CHARACTERS, PASSWORD_LEAST

_hasher = PasswordHasher()
# Each takes 64 MB and a core for a moment; a burst of sign-ins must not take all of both.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")


async def hashed(password: str) -> str:
    """Return what may be stored."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def matches(password: str, stored: str | None) -> bool:
    """Say whether the password is the stored one; nobody's password takes as long as somebody's."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verified, password, stored)


def outdated(stored: str) -> bool:
    """Say whether it was hashed with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def judge(password: str, *, email: str, name: str) -> None:
    """Raise :class:`Invalid` for a password that is too short, too long or too easy to guess."""
    if len(password) < PASSWORD_LEAST:
        raise Invalid("too_short", field="password")
    if len(password) > PASSWORD_CHARACTERS:
        raise Invalid("too_long", field="password")
    plain = password.casefold()
    known = {email.casefold(), email.partition("@")[0].casefold(), name.casefold()}
    if len(set(plain)) < 5 or plain in known or plain in "01234567890123456789":
        raise Invalid("too_common", field="password")


def _verified(password: str, stored: str | None) -> bool:
    try:
        # A password longer than any that can be set is nobody's.
        _hasher.verify(stored or _nobodys(), password[: PASSWORD_CHARACTERS + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")
