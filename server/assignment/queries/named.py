"""What rules may name: what of it exists, what it is called, and which calendars are open when.

Calendars and policies get a new row each time they are saved; a rule that names an old row means the one that
bears its name today.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing import Existing, Rule
from routing.implied import conditions
from server.db import sql
from sla import Calendar
from sla.stored import calendar_of

_calendars: dict[int, Calendar] = {}
"""Calendars by row; rows never change, so what was read once stays right."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Something a rule may name; ``ids`` are those of its earlier versions as well."""

    id: int
    name: str
    ids: frozenset[int]


async def existing() -> Existing:
    """Return the ids of everything that rules may name."""
    found = await sql.rows(
        """
        SELECT 'teams' AS kind, array_agg(id) AS ids FROM teams
        UNION ALL SELECT 'people', array_agg(id) FROM users WHERE active
        UNION ALL SELECT 'accounts', array_agg(id) FROM channel_accounts
        UNION ALL SELECT 'answers', array_agg(id) FROM automatic_texts WHERE removed_at IS NULL
        UNION ALL SELECT 'policies', array_agg(id) FROM policies
            WHERE name IN (SELECT name FROM policies WHERE superseded_at IS NULL)
        UNION ALL SELECT 'calendars', array_agg(id) FROM calendars
            WHERE name IN (SELECT name FROM calendars WHERE superseded_at IS NULL)
        """
    )
    return Existing(**{row["kind"]: frozenset(row["ids"] or ()) for row in found})


async def calendars_asked(rules: Sequence[Rule]) -> Mapping[int, Calendar]:
    """Return the calendars that these rules ask, by the ids they use."""
    asked = {
        int(one)
        for rule in rules
        for condition in conditions(rule.source.get("when", {}))
        if condition["field"] == "calendar"
        for one in _several(condition["value"])
    }
    if not asked:
        return {}
    found = await sql.rows(
        """
        SELECT n.id AS asked, c.id FROM calendars n
        JOIN calendars c ON c.name = n.name AND c.superseded_at IS NULL
        WHERE n.id = ANY($1::bigint[])
        """,
        sorted(asked),
    )
    await _know(row["id"] for row in found)
    return {row["asked"]: _calendars[row["id"]] for row in found}


async def calendars() -> tuple[Listed, ...]:
    """Return the calendars in force by name."""
    return await _listed("calendars")


async def policies() -> tuple[Listed, ...]:
    """Return the policies in force by name."""
    return await _listed("policies")


async def _listed(table: str) -> tuple[Listed, ...]:
    found = await sql.rows(
        f"""
        SELECT c.id, c.name, (SELECT array_agg(id) FROM {table} WHERE name = c.name) AS ids
        FROM {table} c WHERE c.superseded_at IS NULL ORDER BY c.name LIMIT 1000
        """
    )
    return tuple(Listed(row["id"], row["name"], frozenset(row["ids"])) for row in found)


async def _know(calendar_ids: Iterable[int]) -> None:
    if missing := set(calendar_ids) - _calendars.keys():
        for row in await sql.rows(
            "SELECT id, zone, weekly, exceptions FROM calendars WHERE id = ANY($1::bigint[])",
            sorted(missing),
        ):
            _calendars[row["id"]] = calendar_of(
                row["zone"], sql.load(row["weekly"]), sql.load(row["exceptions"])
            )


def _several(value: Any) -> Sequence[int]:
    return value if isinstance(value, list | tuple) else [value]
