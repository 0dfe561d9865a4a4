"""The rows that reports are counted from, by days of a zone, by team, and by one or several things at once.

The same statements fill the daily counts, count what is in none of them yet, and check them.
"""

from collections.abc import Iterable
from typing import Literal, get_args

from server.supervision.histogram import BUCKET, PAIRS
from server.supervision.metrics import (
    ANSWERED,
    ARRIVED,
    ASKED,
    DECIDED,
    GIVEN_BACK,
    KEPT,
    MERGED,
    MET_AT,
    OPENED,
    RATED,
    REASSIGNED,
    REOPENED,
    RESOLVED,
)

By = Literal["team", "topic", "channel", "agent", "priority", "calendar"]
BYS: tuple[By, ...] = get_args(By)
"""Things that reports part by. "team" parts no further: each row is of one team already."""
COUNTED = ("opened", "resolved", "reopened", "merged", "reassigned", "arrived", "answered")
SCORES = tuple(f"score_{score}" for score in range(1, 6))
STORED = (*COUNTED, "asked", *SCORES)
"""What is kept of volumes; beside what reports count, how many were asked and gave so many points."""
COLUMNS = {
    "report_promises": "by, day, team_id, key, target, kept, broken, open_times, elapsed_times",
    "report_volumes": f"by, day, team_id, key, {', '.join(STORED)}",
}
"""What is kept of a day, in the order in which it is counted here."""
_LESS = {"merged": "given_back"}
_KEYS: dict[By, str] = {
    "team": "''",
    "topic": "coalesce(f.topic_id::text, '')",
    "channel": "f.channel",
    "agent": "coalesce(f.agent_id::text, '')",
    "priority": "f.priority",
    "calendar": "f.calendar",
}
_TICKET = "t.team_id, t.topic_id, t.channel, t.assignee_id AS agent_id, t.priority"


def promises(by: Iterable[By]) -> str:
    """Count decided promises: $1 and $2 the span, $3 the zone, $4 the teams."""
    return f"""
    WITH facts AS MATERIALIZED (
        SELECT (c.decided_at AT TIME ZONE $3)::date AS day, {_TICKET}, coalesce(k.name, '') AS calendar,
            c.target, {KEPT} AS kept, c.used_seconds AS open_time,
            extract(epoch FROM {MET_AT} - c.started_at)::float AS elapsed_time
        FROM clocks c JOIN tickets t ON t.id = c.ticket_id
        LEFT JOIN calendars k ON k.id = (c.data->>'calendar')::bigint
        WHERE {DECIDED.format(since="$1", until="$2")} AND t.team_id = ANY($4::bigint[])
    ), parted AS MATERIALIZED (
        SELECT d.by, f.day, f.team_id, d.key, f.target, f.kept,
            {BUCKET.format(seconds="f.open_time")} AS open_bucket,
            {BUCKET.format(seconds="f.elapsed_time")} AS elapsed_bucket
        FROM facts f CROSS JOIN LATERAL (VALUES {_parts(by)}) AS d(by, key)
    )
    SELECT n.by, n.day, n.team_id, n.key, n.target, n.kept, n.broken,
        coalesce(o.pairs, '') AS open_times, coalesce(e.pairs, '') AS elapsed_times
    FROM (
        SELECT by, day, team_id, key, target, count(*) FILTER (WHERE kept)::int AS kept,
            count(*) FILTER (WHERE NOT kept)::int AS broken
        FROM parted GROUP BY by, day, team_id, key, target
    ) AS n
    LEFT JOIN ({_histograms("open_bucket")}) AS o USING (by, day, team_id, key, target)
    LEFT JOIN ({_histograms("elapsed_bucket")}) AS e USING (by, day, team_id, key, target)
    """


def volumes(by: Iterable[By]) -> str:
    """Count what came in and what became of it, with the parameters of :func:`promises`.

    An answer is its writer's; all else belongs to whoever has the ticket now.
    """
    return f"""
    WITH facts AS (
        SELECT (w.at AT TIME ZONE $3)::date AS day, t.team_id, t.topic_id, t.channel, t.priority,
            CASE WHEN w.what = 'answered' THEN w.author_id ELSE t.assignee_id END AS agent_id, w.what
        FROM (
            SELECT t.id AS ticket_id, t.created_at AS at, 'opened' AS what, NULL::bigint AS author_id
            FROM tickets t WHERE t.team_id = ANY($4::bigint[]) AND {OPENED.format(since="$1", until="$2")}
            UNION ALL
            SELECT e.ticket_id, e.at, CASE WHEN {RESOLVED} THEN 'resolved' ELSE 'reopened' END, NULL
            FROM events e
            WHERE e.kind = 'status_changed' AND e.at >= $1 AND e.at < $2 AND (({RESOLVED}) OR ({REOPENED}))
            UNION ALL
            SELECT e.ticket_id, e.at, 'reassigned', NULL FROM events e
            WHERE {REASSIGNED} AND e.at >= $1 AND e.at < $2
            UNION ALL
            SELECT e.ticket_id, e.at, CASE WHEN {MERGED} THEN 'merged' ELSE 'given_back' END, NULL FROM events e
            WHERE e.kind IN ('ticket_merged', 'merge_undone') AND e.at >= $1 AND e.at < $2
                AND (({MERGED}) OR ({GIVEN_BACK}))
            UNION ALL
            SELECT m.ticket_id, m.created_at, CASE WHEN m.direction = 'in' THEN 'arrived' ELSE 'answered' END,
                m.author_id
            FROM messages m WHERE m.created_at >= $1 AND m.created_at < $2 AND (({ARRIVED}) OR ({ANSWERED}))
            UNION ALL
            SELECT r.ticket_id, r.asked_at, 'asked', NULL FROM ratings r WHERE {ASKED.format(since="$1", until="$2")}
            UNION ALL
            SELECT r.ticket_id, r.rated_at, 'score_' || r.score, NULL FROM ratings r
            WHERE {RATED.format(since="$1", until="$2")}
        ) AS w JOIN tickets t ON t.id = w.ticket_id
        WHERE t.team_id = ANY($4::bigint[])
    )
    SELECT d.by, f.day, f.team_id, d.key,
        {", ".join(map(_count, STORED))}
    FROM facts f CROSS JOIN LATERAL (VALUES {_parts(one for one in by if one != "calendar")}) AS d(by, key)
    GROUP BY d.by, f.day, f.team_id, d.key
    """


def _count(what: str) -> str:
    less = f" - {_of(_LESS[what])}" if what in _LESS else ""
    return f"({_of(what)}{less})::int AS {what}"


def _of(what: str) -> str:
    return f"count(*) FILTER (WHERE f.what = '{what}')"


def _parts(by: Iterable[By]) -> str:
    return ", ".join(f"('{one}', {_KEYS[one]})" for one in by)


def _histograms(bucket: str) -> str:
    return f"""
        SELECT by, day, team_id, key, target, {PAIRS.format(bucket="bucket", count="count")} AS pairs
        FROM (
            SELECT by, day, team_id, key, target, {bucket} AS bucket, count(*) FROM parted
            WHERE {bucket} IS NOT NULL GROUP BY by, day, team_id, key, target, {bucket}
        ) AS b GROUP BY by, day, team_id, key, target
    """
