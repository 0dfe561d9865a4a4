"""Look for what is wrong with the house: sources, queues, answers, processes. Counts stop early."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.db import sql
from server.kit.limits import COUNT_CAP

FAILING = timedelta(minutes=2)
BACKLOG = timedelta(minutes=5)
OLD = timedelta(days=3)
NOT_LEAVING = timedelta(minutes=15)
SILENT_WORKER = timedelta(minutes=2)
SILENT = timedelta(hours=2)
USUAL = 5
"""So much must have come in these hours of the week, in each of the last four weeks, for silence to mean something."""
SILENT_LONG = timedelta(hours=24)
SIGHTED = 3
"""So many days before a feast it is asked who sees the moon."""
DAYS = 14
"""For a quieter source: something on each of so many days, and then nothing for a whole day."""


@dataclass(frozen=True, slots=True)
class AtAccount:
    """Something that is wrong with one channel account; ``mark`` rises when it becomes worse."""

    account_id: int
    team_id: int
    count: int = 0
    since: datetime | None = None
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """The first of some days that wait for a moon, in a version of the calendar that began by an earlier one."""

    calendar: int
    version: int
    first: str


async def failing(*, now: datetime) -> Sequence[AtAccount]:
    """Return the accounts that have not worked for a while."""
    found = await sql.rows(
        """
        SELECT id AS account_id, team_id, state_at AS since FROM channel_accounts
        WHERE enabled AND state = 'failing' AND state_at <= $1 ORDER BY id LIMIT 500
        """,
        now - FAILING,
    )
    return [AtAccount(**row) for row in found]


async def silent(*, now: datetime) -> Sequence[AtAccount]:
    """Return the accounts through which nothing comes in although something usually does."""
    found = await sql.rows(
        f"""
        WITH heard AS (
            SELECT a.id, a.team_id, (
                SELECT max(j.received_at) FROM journal j WHERE j.channel_account_id = a.id AND j.received_at <= $1
            ) AS since
            FROM channel_accounts a WHERE a.enabled
        )
        SELECT h.id AS account_id, h.team_id, h.since FROM heard h
        WHERE h.since <= $1::timestamptz - $2::interval AND (
            (SELECT min(w.count) FROM generate_series(1, 4) AS g(week) CROSS JOIN LATERAL (
                SELECT count(*) FROM (
                    SELECT FROM journal j WHERE j.channel_account_id = h.id
                        AND j.received_at > $1 - g.week * interval '7 days' - $2
                        AND j.received_at <= $1 - g.week * interval '7 days' LIMIT {USUAL}
                ) AS c) AS w) >= {USUAL}
            OR (h.since <= $1 - $3::interval AND NOT EXISTS (
                SELECT FROM generate_series(1, {DAYS}) AS g(day) WHERE NOT EXISTS (
                    SELECT FROM journal j WHERE j.channel_account_id = h.id
                        AND j.received_at > $1 - (g.day + 1) * interval '1 day'
                        AND j.received_at <= $1 - g.day * interval '1 day')))
        ) ORDER BY h.id LIMIT 500
        """,
        now,
        SILENT,
        SILENT_LONG,
    )
    return [AtAccount(**row) for row in found]


async def quarantined() -> Sequence[AtAccount]:
    """Return the accounts with entries in quarantine; each further entry is worse."""
    return await _counted("j.state = 'failed'")


async def unread(*, now: datetime) -> Sequence[AtAccount]:
    """Return the accounts of which much has come in that should have been read long ago."""
    return await _counted(
        "j.state = 'open' AND j.received_at <= $1 AND j.lone_failures = 0", at=now - BACKLOG
    )


async def old(*, now: datetime) -> Sequence[AtAccount]:
    """Return the accounts with something that has been waiting for days, in quarantine or before it."""
    return await _counted(
        "j.state = 'open' AND j.received_at <= $1",
        "j.state = 'failed' AND j.received_at <= $1",
        at=now - OLD,
    )


async def _counted(*conditions: str, at: datetime | None = None) -> Sequence[AtAccount]:
    """Count entries by account. Each state has an index of its own, so each is asked for by itself."""
    entries = " UNION ALL ".join(
        f"""
        (SELECT j.id, j.channel_account_id, j.received_at FROM journal j
         WHERE {condition} LIMIT {COUNT_CAP})
        """
        for condition in conditions
    )
    found = await sql.rows(
        f"""
        SELECT c.channel_account_id AS account_id, a.team_id, count(*) AS count, min(c.received_at) AS since,
            max(c.id) AS mark
        FROM ({entries}) AS c JOIN channel_accounts a ON a.id = c.channel_account_id
        GROUP BY c.channel_account_id, a.team_id ORDER BY 1
        """,
        *([] if at is None else [at]),
    )
    return [AtAccount(**row) for row in found]


async def not_leaving(*, now: datetime) -> Sequence[AtAccount]:
    """Return the accounts by which answers should have left a while ago."""
    found = await sql.rows(
        f"""
        SELECT d.channel_account_id AS account_id, a.team_id, count(*) AS count, min(d.held_until) AS since
        FROM (SELECT channel_account_id, held_until FROM deliveries
              WHERE state IN ('held', 'queued', 'sending') AND held_until <= $1 LIMIT {COUNT_CAP}) AS d
        JOIN channel_accounts a ON a.id = d.channel_account_id
        GROUP BY d.channel_account_id, a.team_id ORDER BY 1
        """,
        now - NOT_LEAVING,
    )
    return [AtAccount(**row) for row in found]


async def withheld() -> Sequence[AtAccount]:
    """Return the accounts with mail that their server no longer hands out, however often it is asked."""
    found = await sql.rows(
        """
        SELECT u.channel_account_id AS account_id, a.team_id, count(*) AS count, min(u.first_at) AS since,
            max(u.id) AS mark
        FROM unreadable_mails u JOIN channel_accounts a ON a.id = u.channel_account_id
        WHERE u.next_try_at IS NULL GROUP BY u.channel_account_id, a.team_id ORDER BY 1
        """
    )
    return [AtAccount(**row) for row in found]


async def no_longer_answering() -> Sequence[AtAccount]:
    """Return the accounts whose automatic answers were stopped because they were too many."""
    found = await sql.rows(
        """
        SELECT id AS account_id, team_id, automatic_stopped_at AS since FROM channel_accounts
        WHERE enabled AND automatic_stopped_at IS NOT NULL ORDER BY id LIMIT 500
        """
    )
    return [AtAccount(**row) for row in found]


async def unconfirmed(*, now: datetime) -> Sequence[Unconfirmed]:
    """Return the days that wait for a moon although they are only a few days away, or have begun."""
    found = await sql.rows(
        f"""
        SELECT (SELECT min(f.id) FROM calendars f WHERE f.name = c.name) AS calendar, c.id AS version,
            p->>'first' AS first
        FROM calendars c CROSS JOIN LATERAL jsonb_array_elements(c.periods) AS p
        WHERE c.superseded_at IS NULL AND (p->>'provisional')::boolean
            AND (p->>'first')::date <= ($1::timestamptz AT TIME ZONE c.zone)::date + {SIGHTED}
            AND (p->>'last')::date >= ($1::timestamptz AT TIME ZONE c.zone)::date
        ORDER BY 3, 1 LIMIT 100
        """,
        now,
    )
    return [Unconfirmed(**row) for row in found]


async def silent_worker(*, now: datetime) -> datetime | None:
    """Return since when the worker has given no sign of life, if that is long ago."""
    found: datetime | None = await sql.value(
        "SELECT at FROM heartbeats WHERE process = 'work' AND at <= $1", now - SILENT_WORKER
    )
    return found


async def differing_clocks() -> tuple[int, int]:
    """Return the last finished check of clocks, and how many differed from their events."""
    row = await sql.row(
        "SELECT id, differing FROM clock_checks WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1"
    )
    return (row["id"], row["differing"]) if row else (0, 0)
