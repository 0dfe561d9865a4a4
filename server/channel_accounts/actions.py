"""Configure channel accounts and record how they are doing."""

from collections.abc import Mapping
from datetime import datetime

import asyncpg

from channels.registry import REGISTRY
from server.db import sql
from server.kit.errors import Invalid
from server.kit.secrets import encrypt


async def add(
    kind: str, *, name: str, values: Mapping[str, object], team: str = "intake", now: datetime
) -> int:
    """Add an account; raise :class:`Invalid` naming what is wrong. Secrets are stored encrypted."""
    channel = REGISTRY.get(kind)
    if channel is None:
        raise Invalid(f"kind: there is no channel {kind!r}; there are {', '.join(REGISTRY)}")
    try:
        channel.load(values)
    except ValueError as error:
        raise Invalid(str(error)) from error
    secret = {field: value for field, value in values.items() if field in channel.secret_fields}
    plain = {field: value for field, value in values.items() if field not in secret}
    try:
        account_id = await sql.value(
            """
            INSERT INTO channel_accounts (kind, name, team_id, settings, secrets, created_at)
            SELECT $1, $2, id, $4::jsonb, $5::jsonb, $6 FROM teams WHERE slug = $3 RETURNING id
            """,
            kind,
            name,
            team,
            sql.dump(plain),
            sql.dump({field: encrypt(str(value)) for field, value in secret.items()}),
            now,
        )
    except asyncpg.UniqueViolationError as error:
        raise Invalid(f"name: there is already an account {name!r}") from error
    if account_id is None:
        raise Invalid(f"team: there is no team {team!r}")
    return int(account_id)


async def report(account_id: int, *, state: str, code: str | None = None, now: datetime) -> None:
    """Record that an account works (``ok``) or why it does not (``failing`` and a code)."""
    await sql.run(
        """
        UPDATE channel_accounts SET state = $2, state_code = $3, state_at = $4
        WHERE id = $1 AND (state, coalesce(state_code, '')) IS DISTINCT FROM ($2, coalesce($3, ''))
        """,
        account_id,
        state,
        code,
        now,
    )
