"""Read how each way out of the house is doing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.db import sql

LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Last:
    """The newest message to one receiver that was tried."""

    state: str
    at: datetime
    code: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Doing:
    """How one webhook is doing."""

    waiting: int
    failed: int
    last: Last | None


@dataclass(frozen=True, slots=True)
class Mailer:
    """An e-mail account by which alarms could leave."""

    id: int
    name: str
    chosen: bool


async def doing(webhook_ids: Sequence[int], *, now: datetime) -> Mapping[int, Doing]:
    """Return how each webhook is doing; ``failed`` messages of the last day never arrived."""
    found = await sql.rows(
        """
        SELECT w.id, l.state, l.at, l.code, l.attempts, (
                SELECT count(*) FROM dispatches d
                WHERE d.webhook_id = w.id AND d.state IN ('gathering', 'waiting', 'sending')) AS waiting, (
                SELECT count(*) FROM dispatches d
                WHERE d.webhook_id = w.id AND d.state = 'failed' AND NOT d.test AND d.settled_at > $2) AS failed
        FROM unnest($1::bigint[]) AS w(id) LEFT JOIN LATERAL (
            SELECT d.state, coalesce(d.settled_at, d.began_at) AS at, d.code, d.attempts FROM dispatches d
            WHERE d.webhook_id = w.id AND (d.attempts > 0 OR d.test) ORDER BY d.id DESC LIMIT 1
        ) AS l ON true
        """,
        list(webhook_ids),
        now - LATELY,
    )
    return {
        row["id"]: Doing(
            row["waiting"],
            row["failed"],
            Last(row["state"], row["at"], row["code"], row["attempts"]) if row["state"] else None,
        )
        for row in found
    }


async def last_mail(user_id: int) -> Last | None:
    """Return what became of the last e-mail to this person that was tried."""
    row = await sql.row(
        """
        SELECT state, coalesce(settled_at, began_at) AS at, code, attempts FROM dispatches
        WHERE user_id = $1 AND (attempts > 0 OR test) ORDER BY id DESC LIMIT 1
        """,
        user_id,
    )
    return Last(**row) if row else None


async def mailers() -> tuple[Mailer, ...]:
    """Return the e-mail accounts that send, by name."""
    found = await sql.rows(
        """
        SELECT a.id, a.name, c.single IS NOT NULL AS chosen
        FROM channel_accounts a LEFT JOIN alarm_account c ON c.channel_account_id = a.id
        WHERE c.single IS NOT NULL OR (a.kind = 'email' AND a.enabled AND a.settings->>'smtp_host' <> ''
            AND coalesce(a.settings->>'outgoing', 'smtp') = 'smtp')
        ORDER BY a.name LIMIT 500
        """
    )
    return tuple(Mailer(**row) for row in found)


async def webhook_url(webhook_id: int) -> str | None:
    """Return the sealed address of a webhook."""
    found: str | None = await sql.value("SELECT url FROM alarm_webhooks WHERE id = $1", webhook_id)
    return found
