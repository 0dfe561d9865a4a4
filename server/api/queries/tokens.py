"""Read tokens: the one that a program shows, and all of them for those who look after them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.db import sql

MOST = 500


@dataclass(frozen=True, slots=True)
class Pass:
    """A token that opens something just now, and whom it acts as."""

    id: int
    user_id: int
    scopes: frozenset[str]
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Token:
    """A token as those see it who look after them; ``state`` is ``good`` or says why it opens nothing."""

    id: int
    user_id: int
    user_name: str
    email: str
    name: str
    scopes: tuple[str, ...]
    state: str
    created_at: datetime
    created_by: str | None
    expires_at: datetime
    last_used_at: datetime | None
    revoked_by: str | None


def hash_of(token: str) -> bytes:
    """Return what is kept of a token; looking it up takes the same time however much of it is right."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


async def standing(token: str, *, now: datetime) -> Pass | None:
    """Return what a token opens while it lasts and its person is who they were."""
    row = await sql.row(
        """
        SELECT k.id, k.user_id, k.scopes, k.last_used_at
        FROM api_tokens k JOIN users u ON u.id = k.user_id
        WHERE k.token_hash = $1 AND k.revoked_at IS NULL AND k.expires_at > $2
            AND u.active AND u.access_version = k.access_version
        """,
        hash_of(token),
        now,
    )
    if row is None:
        return None
    return Pass(row["id"], row["user_id"], frozenset(row["scopes"]), row["last_used_at"])


async def every(*, now: datetime) -> tuple[Token, ...]:
    """Return tokens, those that are good first, also those that open nothing any more; the newest first."""
    found = await sql.rows(
        f"""
        SELECT * FROM (SELECT k.id, k.user_id, u.name AS user_name, u.email, k.name, k.scopes,
            CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= $1 THEN 'expired'
                WHEN NOT u.active OR u.access_version <> k.access_version THEN 'ended'
                ELSE 'good' END AS state,
            k.created_at, c.name AS created_by, k.expires_at, k.last_used_at, r.name AS revoked_by
        FROM api_tokens k JOIN users u ON u.id = k.user_id LEFT JOIN users c ON c.id = k.created_by
        LEFT JOIN users r ON r.id = k.revoked_by) AS found
        ORDER BY state <> 'good', id DESC LIMIT {MOST}
        """,
        now,
    )
    return tuple(map(_token, found))


def _token(row: Any) -> Token:
    return Token(**(dict(row) | {"scopes": tuple(row["scopes"])}))
