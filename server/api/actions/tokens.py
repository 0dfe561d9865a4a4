"""Make, use and revoke the tokens by which programs act as people. The table says who did what and when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.api.queries.tokens import hash_of
from server.api.scopes import SCOPES
from server.db import sql
from server.kit import log
from server.kit.errors import Conflict, Invalid, NotFound
from server.kit.limits import NAME_CHARACTERS, TOKEN_LONGEST_DAYS, TOKENS_OF_ONE
from server.kit.work import transaction
from server.people.queries import Viewer, viewer_of
from server.sign_in import tokens
from server.tickets.actions.common import first_answer, keep_answer

PREFIX = "twsl_"
"""Lets people and scanners know a token of ours where it should not stand."""
USED_EVERY = timedelta(hours=1)

_log = log.get(__name__)


class MadeAlready(Conflict):
    """The form was sent before, and its token was shown then."""

    code = "token_made"


@dataclass(frozen=True, slots=True)
class Issued:
    """``token`` is shown to one person once and kept nowhere."""

    id: int
    token: str
    expires_at: datetime


async def create_token(
    user_id: int,
    *,
    scopes: Collection[str],
    name: str,
    days: int,
    by: Viewer | None,
    now: datetime,
    form_key: str = "",
) -> Issued:
    """Make a token that acts as this person; ``by`` is nobody, without a key, where a command makes it.

    A key makes one token: its first answer is kept nowhere, so that a repeat raises :class:`MadeAlready`.
    """
    chosen = [scope for scope in SCOPES if scope in scopes]
    name = " ".join(name.replace("\x00", "").split())
    if not chosen or not set(scopes) <= set(SCOPES):
        raise Invalid("token_scopes", field="scope")
    if not name or len(name) > NAME_CHARACTERS:
        raise Invalid("required" if not name else "too_long", field="name")
    if not 1 <= days <= TOKEN_LONGEST_DAYS:
        raise Invalid("token_days", field="days")
    token = PREFIX + tokens.new()
    expires_at = now + timedelta(days=days)
    by_id = by.id if by else None
    async with transaction():
        if by and await first_answer(by, form_key, "api_token", now=now) is not None:
            raise MadeAlready
        # One after the other for one person, or two at once would each find room below the bound;
        # a stronger lock would wait for other forms of the same person, whose keys refer to this row.
        version = await sql.value(
            "SELECT access_version FROM users WHERE id = $1 AND active FOR NO KEY UPDATE", user_id
        )
        person = await viewer_of(user_id)
        if version is None or person is None:
            raise Invalid("token_nobody", field="email")
        if "reports:read" in chosen and not person.supervised:
            raise Invalid("token_not_supervisor", field="scope")
        standing = await sql.value(
            """
            SELECT count(*) FROM api_tokens
            WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND access_version = $3
            """,
            user_id,
            now,
            version,
        )
        if standing >= TOKENS_OF_ONE:
            raise Invalid("token_too_many", field="email")
        token_id: int = await sql.value(
            """
            INSERT INTO api_tokens (token_hash, user_id, access_version, name, scopes, created_at,
                                    created_by, expires_at)
            VALUES ($1, $2, $3, $4, $5::text[], $6, $7, $8) RETURNING id
            """,
            hash_of(token),
            user_id,
            version,
            name,
            chosen,
            now,
            by_id,
            expires_at,
        )
        if by:
            await keep_answer(by, form_key, {"token": token_id})
    _log.info("api token created", token=token_id, user=user_id, by=by_id, scopes=chosen)
    return Issued(token_id, token, expires_at)


async def revoke_token(token_id: int, *, by: int | None, now: datetime) -> None:
    """Let a token open nothing from now on; one that is revoked already stays as it was."""
    found = await sql.row(
        """
        UPDATE api_tokens SET revoked_by = CASE WHEN revoked_at IS NULL THEN $2 ELSE revoked_by END,
            revoked_at = coalesce(revoked_at, $3)
        WHERE id = $1 RETURNING user_id
        """,
        token_id,
        by,
        now,
    )
    if found is None:
        raise NotFound
    _log.info("api token revoked", token=token_id, user=found["user_id"], by=by)


async def note_use(token_id: int, *, last: datetime | None, now: datetime) -> None:
    """Remember when a token was first used, and, to the hour, when it was last."""
    if last is not None and now - last < USED_EVERY:
        return
    await sql.run(
        """
        UPDATE api_tokens SET first_used_at = coalesce(first_used_at, $2),
            last_used_at = greatest(last_used_at, $2) WHERE id = $1
        """,
        token_id,
        now,
    )
    if last is None:
        _log.info("api token first used", token=token_id)
