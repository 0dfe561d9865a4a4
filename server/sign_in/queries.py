"""Read sessions and the set-up link."""

from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.kit.limits import SESSION_IDLE, SESSION_LONGEST
from server.sign_in import tokens


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that somebody signed in with, and when it was last used."""

    user_id: int
    seen_at: datetime


async def session(token: str, *, now: datetime) -> Session | None:
    """Return the session of a cookie while it lasts and the person's role is what it was."""
    found = await sql.row(
        """
        SELECT s.user_id, s.seen_at FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.token_hash = $1 AND s.seen_at > $2 AND s.created_at > $3
          AND u.active AND s.access_version = u.access_version
        """,
        tokens.hash_of(token),
        now - SESSION_IDLE,
        now - SESSION_LONGEST,
    )
    return None if found is None else Session(**found)


async def set_up_link(token: str, *, now: datetime) -> datetime | None:
    """Return until when the link may be used; nothing if it may not."""
    found: datetime | None = await sql.value(
        "SELECT expires_at FROM set_up_links WHERE token_hash = $1 AND expires_at > $2",
        tokens.hash_of(token),
        now,
    )
    return found


async def has_administrator() -> bool:
    """Say whether somebody may already look after the system."""
    found: bool = await sql.value(
        "SELECT EXISTS (SELECT FROM users WHERE administrator AND active AND password_hash IS NOT NULL)"
    )
    return found
