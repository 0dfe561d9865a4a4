"""Find what is like one ticket: how solved tickets were answered, canned replies, articles.

All of it is asked on connections of its own, each question for a short time; nothing is ranked but the few
dozen that the index names first.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from asyncpg import QueryCanceledError as TookTooLong

from server.db import sql
from server.kit.errors import NotFound
from server.kit.settings import settings
from server.knowledge.likeness import Question
from server.knowledge.queries.pieces import Piece, piece
from server.people.queries import Viewer
from server.search.pool import Pool
from server.search.queries import WINDOW_MONTHS, spans

HELP = Pool("help", 3)
helping = HELP.held

__all__ = [
    "HELP",
    "Like",
    "Solved",
    "TookTooLong",
    "answer_of",
    "helping",
    "pieces",
    "shares",
    "solved",
]

CANDIDATES = 40
SECONDS = 0.5
"""All the spans of one ticket together: help that comes late helps nobody."""
TOGETHER = 2
KEPT = timedelta(minutes=10)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Solved:
    """A solved ticket that holds some of the question's words, and the answer it was given."""

    id: int
    number: int
    subject: str
    status: str
    topic_id: int | None
    solved_at: datetime
    stems: tuple[str, ...]
    uses: int
    answer: str


@dataclass(frozen=True, slots=True)
class Like:
    """A canned reply or an article, with the words it shares."""

    piece: Piece
    stems: tuple[str, ...]


_shares: dict[str, tuple[datetime, dict[str, float]]] = {}
"""What was read last, by database."""


async def shares(*, now: datetime) -> Mapping[str, float]:
    """Return what part of all tickets holds a stem, for the common ones: PostgreSQL's own statistics."""
    database = settings().database_url
    read_at, known = _shares.get(database, (_EPOCH, {}))
    if now - read_at > KEPT:
        async with HELP.connection() as taken:
            found = await taken.fetch(
                """
                SELECT term, share FROM (
                    SELECT unnest(most_common_elems::text::text[]) AS term, unnest(most_common_elem_freqs) AS share
                    FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'search_documents'
                        AND attname = 'terms'
                ) AS common WHERE term LIKE 'n%'
                """
            )
        known = {row["term"][1:]: row["share"] for row in found}
        _shares[database] = (now, known)
    return known


# $1 the terms of each span, $2 team ids, $3 the ticket itself
_SPAN = """
SELECT t.id, d.at FROM search_documents d JOIN tickets t ON t.id = d.ticket_id
WHERE d.terms @@ ($1::text[])[{span}]::tsquery AND d.team_id = ANY($2::bigint[]) AND t.id <> $3
    AND t.status IN ('resolved', 'closed') AND (SELECT m.into_id FROM ticket_merges m WHERE m.ticket_id = t.id) IS NULL
ORDER BY d.at DESC LIMIT {limit}
"""
# An answer that solved something is rarely the shortest: "you are welcome" often comes last.
_ANSWER = """
SELECT said.text FROM (
    SELECT left(m.reply_text, 2000) AS text FROM messages m
    LEFT JOIN deliveries y ON y.message_id = m.id
    WHERE m.ticket_id = {ticket} AND m.direction = 'out' AND m.author_id IS NOT NULL
        AND coalesce(y.state, 'sent') NOT IN ('undone', 'failed')
    ORDER BY m.seq DESC LIMIT 4
) AS said ORDER BY length(said.text) DESC LIMIT 1
"""
# The team is asked for again on the ticket itself: what may be seen is never left to the index.
_ROWS = """
SELECT t.id, t.number, t.subject, t.status, t.topic_id,
    coalesce(t.resolved_at, t.last_message_at) AS solved_at,
    ARRAY(SELECT unnest(tsvector_to_array(d.terms)) INTERSECT SELECT unnest($3::text[])) AS stems,
    (SELECT count(*) FROM (SELECT FROM answer_uses u WHERE u.source_id = t.id LIMIT 100) AS counted) AS uses,
    answer.text AS answer
FROM unnest($1::bigint[]) WITH ORDINALITY AS k(id, place)
JOIN tickets t ON t.id = k.id AND t.team_id = ANY($2::bigint[])
JOIN search_documents d ON d.ticket_id = t.id
JOIN LATERAL ({answer}) AS answer ON answer.text <> ''
ORDER BY k.place
""".format(answer=_ANSWER.format(ticket="t.id"))


async def solved(
    asked: Question, *, ticket_id: int, viewer: Viewer, now: datetime
) -> tuple[Solved, ...]:
    """Return solved tickets of the viewer's teams that share two words with this one, the newest first."""
    if not asked.two_of or not viewer.team_ids:
        return ()
    ids: list[int] = []
    today = _day(now)
    every = spans(
        _day(now + timedelta(days=1)), today - WINDOW_MONTHS * 30, today - WINDOW_MONTHS * 30
    )
    async with HELP.connection() as taken:
        try:
            async with asyncio.timeout(SECONDS):
                while len(ids) < CANDIDATES and (group := tuple(islice(every, TOGETHER))):
                    ids += await _of(taken, group, asked, ticket_id, viewer, CANDIDATES - len(ids))
        except (TookTooLong, TimeoutError):
            pass  # What has been found until now may help all the same.
        if not ids:
            return ()
        rows = await taken.fetch(
            _ROWS, ids, viewer.team_ids, ["n" + stem for stem in asked.stems], timeout=2
        )
    return tuple(_solved(row) for row in rows)


async def answer_of(ticket_id: int) -> str:
    """Return the answer that a ticket was given; raise :class:`NotFound` where there is none."""
    said: str | None = await sql.value(_ANSWER.format(ticket="$1"), ticket_id)
    if said is None:
        raise NotFound
    return said


async def pieces(asked: Question, *, viewer: Viewer, near: Sequence[int]) -> tuple[Like, ...]:
    """Return the canned replies and articles about these topics or with one of these words."""
    async with HELP.connection() as taken:
        rows = await taken.fetch(
            """
            SELECT k.id, k.kind, k.title_ar, k.title_en, k.body_ar, k.body_en, k.shortcut, k.address, k.topic_ids,
                k.team_ids, k.uses, k.version, NULL AS author, k.saved_at, k.archived_at,
                ARRAY(SELECT unnest(tsvector_to_array(k.terms)) INTERSECT SELECT unnest($4::text[])) AS stems
            FROM knowledge k
            WHERE k.archived_at IS NULL AND (k.team_ids IS NULL OR k.team_ids && $1::bigint[])
                AND (k.topic_ids && $2::bigint[] OR ($3 <> '' AND k.terms @@ $3::tsquery))
            ORDER BY k.topic_ids && $2::bigint[] DESC, k.uses DESC, k.id LIMIT 200
            """,
            viewer.team_ids,
            list(near),
            asked.any_of,
            ["n" + stem for stem in asked.stems],
        )
    return tuple(Like(piece(row), _stems(row["stems"])) for row in rows)


async def _of(
    taken: Any,
    group: Sequence[str],
    asked: Question,
    ticket_id: int,
    viewer: Viewer,
    limit: int,
) -> list[int]:
    each: Iterator[str] = (
        f"({_SPAN.format(span=number, limit=limit)})" for number in range(1, len(group) + 1)
    )
    found = await taken.fetch(
        f"SELECT id FROM ({' UNION ALL '.join(each)}) AS spans LIMIT {limit}",
        # Time comes first: it is the quickest to say no.
        [f"{span} & ({asked.two_of})" for span in group],
        viewer.team_ids,
        ticket_id,
    )
    return [row["id"] for row in found]


def _solved(row: Any) -> Solved:
    return Solved(
        id=row["id"],
        number=row["number"],
        subject=row["subject"],
        status=row["status"],
        topic_id=row["topic_id"],
        solved_at=row["solved_at"],
        stems=_stems(row["stems"]),
        uses=row["uses"],
        answer=row["answer"],
    )


def _stems(terms: Sequence[str]) -> tuple[str, ...]:
    return tuple(term[1:] for term in terms)


def _day(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(days=1)
