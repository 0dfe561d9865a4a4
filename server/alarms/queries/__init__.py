"""Read who wants to hear of what, by which way, and when not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.alarms.kinds import KINDS, Kind
from server.db import sql
from server.kit.settings import settings

MANY = 1000


@dataclass(frozen=True, slots=True)
class Choice:
    """What one person chose; whoever chose nothing is mailed when something is wrong with the house."""

    email: tuple[Kind, ...] = ("trouble",)
    browser: tuple[Kind, ...] = KINDS
    zone: str = ""
    quiet: str = "{}"
    pressing: str = "none"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address of another system, without its secrets."""

    id: int
    name: str
    host: str
    kinds: tuple[Kind, ...]
    enabled: bool


async def choices(user_ids: Sequence[int]) -> Mapping[int, Choice]:
    """Return everybody's choice."""
    found = await sql.rows(
        """
        SELECT user_id, email, browser, zone, quiet, pressing FROM alarm_choices
        WHERE user_id = ANY($1::bigint[])
        """,
        sorted(set(user_ids)),
    )
    made = {
        row["user_id"]: Choice(
            tuple(row["email"]),
            tuple(row["browser"]),
            row["zone"],
            row["quiet"],
            row["pressing"],
        )
        for row in found
    }
    return {user_id: made.get(user_id, Choice(zone=settings().zone)) for user_id in user_ids}


async def account_id() -> int | None:
    """Return the channel account by which alarms leave as e-mail, if one was chosen."""
    found: int | None = await sql.value("SELECT channel_account_id FROM alarm_account")
    return found


async def webhooks(*, enabled: bool | None = None) -> tuple[Webhook, ...]:
    """Return the webhooks by name."""
    found = await sql.rows(
        f"""
        SELECT id, name, host, kinds, enabled FROM alarm_webhooks
        WHERE $1::boolean IS NULL OR enabled = $1 ORDER BY name LIMIT {MANY}
        """,
        enabled,
    )
    return tuple(Webhook(**{**row, "kinds": tuple(row["kinds"])}) for row in found)
