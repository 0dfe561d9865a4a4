"""Find tickets: exact spelling before stems, the newest first, a span of time after the other.

A word may stand in every second ticket or in none of the last two years; each span asks the index for words,
team and days at once, so that neither reads past all the tickets. Nothing is ranked.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from asyncpg import QueryCanceledError

from server.kit.errors import Invalid
from server.kit.links import without_words
from server.people.queries import Viewer
from server.search.asked import Asked
from server.search.pool import connection
from server.tickets.queries import cursors
from server.tickets.queries.cursors import NEWEST, Cursor
from server.tickets.queries.lists import Named, Someone
from server.tickets.queries.roots import merged_numbers

PAGE = 30
WINDOW_MONTHS = 24
FARTHEST_BLOCKS = 250
"""Blocks of 32 days that the search for older tickets goes back: some twenty years."""
SECONDS = 1.5
"""All the spans of one search together."""
MARKED_TEAMS = 12
TOGETHER = 2
MESSAGES = 8
MESSAGE_CHARACTERS = 2000

_BLOCK = 32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the operators came to: any of these, where there are any."""

    statuses: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    topics: tuple[int, ...] | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A ticket that was found, and some of its texts, the newest first.

    ``merged_into`` is the number of the ticket in which a merged one goes on.
    """

    id: int
    number: int
    contact_name: str
    address: str
    channel: str
    subject: str
    last_words: str
    last_message_at: datetime
    status: str
    priority: str
    topic: Named | None
    assignee: Someone | None
    waiting_since: datetime | None
    next_due_at: datetime | None
    next_warn_at: datetime | None
    unread: bool
    texts: tuple[str, ...] = ()
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits. ``cut_short`` means that time ran out: there may be more, further back."""

    hits: tuple[Hit, ...]
    next_after: str | None = None
    cut_short: bool = False


# One after the other in one question: PostgreSQL stops at the first that fills the page.
# $1 the terms of each span, $2 $3 the cursor, $4 team ids, $5 not before, $6 $7 $8 statuses, channels, topics
_KEYS = """
SELECT d.at, d.ticket_id FROM search_documents d {join}
WHERE d.terms @@ ($1::text[])[{span}]::tsquery AND (d.at, d.ticket_id) < ($2::timestamptz, $3::bigint)
    AND d.team_id = ANY($4::bigint[]) AND d.at >= $5::timestamptz {narrowed}
ORDER BY d.at DESC, d.ticket_id DESC LIMIT {limit}
"""
_JOIN = "JOIN tickets t ON t.id = d.ticket_id"
_NARROWED = """
    AND (cardinality($6::text[]) = 0 OR t.status = ANY($6))
    AND (cardinality($7::text[]) = 0 OR t.channel = ANY($7))
    AND ($8::bigint[] IS NULL OR t.topic_id = ANY($8))
    AND (cardinality($9::text[]) = 0 OR t.tags && $9)
"""
# The team is asked for again on the ticket itself: what may be seen is never left to the index.
_ROWS = """
SELECT t.id, t.number, t.contact_name, i.address, t.channel, t.subject, t.last_words, t.last_message_at, t.status,
    t.priority, t.waiting_since, t.next_due_at, t.next_warn_at, t.topic_id, o.name_ar, o.name_en, t.assignee_id,
    u.name AS assignee_name, t.last_message_seq > coalesce(r.seq, 0) AS unread,
    ARRAY(SELECT left(concat_ws(E'\\n', m.reply_text, (
              SELECT string_agg(a.filename, ' ') FROM attachments a WHERE a.message_id = m.id)), $4)
          FROM messages m WHERE m.ticket_id = t.id ORDER BY m.seq DESC LIMIT $5) AS texts
FROM unnest($1::bigint[]) WITH ORDINALITY AS k(id, place)
JOIN tickets t ON t.id = k.id AND t.team_id = ANY($2::bigint[])
JOIN identities i ON i.id = t.identity_id
LEFT JOIN topics o ON o.id = t.topic_id
LEFT JOIN users u ON u.id = t.assignee_id
LEFT JOIN ticket_reads r ON r.user_id = $3 AND r.ticket_id = t.id
ORDER BY k.place
"""


async def find(
    asked: Asked,
    *,
    viewer: Viewer,
    now: datetime,
    narrowed: Narrowed | None = None,
    older: bool = False,
    after: str | None = None,
    limit: int = PAGE,
) -> Found:
    """Find the tickets of the viewer's teams; ``older`` looks further back than two years."""
    if asked.nothing or not viewer.team_ids:
        return Found(())
    tier, begin = _read(after)
    walk = _Walk(asked, viewer, narrowed or Narrowed(), now, older, limit + 1)
    keys: list[tuple[int, Cursor]] = []
    cut_short = False
    async with connection() as taken:
        try:
            async with asyncio.timeout(SECONDS):
                for number, terms in enumerate(_tiers(asked)):
                    if number >= tier:
                        start = begin if number == tier else NEWEST
                        await walk.through(taken, number, terms, start, keys)
        except (QueryCanceledError, TimeoutError):
            cut_short = True
        shown = keys[:limit]
        hits = await _hits(taken, [key.id for _, key in shown], viewer)
    more = len(keys) > limit
    return Found(hits, _write(*shown[-1]) if more else None, cut_short)


def _tiers(asked: Asked) -> tuple[str, ...]:
    if not asked.exact:
        return (asked.loose,)
    if not asked.loose:
        return (asked.exact,)
    return (asked.exact, f"{asked.loose} & !({asked.exact})")


@dataclass
class _Walk:
    """The way back through time."""

    asked: Asked
    viewer: Viewer
    narrowed: Narrowed
    now: datetime
    older: bool
    enough: int

    async def through(
        self, taken: Any, tier: int, terms: str, begin: Cursor, keys: list[tuple[int, Cursor]]
    ) -> None:
        """Add this tier's keys until there are enough."""
        query, more = self._query()
        newest = min(begin.at, self.asked.before or begin.at, self.now + timedelta(days=1))
        if self.asked.before is not None and self.asked.before <= begin.at:
            begin = Cursor(self.asked.before, 0)
        first = _day(newest)
        earliest = self.asked.after or _EPOCH
        # Somebody who asks for what was before a day gets two years before that day.
        recent = min(_day(self.asked.before or self.now), _day(self.now)) - WINDOW_MONTHS * 30
        last = _day(earliest) if self.older or self.asked.after else recent
        for together in _together(spans(first, last, recent)):
            left = self.enough - len(keys)
            if left <= 0:
                return
            found = await taken.fetch(
                _one_by_one(query, len(together), left),
                [" & ".join(filter(None, (terms, self._teams(), span))) for span in together],
                begin.at,
                begin.id,
                self.viewer.team_ids,
                earliest,
                *more,
            )
            keys += [(tier, Cursor(row["at"], row["ticket_id"])) for row in found]

    def _teams(self) -> str:
        teams = self.viewer.team_ids
        if self.viewer.administrator or len(teams) > MARKED_TEAMS:
            return ""
        return f"({' | '.join(f'g{team}' for team in teams)})"

    def _query(self) -> tuple[str, tuple[object, ...]]:
        narrowed = self.narrowed
        if not (
            narrowed.statuses or narrowed.channels or narrowed.tags or narrowed.topics is not None
        ):
            return _KEYS.replace("{join}", "").replace("{narrowed}", ""), ()
        query = _KEYS.replace("{join}", _JOIN).replace("{narrowed}", _NARROWED)
        return query, (narrowed.statuses, narrowed.channels, narrowed.topics, narrowed.tags)


def _together(every: Iterator[str]) -> Iterator[tuple[str, ...]]:
    """Group the spans: fewer questions, yet each short enough for the time that one may take."""
    while group := tuple(islice(every, TOGETHER)):
        yield group


def _one_by_one(query: str, spans_: int, limit: int) -> str:
    each = (f"({query.format(span=number, limit=limit)})" for number in range(1, spans_ + 1))
    return f"SELECT at, ticket_id FROM ({' UNION ALL '.join(each)}) AS spans LIMIT {limit}"


def spans(first: int, last: int, recent: int) -> Iterator[str]:
    """Yield terms for spans of days from ``first`` back to ``last``: short ones first, then ever longer.

    Behind ``recent`` they begin short again, for there may be a word that only the old tickets are full of.
    """
    first, last = max(first, 0), max(last, 0)
    block = first // _BLOCK
    head = first - 2
    yield _any("d", range(first, max(head, block * _BLOCK) - 1, -1))
    if head > block * _BLOCK:
        yield _any("d", range(head - 1, block * _BLOCK - 1, -1))
    lowest = max(last // _BLOCK, block - FARTHEST_BLOCKS)
    border = recent // _BLOCK
    length = 1
    block -= 1
    while block >= lowest:
        end = max(block - length + 1, border if block >= border else lowest, lowest)
        yield _any("m", range(block, end - 1, -1))
        length = 1 if block >= border and end == border else length * 2
        block = end - 1


def _any(kind: str, numbers: range) -> str:
    return f"({' | '.join(f'{kind}{number}' for number in numbers)})"


def _day(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(days=1)


async def _hits(taken: Any, ids: Sequence[int], viewer: Viewer) -> tuple[Hit, ...]:
    if not ids:
        return ()
    found = await taken.fetch(
        _ROWS, ids, viewer.team_ids, viewer.id, MESSAGE_CHARACTERS, MESSAGES, timeout=2
    )
    merged = await merged_numbers([row["id"] for row in found if row["status"] == "closed"])
    return tuple(_hit(row, merged.get(row["id"])) for row in found)


def _hit(row: Any, merged_into: int | None) -> Hit:
    return Hit(
        id=row["id"],
        number=row["number"],
        contact_name=row["contact_name"],
        address=row["address"],
        channel=row["channel"],
        subject=row["subject"],
        last_words=row["last_words"],
        last_message_at=row["last_message_at"],
        status=row["status"],
        priority=row["priority"],
        topic=Named(row["topic_id"], row["name_ar"], row["name_en"]) if row["topic_id"] else None,
        assignee=Someone(row["assignee_id"], row["assignee_name"]) if row["assignee_id"] else None,
        waiting_since=row["waiting_since"],
        next_due_at=row["next_due_at"],
        next_warn_at=row["next_warn_at"],
        unread=row["unread"],
        texts=tuple(without_words(text) for text in row["texts"]),
        merged_into=merged_into,
    )


def _write(tier: int, key: Cursor) -> str:
    return f"{tier}{cursors.write(key)}"


def _read(after: str | None) -> tuple[int, Cursor]:
    if not after:
        return 0, NEWEST
    if after[0] not in "01":
        raise Invalid("bad_cursor", field="after")
    return int(after[0]), cursors.read(after[1:])
