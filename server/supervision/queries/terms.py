"""Read calendars and policies as their forms show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent_ui.models.terms import Phase
from server.db import sql
from server.kit.errors import NotFound
from server.service_levels.queries import Step, read_steps

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
    team_id: int | None
    team_ar: str | None
    team_en: str | None
    account_id: int | None
    account: str | None
    contact_class: str | None
    own_hours: bool
    allowed_minutes: dict[str, float]
    pauses_in: tuple[str, ...]
    steps: tuple[Step, ...]
    starts_at: datetime
    superseded_at: datetime | None
    ends_at: datetime | None
    author: str
    saved_at: datetime

    def phase(self, now: datetime) -> Phase:
        """Say whether it holds now, is to hold later, or no longer holds."""
        until = [at for at in (self.superseded_at, self.ends_at) if at is not None]
        if any(at <= max(now, self.starts_at) for at in until):
            return "over"
        return "planned" if self.starts_at > now else "in_force"


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    saved_at: datetime
    author: str
    weekly: dict[str, list[list[str]]]
    exceptions: int
    current: bool


@dataclass(frozen=True, slots=True)
class Lead:
    """A team, whoever leads it, and the hours it has of its own."""

    team_id: int
    name_ar: str
    name_en: str
    lead_id: int | None
    calendar: str | None


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
    o.name_en AS topic_en, p.team_id, t.name_ar AS team_ar, t.name_en AS team_en, p.account_id,
    a.name AS account, p.contact_class, p.own_hours, p.allowed_minutes, p.pauses_in, p.steps, p.starts_at,
    p.superseded_at, p.ends_at, coalesce(u.name, '') AS author, p.created_at AS saved_at
FROM policies p LEFT JOIN users u ON u.id = p.author_id LEFT JOIN topics o ON o.id = p.topic_id
LEFT JOIN teams t ON t.id = p.team_id LEFT JOIN channel_accounts a ON a.id = p.account_id
"""
_STANDING = "(p.superseded_at IS NULL OR p.superseded_at > greatest($1::timestamptz, p.starts_at))"
_RETIRED = """
NOT EXISTS (SELECT FROM policies s WHERE s.name = p.name
    AND (s.superseded_at IS NULL OR s.superseded_at > greatest($1::timestamptz, s.starts_at)))
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


async def policies(*, now: datetime) -> tuple[PolicyRow, ...]:
    """Return the policies in force and those planned, in their order; one that has ended is among them."""
    found = await sql.rows(
        f"{_POLICIES} WHERE {_STANDING} ORDER BY p.position, p.name, p.starts_at LIMIT 1000", now
    )
    return tuple(_policy(row) for row in found)


async def retired(*, now: datetime) -> tuple[PolicyRow, ...]:
    """Return the last version of each policy of which none is in force or planned any more."""
    found = await sql.rows(
        f"""
        SELECT * FROM (SELECT DISTINCT ON (r.name) r.* FROM ({_POLICIES} WHERE {_RETIRED}) AS r
                       ORDER BY r.name, r.id DESC) AS last
        ORDER BY saved_at DESC LIMIT {VERSIONS}
        """,
        now,
    )
    return tuple(_policy(row) for row in found)


async def policy(policy_id: int, *, now: datetime) -> PolicyRow:
    """Return one policy in force, planned, or retired with all its versions; raise :class:`NotFound`."""
    row = await sql.row(
        f"{_POLICIES} WHERE ({_STANDING} OR {_RETIRED}) AND p.id = $2", now, policy_id
    )
    if row is None:
        raise NotFound
    return _policy(row)


async def policy_versions(name: str) -> tuple[PolicyRow, ...]:
    """Return every version of a policy, the newest first."""
    found = await sql.rows(
        f"{_POLICIES} WHERE p.name = $1 ORDER BY p.id DESC LIMIT {VERSIONS}", name
    )
    return tuple(_policy(row) for row in found)


async def calendar_versions(name: str) -> tuple[CalendarVersion, ...]:
    """Return every version of a calendar, the newest first."""
    found = await sql.rows(
        f"""
        SELECT c.created_at AS saved_at, coalesce(u.name, '') AS author, c.weekly,
            (SELECT count(*) FROM jsonb_object_keys(c.exceptions)) AS exceptions,
            c.superseded_at IS NULL AS current
        FROM calendars c LEFT JOIN users u ON u.id = c.author_id WHERE c.name = $1
        ORDER BY c.id DESC LIMIT {VERSIONS}
        """,
        name,
    )
    return tuple(CalendarVersion(**{**row, "weekly": sql.load(row["weekly"])}) for row in found)


async def calendar_taken(name: str) -> bool:
    """Say whether a calendar of that name is in force."""
    return bool(
        await sql.value(
            "SELECT true FROM calendars WHERE name = $1 AND superseded_at IS NULL", name
        )
    )


async def policy_taken(name: str, *, now: datetime) -> bool:
    """Say whether a policy of that name is in force or planned."""
    return bool(
        await sql.value(
            f"SELECT true FROM policies p WHERE {_STANDING} AND p.name = $2 LIMIT 1", now, name
        )
    )


async def leads() -> tuple[Lead, ...]:
    """Return every team with whoever leads it."""
    found = await sql.rows(
        "SELECT id AS team_id, name_ar, name_en, lead_id, calendar FROM teams ORDER BY id LIMIT 1000"
    )
    return tuple(Lead(**row) for row in found)


async def channel_hours() -> dict[str, str]:
    """Return the calendars that channels have of their own."""
    found = await sql.rows("SELECT channel, calendar FROM channel_calendars LIMIT 100")
    return {row["channel"]: row["calendar"] for row in found}


async def accounts() -> tuple[tuple[int, str], ...]:
    """Return the channel accounts by name."""
    found = await sql.rows("SELECT id, name FROM channel_accounts ORDER BY name LIMIT 1000")
    return tuple((row["id"], row["name"]) for row in found)


async def following(*, now: datetime) -> int | None:
    """Return how many open tickets have followed the changes of terms under way; nothing without any."""
    found: int | None = await sql.value(
        "SELECT sum(touched)::int FROM term_changes WHERE done_at IS NULL AND starts_at <= $1", now
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
    read = {
        "allowed_minutes": sql.load(row["allowed_minutes"]),
        "pauses_in": tuple(row["pauses_in"]),
        "steps": read_steps(row["steps"]),
    }
    return PolicyRow(**{**row, **read})
