"""Read who works when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from server.db import sql
from server.kit.errors import NotFound
from sla import Calendar
from sla.stored import calendar_of


@dataclass(frozen=True, slots=True)
class Turning:
    """Whose hours begin or end: a person's or a team's; ``calendar`` is None where nobody wrote any."""

    id: int
    at: datetime
    calendar: Calendar | None
    calendar_id: int | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody in a team, with the hours that are their own or None; ``on_shift`` is as of now."""

    id: int
    name: str
    presence: str
    zone: str | None
    weekly: dict[str, Any] | None
    exceptions: dict[str, Any]
    periods: list[dict[str, Any]]
    author: str
    saved_at: datetime | None
    on_shift: bool | None
    team_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TeamHours:
    """The calendar that holds for those of a team who have no hours of their own; without one it is always."""

    id: int
    name_ar: str
    name_en: str
    calendar: str | None
    zone: str | None
    weekly: dict[str, Any] | None
    exceptions: dict[str, Any]
    on_shift: bool


_HOURS = "s.zone, s.weekly::text AS weekly, s.exceptions::text AS exceptions"


@lru_cache(maxsize=1000)
def hours(zone: str, weekly: str, exceptions: str) -> Calendar:
    """Build the calendar of hours as they are stored; many people share the same ones."""
    return calendar_of(zone, sql.load(weekly), sql.load(exceptions))


async def lock_turning_people(*, now: datetime, limit: int) -> tuple[Turning, ...]:
    """Lock the capacity rows of people whose shift began or ended, in the order of people."""
    found = await sql.rows(
        f"""
        SELECT w.user_id AS id, w.shift_changes_at AS at, {_HOURS}
        FROM workloads w JOIN shifts s ON s.user_id = w.user_id AND s.superseded_at IS NULL
        WHERE w.shift_changes_at <= $1 ORDER BY w.user_id LIMIT $2 FOR UPDATE OF w SKIP LOCKED
        """,
        now,
        limit,
    )
    return tuple(Turning(row["id"], row["at"], _calendar(row)) for row in found)


async def lock_turning_teams(*, now: datetime) -> tuple[Turning, ...]:
    """Lock the teams whose hours began, ended or were written anew."""
    found = await sql.rows(
        f"""
        SELECT g.id, least(g.shift_changes_at, $1) AS at, s.id AS calendar_id, {_HOURS}
        FROM teams g LEFT JOIN calendars s ON s.name = g.calendar AND s.superseded_at IS NULL
        WHERE g.calendar IS NOT NULL AND (g.shift_changes_at <= $1 OR g.calendar_id IS DISTINCT FROM s.id)
        ORDER BY g.id FOR NO KEY UPDATE OF g SKIP LOCKED
        """,
        now,
    )
    return tuple(Turning(r["id"], r["at"], _calendar(r), r["calendar_id"]) for r in found)


async def on_shift(user_ids: Collection[int], *, now: datetime) -> dict[int, bool]:
    """Reckon whose own hours these are; for those whose turn has come and was not yet written down."""
    if not user_ids:
        return {}
    found = await sql.rows(
        f"SELECT s.user_id, {_HOURS} FROM shifts s WHERE s.user_id = ANY($1::bigint[]) AND s.superseded_at IS NULL",
        list(user_ids),
    )
    return {row["user_id"]: _is_open(_calendar(row), now) for row in found}


async def teams_on_shift(team_ids: Sequence[int], *, now: datetime) -> dict[int, bool]:
    """Reckon which teams' hours these are."""
    if not team_ids:
        return {}
    found = await sql.rows(
        f"""
        SELECT g.id, {_HOURS} FROM teams g
        LEFT JOIN calendars s ON s.name = g.calendar AND s.superseded_at IS NULL
        WHERE g.id = ANY($1::bigint[])
        """,
        list(team_ids),
    )
    return {row["id"]: _is_open(_calendar(row), now) for row in found}


async def workers(team_ids: Collection[int], *, only: int | None = None) -> tuple[Worker, ...]:
    """Return the people of these teams by name, or one of them, with their hours."""
    found = await sql.rows(
        """
        SELECT u.id, u.name, coalesce(p.state, 'offline') AS presence, s.zone, s.weekly, s.exceptions, s.periods,
               coalesce(a.name, '') AS author, s.created_at AS saved_at, w.on_shift,
               ARRAY(SELECT m.team_id FROM memberships m WHERE m.user_id = u.id ORDER BY 1) AS team_ids
        FROM users u LEFT JOIN presences p ON p.user_id = u.id
        LEFT JOIN shifts s ON s.user_id = u.id AND s.superseded_at IS NULL
        LEFT JOIN users a ON a.id = s.author_id LEFT JOIN workloads w ON w.user_id = u.id
        WHERE u.active AND ($2::bigint IS NULL OR u.id = $2) AND EXISTS (
            SELECT FROM memberships m WHERE m.user_id = u.id AND m.team_id = ANY($1::bigint[]))
        ORDER BY u.name, u.id LIMIT 1000
        """,
        list(team_ids),
        only,
    )
    return tuple(
        Worker(
            **{
                **row,
                "weekly": sql.load(row["weekly"]),
                "exceptions": sql.load(row["exceptions"]) or {},
                "periods": sql.load(row["periods"]) or [],
                "team_ids": tuple(row["team_ids"]),
            }
        )
        for row in found
    )


async def worker(user_id: int, *, team_ids: Collection[int]) -> Worker:
    """Return one person of these teams; raise :class:`NotFound`."""
    found = await workers(team_ids, only=user_id)
    if not found:
        raise NotFound
    return found[0]


async def team_hours(team_ids: Collection[int]) -> tuple[TeamHours, ...]:
    """Return the hours of these teams."""
    found = await sql.rows(
        """
        SELECT g.id, g.name_ar, g.name_en, g.calendar, s.zone, s.weekly, s.exceptions, g.on_shift
        FROM teams g LEFT JOIN calendars s ON s.name = g.calendar AND s.superseded_at IS NULL
        WHERE g.id = ANY($1::bigint[]) ORDER BY g.id
        """,
        list(team_ids),
    )
    return tuple(
        TeamHours(
            **{
                **row,
                "weekly": sql.load(row["weekly"]),
                "exceptions": sql.load(row["exceptions"]) or {},
            }
        )
        for row in found
    )


async def calendar_names() -> tuple[str, ...]:
    """Return the calendars there are."""
    found = await sql.rows(
        "SELECT name FROM calendars WHERE superseded_at IS NULL ORDER BY name LIMIT 500"
    )
    return tuple(row["name"] for row in found)


def _calendar(row: Any) -> Calendar | None:
    return None if row["zone"] is None else hours(row["zone"], row["weekly"], row["exceptions"])


def _is_open(calendar: Calendar | None, now: datetime) -> bool:
    return calendar is None or calendar.is_open(now)
