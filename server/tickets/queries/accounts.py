"""How each channel account is doing: its state, the last things that passed, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.kit.limits import COUNT_CAP

MANY = 500


@dataclass(frozen=True, slots=True)
class Traffic:
    """One account; counts stop at ``COUNT_CAP``."""

    id: int
    kind: str
    name: str
    address: str
    enabled: bool
    keeps_mail: bool
    state: str
    state_code: str | None
    since: datetime
    last_in: datetime | None
    last_out: datetime | None
    waiting_in: int
    waiting_out: int
    failed: int
    answers_stopped: bool


async def traffic(*, of_teams: Sequence[int] | None = None) -> tuple[Traffic, ...]:
    """Return all accounts by name, or those whose tickets begin in one of the teams."""
    found = await sql.rows(
        f"""
        SELECT a.id, a.kind, a.name, coalesce(a.settings->>'address', '') AS address, a.enabled,
            coalesce(a.settings->>'outgoing' = 'keep', false) AS keeps_mail, a.state, a.state_code,
            coalesce(a.state_at, a.created_at) AS since, a.automatic_stopped_at IS NOT NULL AS answers_stopped,
            (SELECT j.received_at FROM journal j WHERE j.channel_account_id = a.id
                ORDER BY j.id DESC LIMIT 1) AS last_in,
            (SELECT d.accepted_at FROM deliveries d
                WHERE d.channel_account_id = a.id AND d.accepted_at IS NOT NULL
                ORDER BY d.accepted_at DESC LIMIT 1) AS last_out,
            (SELECT count(*) FROM (
                SELECT FROM journal j WHERE j.channel_account_id = a.id AND j.state = 'open' LIMIT {COUNT_CAP}
            ) AS waiting) AS waiting_in,
            (SELECT count(*) FROM (
                SELECT FROM deliveries d
                WHERE d.channel_account_id = a.id AND d.state IN ('held', 'queued', 'sending') LIMIT {COUNT_CAP}
            ) AS waiting) AS waiting_out,
            (SELECT count(*) FROM (
                SELECT FROM journal j WHERE j.channel_account_id = a.id AND j.state = 'failed' LIMIT {COUNT_CAP}
            ) AS failed) AS failed
        FROM channel_accounts a WHERE $1::bigint[] IS NULL OR a.team_id = ANY($1::bigint[])
        ORDER BY a.name LIMIT {MANY}
        """,
        of_teams,
    )
    return tuple(Traffic(**row) for row in found)
