"""Where lateness comes from, who waits longest, what came in and went out, and what is behind a figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from server.db import sql
from server.supervision.metrics import (
    ACTIVE,
    ANSWERED,
    ARRIVED,
    UNASSIGNED,
    WAITING,
    due_between,
    late,
)
from server.supervision.queries.wall import DueTicket

Measure = Literal["late", "soon", "later", "waiting", "unassigned", "open"]
MEASURES = get_args(Measure)
LONGEST = 8
PAGE = 200
DEEPEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """How much of what is late, or will be within the hour, belongs to one topic or channel."""

    topic_id: int | None
    channel: str | None
    late: int
    soon: int


@dataclass(frozen=True, slots=True)
class Wait:
    """A citizen who has been waiting for an answer."""

    id: int
    number: int
    contact_name: str
    channel: str
    team_id: int
    assignee_name: str | None
    waiting_since: datetime


@dataclass(frozen=True, slots=True)
class Hour:
    """What came in and went out in one hour of today."""

    hour: int
    arrived: int
    answered: int


@dataclass(frozen=True, slots=True)
class Behind:
    """Which tickets are asked for: those of a measure, narrowed where something is named."""

    measure: Measure
    team_ids: tuple[int, ...]
    topic_id: int | None = None
    channel: str | None = None
    agent_id: int | None = None


async def parts(
    team_ids: Sequence[int], *, now: datetime, soon: datetime
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return the topics and the channels of what is late or soon will be, the worst first."""
    found = await sql.rows(
        f"""
        SELECT grouping(t.topic_id) AS by_channel, t.topic_id, t.channel,
            count(*) FILTER (WHERE t.next_due_at <= $2) AS late,
            count(*) FILTER (WHERE t.next_due_at > $2) AS soon
        FROM tickets t
        WHERE t.team_id = ANY($1::bigint[]) AND {ACTIVE} AND t.next_due_at <= $3
        GROUP BY GROUPING SETS ((t.topic_id), (t.channel))
        ORDER BY late DESC, soon DESC, t.topic_id, t.channel LIMIT 500
        """,
        team_ids,
        now,
        soon,
    )
    made = [
        (row["by_channel"], Part(row["topic_id"], row["channel"], row["late"], row["soon"]))
        for row in found
    ]
    topics = tuple(part for by_channel, part in made if not by_channel)
    return topics, tuple(part for by_channel, part in made if by_channel)


async def longest(team_ids: Sequence[int]) -> tuple[Wait, ...]:
    """Return who has been waiting longest for an answer."""
    found = await sql.rows(
        f"""
        SELECT t.id, t.number, t.contact_name, t.channel, t.team_id, u.name AS assignee_name,
            t.waiting_since
        FROM (
            SELECT w.id, w.waiting_since FROM unnest($1::bigint[]) AS g(team_id) CROSS JOIN LATERAL (
                SELECT t.id, t.waiting_since FROM tickets t WHERE t.team_id = g.team_id AND {WAITING}
                ORDER BY t.waiting_since, t.id LIMIT {LONGEST}
            ) AS w ORDER BY w.waiting_since, w.id LIMIT {LONGEST}
        ) AS k JOIN tickets t ON t.id = k.id LEFT JOIN users u ON u.id = t.assignee_id
        ORDER BY k.waiting_since, k.id
        """,
        team_ids,
    )
    return tuple(Wait(**row) for row in found)


async def flow(
    team_ids: Sequence[int], *, since: datetime, until: datetime, zone: str
) -> tuple[Hour, ...]:
    """Count by the hour, there, what citizens wrote and what we answered."""
    found = await sql.rows(
        f"""
        SELECT extract(hour FROM m.created_at AT TIME ZONE $4)::int AS hour,
            count(*) FILTER (WHERE {ARRIVED}) AS arrived, count(*) FILTER (WHERE {ANSWERED}) AS answered
        FROM messages m JOIN tickets t ON t.id = m.ticket_id
        WHERE m.created_at >= $2 AND m.created_at < $3 AND m.direction IN ('in', 'out')
            AND t.team_id = ANY($1::bigint[])
        GROUP BY 1 ORDER BY 1
        """,
        team_ids,
        since,
        until,
        zone,
    )
    return tuple(Hour(**row) for row in found)


async def behind(
    which: Behind, *, now: datetime, soon: datetime, day_end: datetime, after: int = 0
) -> tuple[DueTicket, ...]:
    """Return the tickets that a figure counts, in order of their due time; ``after`` skips earlier pages.

    Those without a due time come last, the oldest first; they are looked for only when a page has room.
    """
    moments = (now, soon, day_end)
    after = min(after, DEEPEST)
    if which.measure == "waiting":
        return await _page(which, moments, at="t.waiting_since", skip=after, most=PAGE + 1)
    dated = await _page(which, moments, at="t.next_due_at", skip=after, most=PAGE + 1)
    if len(dated) > PAGE or which.measure not in {"open", "unassigned"}:
        return dated
    skipped = 0 if dated or not after else after - await _dated(which, moments)
    return dated + await _page(
        which,
        moments,
        at="t.created_at",
        only="t.next_due_at IS NULL",
        skip=skipped,
        most=PAGE + 1 - len(dated),
    )


async def _page(
    which: Behind,
    moments: tuple[datetime, datetime, datetime],
    *,
    at: str,
    only: str = "true",
    skip: int,
    most: int,
) -> tuple[DueTicket, ...]:
    """Walk one index a team in the order of ``at`` and merge them, as lists do."""
    found = await sql.rows(
        f"""
        WITH keys AS MATERIALIZED (
            SELECT k.id, k.at FROM unnest($1::bigint[]) AS g(team_id) CROSS JOIN LATERAL (
                SELECT t.id, {at} AS at FROM tickets t
                WHERE t.team_id = g.team_id AND {at} IS NOT NULL AND {only} AND {_NARROWED[which.measure]}
                ORDER BY {at}, t.id LIMIT {skip + most}
            ) AS k ORDER BY k.at, k.id LIMIT {most} OFFSET {skip}
        )
        SELECT t.id, t.number, t.contact_name, t.channel, t.subject, t.status, t.priority, t.team_id,
            t.assignee_id, u.name AS assignee_name, coalesce(t.next_due_at, t.waiting_since, $4) AS due_at,
            coalesce((
                SELECT c.target FROM clocks c
                WHERE c.ticket_id = t.id AND c.state IN ('running', 'breached') ORDER BY c.due_at LIMIT 1
            ), 'first_response') AS target, t.next_warn_at AS warn_at
        FROM keys k JOIN tickets t ON t.id = k.id LEFT JOIN users u ON u.id = t.assignee_id
        ORDER BY k.at, k.id
        """,
        *_narrowing(which, moments),
    )
    return tuple(DueTicket(**row) for row in found)


async def _dated(which: Behind, moments: tuple[datetime, datetime, datetime]) -> int:
    found: int = await sql.value(
        f"""
        SELECT count(*) FROM tickets t
        WHERE t.team_id = ANY($1::bigint[]) AND t.next_due_at IS NOT NULL AND {_NARROWED[which.measure]}
        """,
        *_narrowing(which, moments),
    )
    return found


_CONDITIONS: Mapping[Measure, str] = {
    "late": late("$2"),
    "soon": due_between("$2", "$3"),
    "later": due_between("$3", "$4"),
    "waiting": WAITING,
    "unassigned": UNASSIGNED,
    "open": ACTIVE,
}
_NARROWED = {
    measure: f"""{condition}
        AND $2::timestamptz IS NOT NULL AND $3::timestamptz IS NOT NULL AND $4::timestamptz IS NOT NULL
        AND ($5::bigint IS NULL OR t.topic_id = $5 OR ($5 = 0 AND t.topic_id IS NULL))
        AND ($6::text IS NULL OR t.channel = $6) AND ($7::bigint IS NULL OR t.assignee_id = $7)"""
    for measure, condition in _CONDITIONS.items()
}


def _narrowing(which: Behind, moments: tuple[datetime, datetime, datetime]) -> tuple[object, ...]:
    return (list(which.team_ids), *moments, which.topic_id, which.channel, which.agent_id)


async def topic_names(topic_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return what topics are called."""
    found: list[Any] = await sql.rows(
        "SELECT id, name_ar, name_en FROM topics WHERE id = ANY($1::bigint[])", list(topic_ids)
    )
    return {row["id"]: (row["name_ar"], row["name_en"]) for row in found}
