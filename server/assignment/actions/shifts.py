"""Write who works when, and turn shifts: whose hours begin gets what waits, whose hours end gets nothing new."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.assignment import queries
from server.assignment.actions.hand_out import ask
from server.assignment.actions.record import attend
from server.assignment.queries.shifts import (
    Turning,
    hours,
    lock_turning_people,
    lock_turning_teams,
)
from server.db import sql
from server.kit.errors import Forbidden, Invalid, NotFound
from server.kit.work import transaction
from server.people.queries import Viewer
from sla import Calendar, NeverOpens, SlaError

TURNS = 200


async def set_shifts(
    user_id: int,
    *,
    zone: str,
    weekly: Mapping[str, object],
    exceptions: Mapping[str, object],
    periods: Sequence[Mapping[str, object]] = (),
    by: Viewer,
    now: datetime,
) -> None:
    """Say when somebody works; earlier hours are superseded and kept. ``periods`` is how exceptions were typed."""
    written = sql.dump(weekly), sql.dump(exceptions)
    try:
        hours(zone, *written)
    except (SlaError, ValueError) as error:
        raise Invalid("hours_unreadable", field="hours") from error
    async with transaction():
        await _drop_shifts(user_id, by=by, now=now)
        await sql.run(
            """
            INSERT INTO shifts (user_id, zone, weekly, exceptions, periods, author_id, created_at)
            VALUES ($1, $2, $3::jsonb, $4::jsonb, $5::jsonb, $6, $7)
            """,
            user_id,
            zone,
            *written,
            sql.dump(periods),
            by.id,
            now,
        )
        # Due at once: turning finds out whether these are hours of work, and when that changes.
        await sql.run(
            """
            INSERT INTO workloads (user_id, shift_changes_at) VALUES ($1, $2)
            ON CONFLICT (user_id) DO UPDATE SET shift_changes_at = excluded.shift_changes_at
            """,
            user_id,
            now,
        )
        await turn_shifts(now=now)


async def set_week(
    user_id: int, *, zone: str, weekly: Mapping[str, object], by: Viewer, now: datetime
) -> None:
    """Give somebody the week of a colleague; days of their own with other hours, leave above all, stay."""
    async with transaction():
        own = await sql.row(
            "SELECT exceptions, periods FROM shifts WHERE user_id = $1 AND superseded_at IS NULL",
            user_id,
        )
        await set_shifts(
            user_id,
            zone=zone,
            weekly=weekly,
            exceptions=sql.load(own["exceptions"]) if own else {},
            periods=sql.load(own["periods"]) if own else (),
            by=by,
            now=now,
        )


async def keep_team_hours(user_id: int, *, by: Viewer, now: datetime) -> None:
    """Let somebody work when their teams do."""
    async with transaction():
        await _drop_shifts(user_id, by=by, now=now)
        await sql.run(
            "UPDATE workloads SET on_shift = NULL, shift_changes_at = NULL WHERE user_id = $1",
            user_id,
        )
        await attend({user_id: now})
        ask(await queries.teams_to_look_at(agents=[user_id]), at=now)


async def set_team_hours(team_id: int, *, calendar: str | None, by: Viewer, now: datetime) -> None:
    """Say when a team works, by the name of a calendar; None is always."""
    if team_id not in by.supervised:
        raise Forbidden
    known = await sql.value(
        "SELECT true FROM calendars WHERE name = $1 AND superseded_at IS NULL", calendar
    )
    if calendar is not None and not known:
        raise Invalid("no_calendar", field="calendar")
    async with transaction():
        await sql.run(
            """
            UPDATE teams SET calendar = $2, calendar_id = NULL, shift_changes_at = NULL, on_shift = true
            WHERE id = $1 AND calendar IS DISTINCT FROM $2
            """,
            team_id,
            calendar,
        )
        await turn_shifts(now=now)
        await _follow_teams([team_id], at=now)


async def turn_shifts(*, now: datetime) -> int:
    """Begin and end the shifts whose time has come; return how many were looked at."""
    async with transaction():
        teams = await lock_turning_teams(now=now)
        await _write_teams(teams, now=now)
        await _follow_teams([one.id for one in teams], at=now)
        people = await lock_turning_people(now=now, limit=TURNS)
        await _write_people(people, now=now)
        await attend({one.id: min(one.at, now) for one in people})
        if people:
            ask(await queries.teams_to_look_at(agents=[one.id for one in people]), at=now)
    return len(teams) + len(people)


async def _write_people(people: Sequence[Turning], *, now: datetime) -> None:
    if not people:
        return
    rows = [(one.id, *_state(one.calendar, now)) for one in people]
    await sql.run(
        """
        UPDATE workloads w SET on_shift = s.on_shift, shift_changes_at = s.changes_at
        FROM unnest($1::bigint[], $2::bool[], $3::timestamptz[]) AS s(user_id, on_shift, changes_at)
        WHERE w.user_id = s.user_id
        """,
        *sql.columns(rows, 3),
    )


async def _write_teams(teams: Sequence[Turning], *, now: datetime) -> None:
    if not teams:
        return
    rows = [(one.id, one.calendar_id, *_state(one.calendar, now)) for one in teams]
    await sql.run(
        """
        UPDATE teams g SET calendar_id = s.calendar_id, on_shift = s.on_shift, shift_changes_at = s.changes_at
        FROM unnest($1::bigint[], $2::bigint[], $3::bool[], $4::timestamptz[])
            AS s(id, calendar_id, on_shift, changes_at)
        WHERE g.id = s.id
        """,
        *sql.columns(rows, 4),
    )


async def _follow_teams(teams: Sequence[int], *, at: datetime) -> None:
    """Let those who keep their team's hours begin or end with it."""
    if not teams:
        return
    here = await sql.rows(
        """
        SELECT DISTINCT p.user_id FROM memberships m JOIN presences p ON p.user_id = m.user_id
        LEFT JOIN workloads w ON w.user_id = m.user_id
        WHERE m.team_id = ANY($1::bigint[]) AND p.state = 'online' AND w.on_shift IS NULL
        """,
        list(teams),
    )
    await attend({row["user_id"]: at for row in here})
    ask(teams, at=at)


async def _drop_shifts(user_id: int, *, by: Viewer, now: datetime) -> None:
    teams = await sql.rows("SELECT team_id FROM memberships WHERE user_id = $1", user_id)
    if not teams:
        raise NotFound
    if by.supervised.isdisjoint(row["team_id"] for row in teams):
        raise Forbidden
    await sql.run(
        "INSERT INTO workloads (user_id) VALUES ($1) ON CONFLICT (user_id) DO NOTHING", user_id
    )
    # Two who write the same person's hours come one after the other.
    await sql.run("SELECT FROM workloads WHERE user_id = $1 FOR UPDATE", user_id)
    await sql.run(
        "UPDATE shifts SET superseded_at = $2 WHERE user_id = $1 AND superseded_at IS NULL",
        user_id,
        now,
    )


def _state(calendar: Calendar | None, now: datetime) -> tuple[bool, datetime | None]:
    """Say whether these are hours of work, and when that changes."""
    if calendar is None:
        return True, None
    if calendar.is_open(now):
        return True, calendar.next_close(now)
    try:
        return False, calendar.next_open(now)
    except NeverOpens:
        return False, None
