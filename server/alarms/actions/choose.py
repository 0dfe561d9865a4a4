"""Choose what one hears of and by which way, and where alarms leave the house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from server.alarms import queries
from server.alarms.kinds import KINDS, Kind
from server.db import sql
from server.kit.errors import Invalid, NotFound
from server.kit.limits import NAME_CHARACTERS
from server.kit.outside import checked
from server.kit.secrets import encrypt
from server.kit.work import transaction

SECRET_LEAST = 16
SECRET_MOST = 200
MOST_WEBHOOKS = 50
Weekly = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class WebhookDraft:
    """A webhook as it would be saved; without a ``secret`` the stored one stays."""

    name: str
    url: str
    secret: str
    kinds: tuple[Kind, ...]
    enabled: bool


async def save_choice(
    user_id: int,
    *,
    email: Sequence[Kind],
    browser: Sequence[Kind],
    zone: str,
    quiet: Weekly,
    pressing: str,
) -> None:
    """Keep what somebody wants to hear of; what waits already keeps its time."""
    await sql.run(
        """
        INSERT INTO alarm_choices (user_id, email, browser, zone, quiet, pressing)
        VALUES ($1, $2, $3, $4, $5::jsonb, $6)
        ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, browser = excluded.browser,
            zone = excluded.zone, quiet = excluded.quiet, pressing = excluded.pressing
        """,
        user_id,
        [kind for kind in KINDS if kind in email],
        [kind for kind in KINDS if kind in browser],
        zone,
        sql.dump(quiet),
        pressing,
    )


async def choose_account(account_id: int | None) -> None:
    """Let alarms leave as e-mail by this account, or not at all; raise :class:`Invalid`."""
    async with transaction():
        await sql.run("DELETE FROM alarm_account")
        if account_id is None:
            return
        chosen = await sql.run(
            """
            INSERT INTO alarm_account (channel_account_id)
            SELECT id FROM channel_accounts WHERE id = $1 AND kind = 'email'
                AND settings->>'smtp_host' <> '' AND coalesce(settings->>'outgoing', 'smtp') = 'smtp'
            """,
            account_id,
        )
        if not chosen:
            raise Invalid("account_cannot_send", field="account")


async def save_webhook(webhook_id: int, draft: WebhookDraft, *, now: datetime) -> int:
    """Add a webhook (0) or change one; its address and secret are stored encrypted. Raises :class:`Invalid`."""
    if not draft.name or len(draft.name) > NAME_CHARACTERS:
        raise Invalid("required", field="name")
    host = checked(draft.url)
    if not draft.kinds:
        raise Invalid("nothing_chosen", field="kinds")
    if (draft.secret or not webhook_id) and not SECRET_LEAST <= len(draft.secret) <= SECRET_MOST:
        raise Invalid("secret_too_short", field="secret")
    values = (draft.name, host, encrypt(draft.url), list(draft.kinds), draft.enabled)
    sealed = encrypt(draft.secret) if draft.secret else None
    try:
        if webhook_id:
            found = await sql.value(
                """
                UPDATE alarm_webhooks SET name = $2, host = $3, url = $4, kinds = $5, enabled = $6,
                    secret = coalesce($7, secret)
                WHERE id = $1 RETURNING id
                """,
                webhook_id,
                *values,
                sealed,
            )
        else:
            if len(await queries.webhooks()) >= MOST_WEBHOOKS:
                raise Invalid("too_many", field="name")
            found = await sql.value(
                """
                INSERT INTO alarm_webhooks (name, host, url, kinds, enabled, secret, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
                """,
                *values,
                sealed,
                now,
            )
    except asyncpg.UniqueViolationError as error:
        raise Invalid("name_taken", field="name") from error
    if found is None:
        raise NotFound
    return int(found)


async def remove_webhook(webhook_id: int, *, now: datetime) -> None:
    """Remove a webhook with everything that waits for it."""
    async with transaction():
        await sql.run("DELETE FROM alarm_webhooks WHERE id = $1", webhook_id)
        await sql.run(
            """
            UPDATE alarms SET ended_at = $2
            WHERE kind = 'webhook_failing' AND subject = $1 AND ended_at IS NULL
            """,
            str(webhook_id),
            now,
        )


async def try_webhook(webhook_id: int, *, now: datetime) -> None:
    """Send a test there at once; raise :class:`NotFound`."""
    await _test("webhook_id", "SELECT id FROM alarm_webhooks WHERE id = $1", webhook_id, now=now)


async def try_mail(user_id: int, *, now: datetime) -> None:
    """Send this person a test at once; raise :class:`Invalid` where no account sends alarms."""
    if await queries.account_id() is None:
        raise Invalid("no_alarm_account", field="email")
    await _test("user_id", "SELECT id FROM users WHERE id = $1", user_id, now=now)


async def _test(receiver: str, exists: str, receiver_id: int, *, now: datetime) -> None:
    """Queue a test unless one is on its way."""
    if await sql.value(exists, receiver_id) is None:
        raise NotFound
    await sql.run(
        f"""
        INSERT INTO dispatches ({receiver}, test, state, began_at, leaves_at)
        SELECT $1, true, 'waiting', $2, $2 WHERE NOT EXISTS (
            SELECT FROM dispatches WHERE {receiver} = $1 AND test AND state IN ('waiting', 'sending'))
        """,
        receiver_id,
        now,
    )
