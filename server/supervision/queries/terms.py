"""Read calendars and policies as their forms show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.db import sql
from server.kit.errors import NotFound

VERSIONS = 50


@dataclass(frozen=True, slots=True)
class CalendarRow:
    id: int
    name: str
    zone: str
    weekly: dict[str, list[list[str]]]
    exceptions: dict[str, list[list[str]]]
    periods: list[dict[str, Any]]
    author: str
    saved_at: datetime
    used_by: int


@dataclass(frozen=True, slots=True)
class PolicyRow:
    id: int
    name: str
    position: int
    calendar: str
    priority: str | None
    channel: str | None
    topic_id: int | None
    topic_ar: str | None
    topic_en: str | None
    allowed_minutes: dict[str, float]
    pauses_in: tuple[str, ...]
    steps: list[dict[str, Any]]
    author: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    saved_at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class Topic:
    id: int
    parent_id: int | None
    name_ar: str
    name_en: str


_CALENDARS = """
SELECT c.id, c.name, c.zone, c.weekly, c.exceptions, c.periods, coalesce(u.name, '') AS author,
    c.created_at AS saved_at, (
        SELECT count(*) FROM policies p WHERE p.calendar = c.name AND p.superseded_at IS NULL) AS used_by
FROM calendars c LEFT JOIN users u ON u.id = c.author_id WHERE c.superseded_at IS NULL
"""
_POLICIES = """
SELECT p.id, p.name, p.position, p.calendar, p.priority, p.channel, p.topic_id, o.name_ar AS topic_ar,
    o.name_en AS topic_en, p.allowed_minutes, p.pauses_in, p.steps, coalesce(u.name, '') AS author,
    p.created_at AS saved_at
FROM policies p LEFT JOIN users u ON u.id = p.author_id LEFT JOIN topics o ON o.id = p.topic_id
WHERE p.superseded_at IS NULL
"""


async def calendars() -> tuple[CalendarRow, ...]:
    """Return the calendars in force."""
    found = await sql.rows(f"{_CALENDARS} ORDER BY c.name LIMIT 1000")
    return tuple(_calendar(row) for row in found)


async def calendar(calendar_id: int) -> CalendarRow:
    """Return one calendar in force; raise :class:`NotFound`."""
    row = await sql.row(f"{_CALENDARS} AND c.id = $1", calendar_id)
    if row is None:
        raise NotFound
    return _calendar(row)


async def policies() -> tuple[PolicyRow, ...]:
    """Return the policies in force, in their order."""
    found = await sql.rows(f"{_POLICIES} ORDER BY p.position, p.id LIMIT 1000")
    return tuple(_policy(row) for row in found)


async def policy(policy_id: int) -> PolicyRow:
    """Return one policy in force; raise :class:`NotFound`."""
    row = await sql.row(f"{_POLICIES} AND p.id = $1", policy_id)
    if row is None:
        raise NotFound
    return _policy(row)


async def versions(table: str, name: str) -> tuple[Version, ...]:
    """Return when and by whom a calendar or policy was saved, the newest first."""
    found = await sql.rows(
        f"""
        SELECT c.created_at AS saved_at, coalesce(u.name, '') AS author
        FROM {table} c LEFT JOIN users u ON u.id = c.author_id WHERE c.name = $1
        ORDER BY c.id DESC LIMIT {VERSIONS}
        """,
        name,
    )
    return tuple(Version(**row) for row in found)


async def taken(table: str, name: str) -> bool:
    """Say whether one of that name is in force."""
    return bool(
        await sql.value(f"SELECT true FROM {table} WHERE name = $1 AND superseded_at IS NULL", name)
    )


async def following() -> int | None:
    """Return how many open tickets have followed the changes of terms not yet done; nothing without any."""
    found: int | None = await sql.value(
        "SELECT sum(touched)::int FROM term_changes WHERE done_at IS NULL"
    )
    return found


async def topics() -> Sequence[Topic]:
    """Return every topic."""
    found = await sql.rows(
        "SELECT id, parent_id, name_ar, name_en FROM topics ORDER BY position, id LIMIT 1000"
    )
    return [Topic(**row) for row in found]


def _calendar(row: Any) -> CalendarRow:
    read = {name: sql.load(row[name]) for name in ("weekly", "exceptions", "periods")}
    return CalendarRow(**{**row, **read})


def _policy(row: Any) -> PolicyRow:
    read = {name: sql.load(row[name]) for name in ("allowed_minutes", "steps")}
    return PolicyRow(**{**row, **read, "pauses_in": tuple(row["pauses_in"])})
