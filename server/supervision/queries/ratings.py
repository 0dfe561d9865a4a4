"""Read what citizens said of how it went, always of some days and some teams; and which teams ask."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from agent_ui.models.report import Ratings
from server.db import sql
from server.supervision.days import Days, instants
from server.supervision.metrics import ASKED, RATED, UNSATISFIED
from server.supervision.queries.facts import SCORES, By
from server.supervision.queries.reports import Asked, stretches

PAGE = 100
EXPORTED = 2000
DEEPEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Which:
    """Which answers are asked for; a topic or an agent of 0 is none at all."""

    team_ids: tuple[int, ...]
    days: Days
    zone: ZoneInfo
    today: date
    topic_id: int | None = None
    channel: str | None = None
    agent_id: int | None = None
    priority: str | None = None

    @property
    def part(self) -> tuple[By, str] | None:
        """Return which line of which breakdown this is; none if it is narrowed by several things."""
        every: tuple[tuple[By, str | int | None], ...] = (
            ("topic", self.topic_id),
            ("channel", self.channel),
            ("agent", self.agent_id),
            ("priority", self.priority),
        )
        chosen = [(by, str(key or "")) for by, key in every if key is not None]
        if len(chosen) > 1:
            return None
        return chosen[0] if chosen else ("team", "")


@dataclass(frozen=True, slots=True)
class Rated:
    """One answer and the ticket that it is about."""

    id: int
    number: int
    contact_name: str
    subject: str
    score: int
    comment: str
    asked_at: datetime
    rated_at: datetime
    team_ar: str
    team_en: str
    topic_ar: str | None
    topic_en: str | None
    channel: str
    agent: str | None
    priority: str


@dataclass(frozen=True, slots=True)
class AskingTeam:
    """Whether a team asks, and after how many hours."""

    id: int
    name_ar: str
    name_en: str
    asks: bool
    hours: int


_NARROWED = """
    t.team_id = ANY($3::bigint[])
    AND ($4::bigint IS NULL OR t.topic_id = $4 OR ($4 = 0 AND t.topic_id IS NULL))
    AND ($5::text IS NULL OR t.channel = $5)
    AND ($6::bigint IS NULL OR t.assignee_id = $6 OR ($6 = 0 AND t.assignee_id IS NULL))
    AND ($7::text IS NULL OR t.priority = $7)
"""
_TICKET = f"SELECT FROM tickets t WHERE t.id = r.ticket_id AND {_NARROWED} OFFSET 0"
_DAYS = {"since": "$1", "until": "$2"}
_COLUMNS = """
    r.ticket_id AS id, t.number, t.contact_name, t.subject, r.score, r.comment, r.asked_at, r.rated_at,
    g.name_ar AS team_ar, g.name_en AS team_en, o.name_ar AS topic_ar, o.name_en AS topic_en, t.channel,
    u.name AS agent, t.priority
"""
_TABLES = """
    ratings r JOIN tickets t ON t.id = r.ticket_id JOIN teams g ON g.id = t.team_id
    LEFT JOIN topics o ON o.id = t.topic_id LEFT JOIN users u ON u.id = t.assignee_id
"""


async def counts(which: Which) -> Ratings:
    """Count who was asked in these days, and who answered in them: by the days' counts as far as there are any."""
    if which.part is None:
        return await _of_rows(which)
    by, key = which.part
    row = await sql.row(
        f"""
        SELECT coalesce(sum(asked), 0)::int AS asked,
            {", ".join(f"coalesce(sum({score}), 0)::int AS {score}" for score in SCORES)}
        FROM report_volumes WHERE by = $1 AND key = $2 AND team_id = ANY($3::bigint[]) AND day BETWEEN $4 AND $5
        """,
        by,
        key,
        list(which.team_ids),
        *which.days,
    )
    found = [Ratings(row["asked"], tuple(row[score] for score in SCORES))] if row else []
    asked = Asked(which.team_ids, which.days, which.days, (which.days[0],), which.zone, which.today)
    found += [await _of_rows(replace(which, days=days)) for days in await stretches(asked)]
    return Ratings(
        sum(one.asked for one in found),
        tuple(sum(some) for some in zip(*(one.scores for one in found), strict=True)),
    )


async def _of_rows(which: Which) -> Ratings:
    """Count by looking up the ticket of each answer: a plan that reads all tickets costs more the more there are."""
    found = await sql.rows(
        f"""
        SELECT 0 AS score, count(*) FROM ratings r CROSS JOIN LATERAL ({_TICKET}) AS t
        WHERE {ASKED.format(**_DAYS)}
        UNION ALL
        SELECT r.score, count(*) FROM ratings r CROSS JOIN LATERAL ({_TICKET}) AS t
        WHERE {RATED.format(**_DAYS)} GROUP BY r.score
        """,
        *_asked(which),
    )
    counted = {row["score"]: row["count"] for row in found}
    return Ratings(counted[0], tuple(counted.get(score, 0) for score in range(1, 6)))


async def page(which: Which, *, low: bool, after: int = 0) -> tuple[Rated, ...]:
    """Return one answer more than a page holds, the newest first; ``after`` skips earlier pages."""
    found = await sql.rows(
        f"""
        SELECT {_COLUMNS} FROM {_TABLES}
        WHERE {RATED.format(**_DAYS)} AND {_NARROWED} AND {UNSATISFIED if low else "true"}
        ORDER BY r.rated_at DESC, r.ticket_id DESC LIMIT {PAGE + 1} OFFSET {min(after, DEEPEST)}
        """,
        *_asked(which),
    )
    return tuple(Rated(**row) for row in found)


async def each_rating(
    team_ids: Sequence[int], *, since: datetime, until: datetime
) -> AsyncIterator[tuple[Rated, ...]]:
    """Yield every answer of a period, page after page, however many there are."""
    at, after = since, 0
    while True:
        found = await sql.rows(
            f"""
            SELECT {_COLUMNS} FROM {_TABLES}
            WHERE {RATED.format(**_DAYS)} AND t.team_id = ANY($3::bigint[])
                AND (r.rated_at, r.ticket_id) > ($4, $5::bigint)
            ORDER BY r.rated_at, r.ticket_id LIMIT {EXPORTED}
            """,
            since,
            until,
            list(team_ids),
            at,
            after,
        )
        if not found:
            return
        yield tuple(Rated(**row) for row in found)
        at, after = found[-1]["rated_at"], found[-1]["id"]


async def asking(team_ids: Sequence[int]) -> tuple[AskingTeam, ...]:
    """Return how these teams ask."""
    found = await sql.rows(
        """
        SELECT id, name_ar, name_en, asks_rating AS asks, rating_hours AS hours FROM teams
        WHERE id = ANY($1::bigint[]) ORDER BY id
        """,
        list(team_ids),
    )
    return tuple(AskingTeam(**row) for row in found)


def _asked(which: Which) -> tuple[object, ...]:
    return (
        *instants(which.days, which.zone),
        list(which.team_ids),
        which.topic_id,
        which.channel,
        which.agent_id,
        which.priority,
    )
