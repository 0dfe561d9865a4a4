"""Configure channel accounts and record how they are doing."""

from collections.abc import Mapping
from datetime import datetime

import asyncpg

from channels.registry import REGISTRY
from server.db import sql
from server.kit.errors import Invalid
from server.kit.secrets import Undecryptable, decrypt, encrypt
from server.kit.work import transaction


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


async def change(name: str, *, values: Mapping[str, object]) -> None:
    """Change some settings of an account; listeners follow within seconds. Raises as :func:`add` does."""
    async with transaction():
        row = await sql.row(
            "SELECT id, kind, settings, secrets FROM channel_accounts WHERE name = $1 FOR UPDATE",
            name,
        )
        if row is None:
            raise Invalid(f"name: there is no account {name!r}")
        channel = REGISTRY[row["kind"]]
        secret = {field: value for field, value in values.items() if field in channel.secret_fields}
        plain = sql.load(row["settings"]) | {
            field: value for field, value in values.items() if field not in secret
        }
        kept = {
            field: sealed
            for field, sealed in sql.load(row["secrets"]).items()
            if field not in secret
        }
        try:
            channel.load(
                plain | {field: decrypt(sealed) for field, sealed in kept.items()} | secret
            )
        except ValueError as error:
            raise Invalid(str(error)) from error
        sealed = kept | {field: encrypt(str(value)) for field, value in secret.items()}
        await sql.run(
            "UPDATE channel_accounts SET settings = $2::jsonb, secrets = $3::jsonb WHERE id = $1",
            row["id"],
            sql.dump(plain),
            sql.dump(sealed),
        )


async def renew_secret(kind: str, field: str, *, old: str, new: str) -> None:
    """Put a new secret in the place of the old one, in every account of a kind that has it."""
    async with transaction():
        found = await sql.rows(
            """
            SELECT id, secrets->>$2 AS sealed FROM channel_accounts
            WHERE kind = $1 AND secrets ? $2 ORDER BY id FOR UPDATE
            """,
            kind,
            field,
        )
        holders = [row["id"] for row in found if _opened(row["sealed"]) == old]
        await sql.run(
            "UPDATE channel_accounts SET secrets = secrets || $2::jsonb WHERE id = ANY($1::bigint[])",
            holders,
            sql.dump({field: encrypt(new)}),
        )


def _opened(sealed: str) -> str | None:
    try:
        return decrypt(sealed)
    except Undecryptable:
        return None


async def enable(name: str, *, enabled: bool) -> None:
    """Let an account work, or let it rest: nothing is fetched, taken or sent by it meanwhile."""
    if not await sql.run("UPDATE channel_accounts SET enabled = $2 WHERE name = $1", name, enabled):
        raise Invalid(f"name: there is no account {name!r}")


async def report(account_id: int, *, part: str, code: str | None = None, now: datetime) -> None:
    """Record why a part of an account (``imap``, ``smtp``, ``intake``) fails, or without a code that it works.

    An account is ``ok`` when none of its parts fails.
    """
    await sql.run(
        """
        UPDATE channel_accounts a SET
            faults = f.now,
            state = CASE WHEN f.now = '{}' THEN 'ok' ELSE 'failing' END,
            state_code = (SELECT value FROM jsonb_each_text(f.now) ORDER BY key LIMIT 1),
            state_at = $4
        FROM (SELECT id, CASE WHEN $3::text IS NULL THEN faults - $2::text
                              ELSE faults || jsonb_build_object($2::text, $3::text) END AS now
              FROM channel_accounts WHERE id = $1) AS f
        WHERE a.id = f.id AND (a.faults <> f.now OR a.state = 'new')
        """,
        account_id,
        part,
        code,
        now,
    )
