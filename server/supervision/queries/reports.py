"""Count promises, volumes and backlog over a period, and walk the promises of a period one by one."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.supervision.metrics import (
    ACTIVE,
    ANSWERED,
    ARRIVED,
    DECIDED,
    KEPT,
    OPENED,
    REOPENED,
    RESOLVED,
)

PAGE = 2000
AGES = (1, 3, 7, 30)
"""Days that part the backlog by age."""
GROUPS = ("target", "team", "topic", "channel", "agent", "total")


@dataclass(frozen=True, slots=True)
class Kept:
    """Promises of one group: which things by (``GROUPS``), which one, how many kept and broken, how long they took."""

    by: str
    target: str | None
    team_id: int | None
    topic_id: int | None
    channel: str | None
    agent_id: int | None
    kept: int
    broken: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Volumes:
    opened: int
    resolved: int
    reopened: int
    arrived: int
    answered: int


@dataclass(frozen=True, slots=True)
class Promise:
    """One decided promise, as an export writes it."""

    id: int
    number: int
    target: str
    turn: int
    kept: bool
    started_at: datetime
    due_at: datetime | None
    decided_at: datetime
    used_seconds: int | None
    team_ar: str
    team_en: str
    topic_ar: str | None
    topic_en: str | None
    channel: str
    agent: str | None
    priority: str
    status: str


async def have_patience() -> None:
    """Let the queries of this transaction take longer than a page of the desk may."""
    await sql.run("SET LOCAL statement_timeout = '15s'")


async def promises(
    team_ids: Sequence[int], *, since: datetime, until: datetime
) -> tuple[Kept, ...]:
    """Count the promises decided in a period by everything at once; an agent is who has the ticket now."""
    found = await sql.rows(
        f"""
        WITH decided AS MATERIALIZED (
            SELECT c.target, t.team_id, t.topic_id, t.channel, t.assignee_id, {KEPT} AS kept, c.used_seconds
            FROM clocks c JOIN tickets t ON t.id = c.ticket_id
            WHERE {DECIDED.format(since="$2", until="$3")} AND t.team_id = ANY($1::bigint[])
        ), counted AS (
            SELECT target, team_id, topic_id, channel, assignee_id,
                count(*) FILTER (WHERE kept) AS kept, count(*) FILTER (WHERE NOT kept) AS broken
            FROM decided GROUP BY target, team_id, topic_id, channel, assignee_id
        ), took AS (
            SELECT target, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY used_seconds) AS times
            FROM decided GROUP BY target
        )
        SELECT g.by, g.target, g.team_id, g.topic_id, g.channel, g.agent_id, g.kept, g.broken,
            took.times[1] AS median, took.times[2] AS p90
        FROM (
            SELECT CASE grouping(target, team_id, topic_id, channel, assignee_id)
                    WHEN 15 THEN 'target' WHEN 23 THEN 'team' WHEN 27 THEN 'topic' WHEN 29 THEN 'channel'
                    WHEN 30 THEN 'agent' ELSE 'total' END AS by,
                target, team_id, topic_id, channel, assignee_id AS agent_id,
                coalesce(sum(kept), 0)::bigint AS kept, coalesce(sum(broken), 0)::bigint AS broken
            FROM counted
            GROUP BY GROUPING SETS ((target), (team_id), (topic_id), (channel), (assignee_id), ())
        ) AS g LEFT JOIN took ON g.by = 'target' AND took.target = g.target
        ORDER BY g.kept + g.broken DESC, 2, 3, 4, 5, 6 LIMIT 5000
        """,
        list(team_ids),
        since,
        until,
    )
    return tuple(Kept(**row) for row in found)


async def volumes(team_ids: Sequence[int], *, since: datetime, until: datetime) -> Volumes:
    """Count what came in and what became of it in a period."""
    row = await sql.row(
        f"""
        SELECT (SELECT count(*) FROM tickets t
                WHERE t.team_id = ANY($1::bigint[]) AND {OPENED.format(since="$2", until="$3")}) AS opened,
            e.resolved, e.reopened, m.arrived, m.answered
        FROM (
            SELECT count(*) FILTER (WHERE {RESOLVED}) AS resolved, count(*) FILTER (WHERE {REOPENED}) AS reopened
            FROM events e JOIN tickets t ON t.id = e.ticket_id
            WHERE e.kind = 'status_changed' AND e.at >= $2 AND e.at < $3 AND t.team_id = ANY($1::bigint[])
        ) AS e CROSS JOIN (
            SELECT count(*) FILTER (WHERE {ARRIVED}) AS arrived, count(*) FILTER (WHERE {ANSWERED}) AS answered
            FROM messages m JOIN tickets t ON t.id = m.ticket_id
            WHERE m.created_at >= $2 AND m.created_at < $3 AND t.team_id = ANY($1::bigint[])
        ) AS m
        """,
        list(team_ids),
        since,
        until,
    )
    return Volumes(**(row or {}))


async def backlog(team_ids: Sequence[int], *, now: datetime) -> tuple[tuple[int, int], ...]:
    """Count open tickets by age: up to so many days, and how many; the last are older than all of :data:`AGES`."""
    found = await sql.rows(
        f"""
        SELECT width_bucket(extract(epoch FROM $2 - t.created_at) / 86400, $3::float[]) AS bucket, count(*)
        FROM tickets t WHERE t.team_id = ANY($1::bigint[]) AND {ACTIVE} GROUP BY 1
        """,
        list(team_ids),
        now,
        [float(age) for age in AGES],
    )
    counted = {row["bucket"]: row["count"] for row in found}
    return tuple((days, counted.get(n, 0)) for n, days in enumerate((*AGES, 0)))


async def each_promise(
    team_ids: Sequence[int], *, since: datetime, until: datetime
) -> AsyncIterator[tuple[Promise, ...]]:
    """Yield every promise decided in a period, page after page, however many there are."""
    at, after = since, 0
    while True:
        found = await sql.rows(
            f"""
            SELECT c.id, t.number, c.target, c.turn, {KEPT} AS kept, c.started_at, c.due_at,
                c.decided_at, c.used_seconds, g.name_ar AS team_ar, g.name_en AS team_en,
                o.name_ar AS topic_ar, o.name_en AS topic_en, t.channel, u.name AS agent,
                t.priority, t.status
            FROM clocks c JOIN tickets t ON t.id = c.ticket_id JOIN teams g ON g.id = t.team_id
            LEFT JOIN topics o ON o.id = t.topic_id LEFT JOIN users u ON u.id = t.assignee_id
            WHERE {DECIDED.format(since="$2", until="$3")} AND t.team_id = ANY($1::bigint[])
                AND (c.decided_at, c.id) > ($4, $5::bigint)
            ORDER BY c.decided_at, c.id LIMIT {PAGE}
            """,
            list(team_ids),
            since,
            until,
            at,
            after,
        )
        if not found:
            return
        yield tuple(Promise(**row) for row in found)
        at, after = found[-1]["decided_at"], found[-1]["id"]
