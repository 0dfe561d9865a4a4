"""Read channel accounts, their secrets opened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.message import Party
from channels.registry import REGISTRY
from server.db import sql
from server.kit import log
from server.kit.errors import Invalid, NotFound
from server.kit.secrets import decrypt

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """One configured mailbox, bot, page or number; ``settings`` is its kind's own settings type."""

    id: int
    kind: str
    name: str
    team_id: int
    settings: Any
    enabled: bool
    state: str
    state_code: str | None
    state_at: datetime | None


_COLUMNS = "id, kind, name, team_id, settings, secrets, enabled, state, state_code, state_at"


async def every(kind: str | None = None) -> tuple[Account, ...]:
    """Return all accounts, or all of one kind, by name; those whose settings cannot be read are left out."""
    found = await sql.rows(
        f"SELECT {_COLUMNS} FROM channel_accounts WHERE $1::text IS NULL OR kind = $1 ORDER BY name LIMIT 1000",
        kind,
    )
    readable = []
    for row in found:
        try:
            readable.append(_account(row))
        except ValueError as error:
            # One account that cannot be read, perhaps for a lost key, must not stop the others.
            _log.error("account unreadable", account=row["id"], error=type(error).__name__)
    return tuple(readable)


async def one(account_id: int) -> Account:
    """Return an account; raise :class:`NotFound`."""
    row = await sql.row(f"SELECT {_COLUMNS} FROM channel_accounts WHERE id = $1", account_id)
    if row is None:
        raise NotFound
    return _account(row)


async def named(name: str) -> Account:
    """Return the account of that name; raise :class:`NotFound`."""
    row = await sql.row(f"SELECT {_COLUMNS} FROM channel_accounts WHERE name = $1", name)
    if row is None:
        raise NotFound
    return _account(row)


async def own_addresses() -> frozenset[str]:
    """Return every e-mail address that is ours, in the spelling in which parties are compared."""
    found = await sql.rows("SELECT settings FROM channel_accounts WHERE kind = 'email' LIMIT 1000")
    configured = [sql.load(row["settings"]) for row in found]
    return frozenset(
        Party(address).key
        for one in configured
        for address in (one["address"], *one.get("aliases", ()))
    )


def _account(row: Any) -> Account:
    values = sql.load(row["settings"])
    for field, secret in sql.load(row["secrets"]).items():
        values[field] = decrypt(secret)
    return Account(
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        team_id=row["team_id"],
        settings=REGISTRY[row["kind"]].load(values),
        enabled=row["enabled"],
        state=row["state"],
        state_code=row["state_code"],
        state_at=row["state_at"],
    )


async def kind_of(name: str) -> str:
    """Return the kind of the account of that name; raise :class:`Invalid`."""
    kind = await sql.value("SELECT kind FROM channel_accounts WHERE name = $1", name)
    if kind is None:
        raise Invalid(f"name: there is no account {name!r}")
    return str(kind)
