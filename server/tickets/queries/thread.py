"""What was said and done on a ticket and on those merged into it, in one line of time.

The viewer's right to the ticket was checked by ``ticket.one``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.db import sql
from server.kit.errors import NotFound
from server.kit.limits import THREAD_MESSAGES
from server.kit.links import without_words
from server.people.queries import Viewer
from server.tickets.queries.cursors import NEWEST, OLDEST
from server.tickets.queries.lists import Someone
from server.tickets.queries.roots import seen_at, sees, together

EVENTS = 300


@dataclass(frozen=True, slots=True)
class File:
    """An attachment; ``inline`` ones belong into the HTML body under their ``content_id``."""

    id: int
    message_id: int
    blob_hash: bytes
    filename: str
    content_type: str
    size: int
    inline: bool
    content_id: str | None


@dataclass(frozen=True, slots=True)
class Sending:
    """How the delivery of an outbound message stands."""

    id: int
    state: str
    attempts: int
    held_until: datetime
    next_try_at: datetime
    changed_at: datetime
    error_code: str | None
    error_text: str | None
    recipients: Any


@dataclass(frozen=True, slots=True)
class Said:
    """One message; ``text`` is all of it, ``reply_text`` the part that is new.

    ``ticket_id`` and ``number`` are of the ticket that has it, which may be one that was merged;
    ``whole_bytes`` is how large it really is, where only its beginning was taken.
    """

    id: int
    ticket_id: int
    number: int
    seq: int
    stored_at: datetime
    direction: str
    channel: str
    text: str
    reply_text: str
    has_html: bool
    automatic: str | None
    verified: bool
    warnings: tuple[str, ...]
    said_at: datetime
    author: Someone | None
    address: str
    display_name: str
    files: tuple[File, ...]
    sending: Sending | None
    whole_bytes: int | None


@dataclass(frozen=True, slots=True)
class Done:
    """One event that is no message, of the ticket ``ticket_id``."""

    ticket_id: int
    number: int
    seq: int
    kind: str
    data: Mapping[str, Any]
    at: datetime
    actor: Someone | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a ticket's history, oldest first; ``earlier_before`` pages further back."""

    said: tuple[Said, ...]
    done: tuple[Done, ...]
    earlier_before: int | None

    @property
    def in_order(self) -> tuple[Said | Done, ...]:
        """Everything as it came: by number within a ticket, by time among tickets that stand together."""
        latest: dict[int, datetime] = {}
        placed: list[tuple[datetime, int, int, Said | Done]] = []
        every: tuple[Said | Done, ...] = (*self.said, *self.done)
        for one in sorted(every, key=lambda one: one.seq):
            at = one.stored_at if isinstance(one, Said) else one.at
            # Who waits for a ticket's lock writes later than the time it took: its number tells.
            at = latest[one.ticket_id] = max(at, latest.get(one.ticket_id, at))
            placed.append((at, one.ticket_id, one.seq, one))
        return tuple(one for *_, one in sorted(placed, key=lambda place: place[:3]))


_ROWS = """
SELECT m.id, m.ticket_id, t.number, m.seq, m.created_at, m.direction, m.channel, m.text, m.reply_text,
    m.html IS NOT NULL AS has_html, m.automatic, m.verified, m.warnings, m.said_at, m.author_id, u.name AS author_name,
    coalesce(i.address, '') AS address, coalesce(i.display_name, '') AS display_name,
    d.id AS delivery_id, d.state, d.attempts, d.held_until, d.next_try_at, d.changed_at, d.error_code, d.error_text,
    d.recipients,
    CASE WHEN cardinality(m.warnings) > 0 THEN (
        SELECT max((j.headers->>'x-oversized-bytes')::bigint)
        FROM message_accounts a JOIN journal j ON j.id = a.journal_id WHERE a.message_id = m.id) END AS whole_bytes
FROM messages m JOIN tickets t ON t.id = m.ticket_id
LEFT JOIN users u ON u.id = m.author_id
LEFT JOIN identities i ON i.id = m.identity_id
LEFT JOIN deliveries d ON d.message_id = m.id
"""
_ALONE = (
    _ROWS + "WHERE m.ticket_id = $1 AND m.seq > $2 AND m.seq < $3 ORDER BY m.seq DESC LIMIT {limit}"
)
_TOGETHER = f"""{_ROWS} WHERE m.id IN (
    SELECT id FROM messages WHERE ticket_id = ANY($1::bigint[]) AND (created_at, id) < ($2, $3)
    ORDER BY created_at DESC, id DESC LIMIT {{limit}})
ORDER BY m.created_at DESC, m.id DESC
"""
_FILES = """
SELECT id, message_id, blob_hash, filename, content_type, size, inline, content_id FROM attachments
WHERE message_id = ANY($1::bigint[]) ORDER BY message_id, position
"""
_EVENT = """
SELECT e.ticket_id, t.number, e.seq, e.kind, e.data, e.at, e.actor_id, u.name AS actor_name
FROM events e JOIN tickets t ON t.id = e.ticket_id LEFT JOIN users u ON u.id = e.actor_id
"""
_EVENTS = f"""{_EVENT}
WHERE e.ticket_id = $1 AND e.seq > $2 AND e.seq < $3 AND e.kind = ANY($4::text[])
ORDER BY e.seq DESC LIMIT {EVENTS}
"""
_EVENTS_TOGETHER = f"""{_EVENT}
WHERE e.ticket_id = ANY($1::bigint[]) AND e.at >= $2 AND e.at < $3 AND e.kind = ANY($4::text[])
ORDER BY e.at DESC, e.id DESC LIMIT {EVENTS}
"""
_DECISIONS = f"""{_EVENT}
WHERE e.ticket_id = $1 AND e.kind IN ('routed', 'assigned', 'waits_for_agent', 'team_changed')
ORDER BY e.seq DESC LIMIT 40
"""
NEVER = 2**63 - 1


async def newest(
    ticket_id: int,
    *,
    kinds: Collection[str],
    before: int | None = None,
    limit: int = THREAD_MESSAGES,
) -> Stretch:
    """Return the newest messages (of those before the message ``before``) and the events between them."""
    tickets = await together(ticket_id)
    first = await sql.row(
        "SELECT id, ticket_id, seq, created_at FROM messages WHERE id = $1", before
    )
    if len(tickets) == 1 and (first is None or first["ticket_id"] == ticket_id):
        return await _alone(ticket_id, kinds, NEVER if first is None else first["seq"], limit)
    return await _together(tickets, kinds, first, limit)


async def _alone(ticket_id: int, kinds: Collection[str], before: int, limit: int) -> Stretch:
    found = await sql.rows(_ALONE.format(limit=limit + 1), ticket_id, 0, before)
    shown = found[:limit]
    more = len(found) > limit
    begin = shown[-1]["seq"] - 1 if more else 0
    done = await _events(ticket_id, kinds, after=begin, before=before)
    return Stretch(await _said(shown), done, shown[-1]["id"] if more else None)


async def _together(
    tickets: Sequence[int], kinds: Collection[str], first: Any, limit: int
) -> Stretch:
    """Page by time: a ticket's own numbers say nothing about another's."""
    end, last = (first["created_at"], first["id"]) if first else (NEWEST.at, NEWEST.id)
    found = await sql.rows(_TOGETHER.format(limit=limit + 1), tickets, end, last)
    shown = found[:limit]
    more = len(found) > limit
    begin = shown[-1]["created_at"] if more else OLDEST.at
    done = await sql.rows(_EVENTS_TOGETHER, tickets, begin, end, list(kinds))
    return Stretch(
        await _said(shown),
        tuple(_event(row) for row in reversed(done)),
        shown[-1]["id"] if more else None,
    )


async def since(ticket_id: int, seq: int, *, kinds: Collection[str]) -> Stretch:
    """Return what happened on the ticket itself after ``seq``."""
    found = await sql.rows(_ALONE.format(limit=THREAD_MESSAGES), ticket_id, seq, NEVER)
    done = await _events(ticket_id, kinds, after=seq, before=NEVER)
    return Stretch(await _said(found), done, earlier_before=None)


async def decisions(ticket_id: int) -> tuple[Done, ...]:
    """Return what routing decided and who was given the ticket, newest first."""
    found = await sql.rows(_DECISIONS, ticket_id)
    return tuple(_event(row) for row in found)


async def ticket_of_delivery(delivery_id: int, *, viewer: Viewer) -> int:
    """Return on which ticket this person reads of a delivery; raise :class:`NotFound` if on none."""
    ticket_id: int | None = await sql.value(
        "SELECT ticket_id FROM deliveries WHERE id = $1", delivery_id
    )
    seen = None if ticket_id is None else await seen_at(viewer, ticket_id)
    if seen is None:
        raise NotFound
    return seen


async def file(attachment_id: int, *, viewer: Viewer) -> File:
    """Return an attachment of a ticket that this viewer may see; raise :class:`NotFound`."""
    row = await sql.row(
        """
        SELECT f.id, f.message_id, f.blob_hash, f.filename, f.content_type, f.size, f.inline, f.content_id,
            m.ticket_id
        FROM attachments f JOIN messages m ON m.id = f.message_id WHERE f.id = $1
        """,
        attachment_id,
    )
    if row is None or not await sees(viewer, row["ticket_id"]):
        raise NotFound
    return File(*tuple(row)[:-1])


async def html(message_id: int, *, viewer: Viewer) -> tuple[str, tuple[File, ...]]:
    """Return a message's HTML as it came, but for citizens' keys, and the files that it may show."""
    row = await sql.row(
        "SELECT html, ticket_id FROM messages WHERE id = $1 AND html IS NOT NULL", message_id
    )
    if row is None or not await sees(viewer, row["ticket_id"]):
        raise NotFound
    return without_words(row["html"]), tuple(
        File(**found) for found in await sql.rows(_FILES, [message_id])
    )


async def names(user_ids: Iterable[int]) -> Mapping[int, Someone]:
    """Return who these people are, for events that name them."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return {}
    found = await sql.rows("SELECT id, name FROM users WHERE id = ANY($1::bigint[])", wanted)
    return {row["id"]: Someone(row["id"], row["name"]) for row in found}


async def _events(
    ticket_id: int, kinds: Collection[str], *, after: int, before: int
) -> tuple[Done, ...]:
    found = await sql.rows(_EVENTS, ticket_id, after, before, list(kinds))
    return tuple(_event(row) for row in reversed(found))


def _event(row: Any) -> Done:
    return Done(
        ticket_id=row["ticket_id"],
        number=row["number"],
        seq=row["seq"],
        kind=row["kind"],
        data=sql.load(row["data"]),
        at=row["at"],
        actor=Someone(row["actor_id"], row["actor_name"]) if row["actor_id"] else None,
    )


async def _said(found: list[Any]) -> tuple[Said, ...]:
    files: dict[int, list[File]] = {row["id"]: [] for row in found}
    for row in await sql.rows(_FILES, list(files)):
        files[row["message_id"]].append(File(**row))
    return tuple(_message(row, tuple(files[row["id"]])) for row in reversed(found))


def _message(row: Any, files: tuple[File, ...]) -> Said:
    return Said(
        id=row["id"],
        ticket_id=row["ticket_id"],
        number=row["number"],
        seq=row["seq"],
        stored_at=row["created_at"],
        direction=row["direction"],
        channel=row["channel"],
        text=without_words(row["text"]),
        reply_text=without_words(row["reply_text"]),
        has_html=row["has_html"],
        automatic=row["automatic"],
        verified=row["verified"],
        warnings=tuple(row["warnings"]),
        said_at=row["said_at"],
        author=Someone(row["author_id"], row["author_name"]) if row["author_id"] else None,
        address=row["address"],
        display_name=row["display_name"],
        files=files,
        sending=_sending(row) if row["delivery_id"] else None,
        whole_bytes=row["whole_bytes"],
    )


def _sending(row: Any) -> Sending:
    return Sending(
        id=row["delivery_id"],
        state=row["state"],
        attempts=row["attempts"],
        held_until=row["held_until"],
        next_try_at=row["next_try_at"],
        changed_at=row["changed_at"],
        error_code=row["error_code"],
        error_text=row["error_text"],
        recipients=sql.load(row["recipients"]),
    )
