"""Read how the topic model does: its trainings, and what became of what it said."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.db import sql

WEEK = timedelta(days=7)
WEEKS = 8


@dataclass(frozen=True, slots=True)
class Training:
    """One training, in shares of one; ``report`` only where the model was kept."""

    id: int
    at: datetime
    state: str
    kept: bool
    error: str | None
    seeded: int
    corrected: int
    confirmed: int
    accuracy: float | None
    former_accuracy: float | None
    seeded_accuracy: float | None
    former_seeded_accuracy: float | None
    file: str | None


@dataclass(frozen=True, slots=True)
class Week:
    """New tickets of seven days: how many, how many of them without a topic, and how many corrected."""

    begins: datetime
    tickets: int
    unsure: int
    corrected: int
    topics: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Correction:
    """What was said, what people chose instead, how often, and the latest tickets (id, number)."""

    said: int
    chosen: int
    count: int
    tickets: tuple[tuple[int, int], ...]


async def trainings(*, limit: int = 30) -> tuple[Training, ...]:
    """Return the latest trainings, the last first."""
    found = await sql.rows(
        """
        SELECT id, at, state, kept, error, seeded, corrected, confirmed, accuracy, former_accuracy,
               seeded_accuracy, former_seeded_accuracy, file
        FROM topic_trainings ORDER BY id DESC LIMIT $1
        """,
        limit,
    )
    return tuple(Training(**row) for row in found)


async def report_in_use() -> tuple[Training, Mapping[str, Any]] | None:
    """Return the training that is in use with its report, if there is one."""
    row = await sql.row(
        """
        SELECT id, at, state, kept, error, seeded, corrected, confirmed, accuracy, former_accuracy,
               seeded_accuracy, former_seeded_accuracy, file, report
        FROM topic_trainings WHERE kept AND report IS NOT NULL ORDER BY id DESC LIMIT 1
        """
    )
    if row is None:
        return None
    fields = dict(row)
    report = sql.load(fields.pop("report"))
    return Training(**fields), report


async def weeks(teams: Collection[int], *, now: datetime) -> tuple[Week, ...]:
    """Return the last weeks of these teams, the newest first; of each at most a thousand tickets."""
    found = await sql.rows(
        """
        SELECT w.n, t.topic_id, count(*) AS tickets,
               count(*) FILTER (WHERE s.topic IS NULL) AS unsure,
               count(*) FILTER (WHERE t.topic_by_person AND s.topic IS NOT NULL
                                AND t.topic_id IS DISTINCT FROM s.topic) AS corrected
        FROM generate_series(0, $3::int - 1) AS w(n)
        CROSS JOIN LATERAL (
            SELECT c.id, c.topic_id, c.topic_by_person FROM unnest($1::bigint[]) AS g(team_id)
            CROSS JOIN LATERAL (
                SELECT id, topic_id, topic_by_person, created_at FROM tickets
                WHERE team_id = g.team_id AND created_at <= $2::timestamptz - w.n * interval '7 days'
                    AND created_at > $2::timestamptz - (w.n + 1) * interval '7 days'
                ORDER BY created_at DESC LIMIT 1000
            ) AS c ORDER BY c.created_at DESC LIMIT 1000
        ) AS t
        JOIN LATERAL (
            SELECT (data->>'topic')::bigint AS topic FROM events
            WHERE ticket_id = t.id AND kind = 'routed' ORDER BY seq LIMIT 1
        ) AS s ON true
        GROUP BY 1, 2 ORDER BY 1
        """,
        list(teams),
        now,
        WEEKS,
    )
    made = []
    for number in sorted({row["n"] for row in found}):
        rows = [row for row in found if row["n"] == number]
        made.append(
            Week(
                begins=now - (number + 1) * WEEK,
                tickets=sum(row["tickets"] for row in rows),
                unsure=sum(row["unsure"] for row in rows),
                corrected=sum(row["corrected"] for row in rows),
                topics={row["topic_id"]: row["tickets"] for row in rows if row["topic_id"]},
            )
        )
    return tuple(made)


async def corrections(teams: Collection[int]) -> tuple[Correction, ...]:
    """Return what people chose instead of what was said, the most frequent first; only of these teams."""
    found = await sql.rows(
        """
        SELECT s.topic AS said, t.topic_id AS chosen, count(*) AS count,
               (array_agg(t.id ORDER BY t.id DESC))[1:5] AS ids,
               (array_agg(t.number ORDER BY t.id DESC))[1:5] AS numbers
        FROM (SELECT id, number, topic_id FROM tickets
              WHERE topic_by_person AND topic_id IS NOT NULL AND team_id = ANY($1::bigint[])
              ORDER BY id DESC LIMIT 2000) AS t
        JOIN LATERAL (
            SELECT (data->>'topic')::bigint AS topic FROM events
            WHERE ticket_id = t.id AND kind = 'routed' ORDER BY seq LIMIT 1
        ) AS s ON s.topic IS NOT NULL AND s.topic <> t.topic_id
        GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 100
        """,
        list(teams),
    )
    return tuple(
        Correction(
            row["said"],
            row["chosen"],
            row["count"],
            tuple(zip(row["ids"], row["numbers"], strict=True)),
        )
        for row in found
    )
