"""What a supervisor's wall is made of. Everything is limited to the teams that are handed in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.assignment.queries.candidates import USUAL_CAPACITY
from server.db import sql
from server.supervision.metrics import ACTIVE, NOT_LEAVING, due_between, late

SHOWN = 20
MANY = 1000
OPEN = frozenset({"new", "open"})
"""What somebody is expected to work on; all other tickets they carry wait for somebody else."""


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
class Held:
    """How many tickets of a status somebody, or nobody, holds in one team."""

    team_id: int
    assignee_id: int | None
    status: str
    count: int


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


async def held(team_ids: Sequence[int]) -> tuple[Held, ...]:
    """Count open tickets by who holds them; all figures of teams and of people come from this one walk."""
    found = await sql.rows(
        f"""
        SELECT t.team_id, t.assignee_id, t.status, count(*) FROM tickets t
        WHERE t.team_id = ANY($1::bigint[]) AND {ACTIVE} GROUP BY t.team_id, t.assignee_id, t.status
        """,
        team_ids,
    )
    return tuple(Held(**row) for row in found)


async def teams(
    team_ids: Sequence[int],
    holding: Sequence[Held],
    *,
    now: datetime,
    soon: datetime,
    day_end: datetime,
) -> tuple[TeamCounts, ...]:
    """Count what lies with each team."""
    found = await sql.rows(
        f"""
        SELECT g.team_id, d.late, d.soon, d.later, p.online, p.people
        FROM unnest($1::bigint[]) AS g(team_id)
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
    active, unassigned = Counter[int](), Counter[int]()
    for one in holding:
        active[one.team_id] += one.count
        unassigned[one.team_id] += one.count if one.assignee_id is None else 0
    return tuple(
        TeamCounts(**row, active=active[row["team_id"]], unassigned=unassigned[row["team_id"]])
        for row in found
    )


async def loads(
    team_ids: Sequence[int], holding: Sequence[Held], *, now: datetime, day_start: datetime
) -> tuple[Load, ...]:
    """Return everybody of these teams with what they carry there, those who are here first."""
    open_, waiting = Counter[int](), Counter[int]()
    for one in holding:
        if one.assignee_id is not None:
            (open_ if one.status in OPEN else waiting)[one.assignee_id] += one.count
    found = await sql.rows(
        f"""
        SELECT u.id AS user_id, u.name, coalesce(p.state, 'offline') AS presence,
            coalesce(l.open, 0) AS open, coalesce(l.waiting, 0) AS waiting,
            coalesce(d.late, 0) AS late, coalesce(w.capacity, {USUAL_CAPACITY}) AS capacity
        FROM (SELECT DISTINCT user_id FROM memberships WHERE team_id = ANY($1::bigint[])) AS m
        JOIN users u ON u.id = m.user_id AND u.active LEFT JOIN presences p ON p.user_id = u.id
        LEFT JOIN workloads w ON w.user_id = u.id
        LEFT JOIN unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS l(user_id, open, waiting) ON l.user_id = u.id
        LEFT JOIN (
            SELECT t.assignee_id, count(*) AS late FROM tickets t
            WHERE t.team_id = ANY($1::bigint[]) AND {late("$2")} GROUP BY t.assignee_id
        ) AS d ON d.assignee_id = u.id
        ORDER BY array_position(ARRAY['online', 'away', 'offline'], coalesce(p.state, 'offline')),
            coalesce(l.open, 0) DESC, u.name, u.id
        LIMIT {MANY}
        """,
        team_ids,
        now,
        *_columns(open_, waiting),
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


def _columns(first: Counter[int], second: Counter[int]) -> tuple[list[int], list[int], list[int]]:
    keys = sorted(first | second)
    return keys, [first[key] for key in keys], [second[key] for key in keys]


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
