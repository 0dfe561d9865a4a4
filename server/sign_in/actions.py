"""Sign in, sign out, set up; and forget what is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from server.db import sql
from server.kit import passwords
from server.kit.addresses import email_address, network
from server.kit.errors import Invalid, NotFound
from server.kit.limits import (
    NAME_CHARACTERS,
    SESSION_IDLE,
    SESSION_LONGEST,
    SESSION_SEEN_EVERY,
    SET_UP_LINK,
    TRIES_PER_ADDRESS,
    TRIES_PER_EMAIL,
    TRIES_WINDOW,
)
from server.kit.work import transaction
from server.live.actions import announce_access
from server.sign_in import tokens


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``token`` is for the cookie and kept nowhere else."""

    user_id: int
    token: str


@dataclass(frozen=True, slots=True)
class WrongPair:
    """The address and the password do not belong together; which of them is nobody's business."""


@dataclass(frozen=True, slots=True)
class TooManyTries:
    """``wait`` is how long until another try counts."""

    wait: timedelta


async def sign_in(
    email: str, password: str, *, address: str, now: datetime
) -> SignedIn | WrongPair | TooManyTries:
    """Check a password; every try counts, and a right one takes back the tries for its e-mail address."""
    email = email.strip().lower()
    keys = [_key("email", email), _key("address", network(address))]
    if wait := await _count(keys, now=now):
        return TooManyTries(wait)
    person = await sql.row("SELECT id, password_hash FROM users WHERE email = $1 AND active", email)
    stored = None if person is None else person["password_hash"]
    if not await passwords.matches(password, stored) or person is None or stored is None:
        return WrongPair()
    fresh = await passwords.hashed(password) if passwords.outdated(stored) else stored
    async with transaction():
        if fresh != stored:
            await sql.run(
                "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
                person["id"],
                stored,
                fresh,
            )
        await sql.run("DELETE FROM sign_in_tries WHERE key_hash = $1", keys[0])
        token = await _begin(person["id"], now=now)
    return SignedIn(person["id"], token)


async def sign_out(token: str) -> None:
    """End one session; the person's streams end, and those of other browsers come back by themselves."""
    async with transaction():
        user_id = await sql.value(
            "DELETE FROM sessions WHERE token_hash = $1 RETURNING user_id", tokens.hash_of(token)
        )
        if user_id is not None:
            await announce_access([user_id])


async def keep_session(token: str, *, seen_at: datetime, now: datetime) -> None:
    """Note that a session is in use, at most once a minute."""
    if now - seen_at >= SESSION_SEEN_EVERY:
        await sql.run(
            "UPDATE sessions SET seen_at = greatest(seen_at, $2) WHERE token_hash = $1",
            tokens.hash_of(token),
            now,
        )


async def create_set_up_link(*, now: datetime) -> str:
    """Return the token of a link by which the first administrator begins; earlier links stop working."""
    token = tokens.new()
    async with transaction():
        await sql.run("DELETE FROM set_up_links")
        await sql.run(
            "INSERT INTO set_up_links (token_hash, expires_at) VALUES ($1, $2)",
            tokens.hash_of(token),
            now + SET_UP_LINK,
        )
    return token


async def set_up(
    token: str, *, name: str, email: str, password: str, locale: str, now: datetime
) -> SignedIn:
    """Use the link: make the first administrator and sign them in. The link works once."""
    name = name.strip()
    if not name or len(name) > NAME_CHARACTERS:
        raise Invalid("required", field="name")
    email = email_address(email)
    passwords.judge(password, email=email, name=name)
    stored = await passwords.hashed(password)
    async with transaction():
        used = await sql.run(
            "DELETE FROM set_up_links WHERE token_hash = $1 AND expires_at > $2",
            tokens.hash_of(token),
            now,
        )
        if not used:
            raise NotFound
        user_id = await sql.value(
            """
            INSERT INTO users (email, name, password_hash, administrator, locale, digits, created_at)
            VALUES ($1, $2, $3, true, $4, $5, $6) ON CONFLICT (email) DO NOTHING RETURNING id
            """,
            email,
            name,
            stored,
            locale,
            "arab" if locale == "ar" else "latn",
            now,
        )
        if user_id is None:
            raise Invalid("address_taken", field="email")
        return SignedIn(user_id, await _begin(user_id, now=now))


async def forget_what_is_over(*, now: datetime) -> None:
    """Delete sessions, tries and links that no longer count."""
    await sql.run(
        "DELETE FROM sessions WHERE seen_at <= $1 OR created_at <= $2",
        now - SESSION_IDLE,
        now - SESSION_LONGEST,
    )
    await sql.run("DELETE FROM sign_in_tries WHERE at <= $1", now - TRIES_WINDOW)
    await sql.run("DELETE FROM set_up_links WHERE expires_at <= $1", now)


async def _begin(user_id: int, *, now: datetime) -> str:
    token = tokens.new()
    await sql.run(
        """
        INSERT INTO sessions (token_hash, user_id, access_version, created_at, seen_at)
        SELECT $1, id, access_version, $3, $3 FROM users WHERE id = $2
        """,
        tokens.hash_of(token),
        user_id,
        now,
    )
    return token


async def _count(keys: Sequence[bytes], *, now: datetime) -> timedelta | None:
    """Count a try for each key, or say how long to wait; a refused try does not count."""
    since = now - TRIES_WINDOW
    limits = [TRIES_PER_EMAIL, TRIES_PER_ADDRESS]
    async with transaction():
        # Tries for the same key one after the other, or many at once would each find room.
        await sql.rows(
            """
            SELECT pg_advisory_xact_lock(key) FROM (
                SELECT hashtextextended(encode(k, 'hex'), 0) AS key FROM unnest($1::bytea[]) AS k ORDER BY 1
            ) AS ordered
            """,
            list(keys),
        )
        # The try that has to leave the window before there is room again.
        blocking: datetime | None = await sql.value(
            """
            SELECT max(b.at) FROM unnest($1::bytea[], $2::int[]) AS l(key, most), LATERAL (
                SELECT t.at FROM sign_in_tries t WHERE t.key_hash = l.key AND t.at > $3
                ORDER BY t.at DESC OFFSET l.most - 1 LIMIT 1
            ) AS b
            """,
            list(keys),
            limits,
            since,
        )
        if blocking is not None:
            return max(blocking - since, timedelta(seconds=1))
        await sql.run(
            "INSERT INTO sign_in_tries (key_hash, at) SELECT k, $2 FROM unnest($1::bytea[]) AS k",
            list(keys),
            now,
        )
    return None


def _key(kind: str, value: str) -> bytes:
    return sha256(f"{kind}:{value}".encode()).digest()
