"""What a supervisor's wall is made of. Everything is limited to the teams that are handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.assignment.queries.candidates import USUAL_CAPACITY
from server.db import sql
from server.supervision.metrics import ACTIVE, NOT_LEAVING, UNASSIGNED, due_between, late

SHOWN = 20
MANY = 1000


@dataclass(frozen=True, slots=True)
class DueTicket:
    """A ticket with a promise that is broken or soon will be."""

    id: int
    number: int
    contact_name: str
    channel: str
    subject: str
    status: str
    priority: str
    team_id: int
    assignee_id: int | None
    assignee_name: str | None
    due_at: datetime
    target: str
    warn_at: datetime | None


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """How much lies with one team; ``later`` is what falls due after the next hour, until the day ends."""

    team_id: int
    active: int
    unassigned: int
    late: int
    soon: int
    later: int
    online: int
    people: int


@dataclass(frozen=True, slots=True)
class Load:
    """What one person carries in these teams."""

    user_id: int
    name: str
    presence: str
    open: int
    waiting: int
    late: int
    capacity: int
    resolved: int


async def one_moment() -> str:
    """Let all queries of this transaction see the same moment; return which, the same for the same rows.

    Two transactions that see the same others as done see the same rows.
    """
    await sql.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    found: str = await sql.value("SELECT current_database() || ' ' || pg_current_snapshot()")
    return found


async def due(
    team_ids: Sequence[int], *, since: datetime | None, until: datetime
) -> tuple[DueTicket, ...]:
    """Return the tickets falling due after ``since`` and up to ``until``, nearest first."""
    found = await sql.rows(
        f"""
        SELECT t.id, t.number, t.contact_name, t.channel, t.subject, t.status, t.priority, t.team_id,
            t.assignee_id, u.name AS assignee_name, k.due_at, coalesce((
                SELECT c.target FROM clocks c
                WHERE c.ticket_id = t.id AND c.state IN ('running', 'breached') ORDER BY c.due_at LIMIT 1
            ), 'first_response') AS target, t.next_warn_at AS warn_at
        FROM (
            SELECT n.id, n.due_at FROM unnest($1::bigint[]) AS g(team_id) CROSS JOIN LATERAL (
                SELECT t.id, t.next_due_at AS due_at FROM tickets t
                WHERE t.team_id = g.team_id
                    AND {due_between("coalesce($2::timestamptz, '-infinity')", "$3")}
                ORDER BY t.next_due_at, t.id LIMIT {SHOWN}
            ) AS n ORDER BY n.due_at, n.id LIMIT {SHOWN}
        ) AS k
        JOIN tickets t ON t.id = k.id LEFT JOIN users u ON u.id = t.assignee_id
        ORDER BY k.due_at, k.id
        """,
        team_ids,
        since,
        until,
    )
    return tuple(DueTicket(**row) for row in found)


async def teams(
    team_ids: Sequence[int], *, now: datetime, soon: datetime, day_end: datetime
) -> tuple[TeamCounts, ...]:
    """Count what lies with each team."""
    found = await sql.rows(
        f"""
        SELECT g.team_id, a.active, n.unassigned, d.late, d.soon, d.later, p.online, p.people
        FROM unnest($1::bigint[]) AS g(team_id)
        CROSS JOIN LATERAL (
            SELECT count(*) AS active FROM tickets t WHERE t.team_id = g.team_id AND {ACTIVE}) AS a
        CROSS JOIN LATERAL (
            SELECT count(*) AS unassigned FROM tickets t WHERE t.team_id = g.team_id AND {UNASSIGNED}) AS n
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE {late("$2")}) AS late,
                count(*) FILTER (WHERE {due_between("$2", "$3")}) AS soon,
                count(*) FILTER (WHERE {due_between("$3", "$4")}) AS later
            FROM tickets t WHERE t.team_id = g.team_id AND {ACTIVE} AND t.next_due_at <= $4) AS d
        CROSS JOIN LATERAL (
            SELECT count(*) AS people, count(*) FILTER (WHERE s.state = 'online') AS online
            FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
            LEFT JOIN presences s ON s.user_id = m.user_id WHERE m.team_id = g.team_id) AS p
        ORDER BY g.team_id
        """,
        team_ids,
        now,
        soon,
        max(day_end, soon),
    )
    return tuple(TeamCounts(**row) for row in found)


async def loads(team_ids: Sequence[int], *, now: datetime, day_start: datetime) -> tuple[Load, ...]:
    """Return everybody of these teams with what they carry there, those who are here first."""
    # What somebody carries and what of it is late are walked in one index each, without a look at the tickets.
    found = await sql.rows(
        f"""
        SELECT u.id AS user_id, u.name, coalesce(p.state, 'offline') AS presence, l.open, l.waiting,
            coalesce(d.late, 0) AS late, coalesce(w.capacity, {USUAL_CAPACITY}) AS capacity
        FROM (SELECT DISTINCT user_id FROM memberships WHERE team_id = ANY($1::bigint[])) AS m
        JOIN users u ON u.id = m.user_id AND u.active LEFT JOIN presences p ON p.user_id = u.id
        LEFT JOIN workloads w ON w.user_id = u.id
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE status IN ('new', 'open')) AS open,
                count(*) FILTER (WHERE status IN ('pending', 'on_hold')) AS waiting
            FROM tickets t WHERE t.assignee_id = u.id AND {ACTIVE} AND t.team_id = ANY($1::bigint[])) AS l
        LEFT JOIN (
            SELECT t.assignee_id, count(*) AS late FROM tickets t
            WHERE t.team_id = ANY($1::bigint[]) AND {late("$2")} GROUP BY t.assignee_id
        ) AS d ON d.assignee_id = u.id
        ORDER BY array_position(ARRAY['online', 'away', 'offline'], coalesce(p.state, 'offline')),
            l.open DESC, u.name, u.id
        LIMIT {MANY}
        """,
        team_ids,
        now,
    )
    resolved = await _resolved(team_ids, since=day_start)
    return tuple(Load(**row, resolved=resolved.get(row["user_id"], 0)) for row in found)


async def not_leaving(team_ids: Sequence[int], *, now: datetime) -> int:
    """Return how many answers should have left long ago."""
    found: int = await sql.value(
        """
        SELECT count(*) FROM deliveries d JOIN tickets t ON t.id = d.ticket_id
        WHERE d.state IN ('held', 'queued', 'sending') AND d.held_until <= $2
            AND t.team_id = ANY($1::bigint[])
        """,
        team_ids,
        now - NOT_LEAVING,
    )
    return found


async def _resolved(team_ids: Sequence[int], *, since: datetime) -> Mapping[int, int]:
    found: list[Any] = await sql.rows(
        """
        SELECT assignee_id, count(*) AS count FROM tickets
        WHERE status = 'resolved' AND resolved_at >= $2 AND team_id = ANY($1::bigint[])
            AND assignee_id IS NOT NULL
        GROUP BY assignee_id
        """,
        team_ids,
        since,
    )
    return {row["assignee_id"]: row["count"] for row in found}
