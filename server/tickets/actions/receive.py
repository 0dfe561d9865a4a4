"""Put what citizens said into tickets: any number of messages in a few statements.

The caller has made the identities and has locked every ticket that a message joins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from server.db import sql
from server.events.actions import store
from server.events.reactions import Event, react
from server.kit.clock import microseconds
from server.kit.limits import LAST_WORDS_CHARACTERS, SUBJECT_CHARACTERS
from server.kit.links import without_words


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """An attachment whose blob is already on disk."""

    blob_hash: bytes
    filename: str
    content_type: str
    size: int
    inline: bool
    content_id: str | None


@dataclass(frozen=True, slots=True)
class Received:
    """One inbound message and where it belongs.

    ``ticket`` is an existing ticket's id, or a negative number that stands for a new ticket: messages
    of one call with the same negative number share it. ``home`` is the merged ticket whose party the writer
    is, where it is none of ``ticket`` itself: followers are that ticket's. ``said_at`` is the journal's source time.
    """

    ticket: int
    linked_to: int | None
    unique_key: bytes
    channel: str
    channel_account_id: int
    journal_id: int
    position: int
    identity_id: int
    contact_id: int
    contact_name: str
    external_id: str | None
    subject: str
    text: str
    reply_text: str
    html: str | None
    language: str | None
    automatic: str | None
    bounce: str | None
    verified: bool
    warnings: tuple[str, ...]
    followers: tuple[int, ...]
    files: tuple[ReceivedFile, ...]
    said_at: datetime
    home: int | None = None


async def receive(messages: Sequence[Received], *, now: datetime) -> None:
    """Store the messages and their tickets, write the events, let the wiring react."""
    tickets = await _new_tickets(messages, now=now)
    ids = await _next_ids("messages", len(messages))
    joined = [tickets.get(message.ticket, message.ticket) for message in messages]
    opened = await _touch(messages, joined)
    events, seqs = await _events(messages, joined, ids, opened, now=now)
    await _messages(messages, joined, ids, seqs, now=now)
    await _parties(messages, joined)
    await _files(messages, ids, now=now)
    await react(events, now)


async def also_came_by(copies: Iterable[tuple[int, int, int, int]]) -> None:
    """Note further arrivals of known messages: (message id, channel account id, journal id, position)."""
    await sql.run(
        """
        INSERT INTO message_accounts (message_id, channel_account_id, journal_id, position)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::int[])
        ON CONFLICT DO NOTHING
        """,
        *sql.columns(list(copies), 4),
    )


async def _next_ids(table: str, how_many: int) -> list[int]:
    found = await sql.rows(
        "SELECT nextval(pg_get_serial_sequence($1, 'id')) AS id FROM generate_series(1, $2)",
        table,
        how_many,
    )
    return [row["id"] for row in found]


def last_words(text: str) -> str:
    """Return the beginning of a message as one line, for lists; a citizen's links lead nowhere from there."""
    begun = without_words(text)[: LAST_WORDS_CHARACTERS * 4]
    return " ".join(begun.split())[:LAST_WORDS_CHARACTERS]


async def _new_tickets(messages: Sequence[Received], *, now: datetime) -> dict[int, int]:
    firsts: dict[int, Received] = {}
    for message in messages:
        if message.ticket < 0:
            firsts.setdefault(message.ticket, message)
    ids = dict(zip(firsts, await _next_ids("tickets", len(firsts)), strict=True))
    await sql.run(
        """
        INSERT INTO tickets (id, contact_id, identity_id, channel, channel_account_id, team_id, subject,
                             language, linked_ticket_id, created_at, last_message_at, contact_name)
        SELECT n.id, n.contact_id, n.identity_id, n.channel, n.channel_account_id, a.team_id, n.subject,
               n.language, n.linked_to, $11, n.said_at, n.contact_name
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::text[],
                    $7::text[], $8::bigint[], $9::timestamptz[], $10::text[])
            AS n(id, contact_id, identity_id, channel, channel_account_id, subject, language, linked_to,
                 said_at, contact_name)
        JOIN channel_accounts a ON a.id = n.channel_account_id
        """,
        *sql.columns(
            [
                (
                    ids[reference],
                    first.contact_id,
                    first.identity_id,
                    first.channel,
                    first.channel_account_id,
                    first.subject[:SUBJECT_CHARACTERS],
                    first.language,
                    first.linked_to,
                    first.said_at,
                    first.contact_name,
                )
                for reference, first in firsts.items()
            ],
            10,
        ),
        now,
    )
    return ids


async def _touch(messages: Sequence[Received], joined: Sequence[int]) -> dict[int, str]:
    """Bring the tickets' own rows up to date; return the former status of those that reopen."""
    last: dict[int, tuple[int, str, datetime, datetime | None]] = {}
    for message, ticket_id in zip(messages, joined, strict=True):
        waiting = None if message.automatic else message.said_at
        if ticket_id in last:
            _, _, _, earlier = last[ticket_id]
            waiting = min(filter(None, (earlier, waiting)), default=None)
        last[ticket_id] = (ticket_id, last_words(message.reply_text), message.said_at, waiting)
    found = await sql.rows(
        """
        WITH former AS (SELECT id, status FROM tickets WHERE id = ANY($1::bigint[])),
        touched AS (
            UPDATE tickets t SET
                last_words = m.words,
                last_message_at = greatest(t.last_message_at, m.said_at),
                waiting_since = least(t.waiting_since, m.waiting),
                status = CASE WHEN m.waiting IS NOT NULL AND t.status IN ('pending', 'on_hold', 'resolved')
                              THEN 'open' ELSE t.status END,
                resolved_at = CASE WHEN m.waiting IS NOT NULL THEN NULL ELSE t.resolved_at END
            FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[])
                AS m(id, words, said_at, waiting)
            WHERE t.id = m.id RETURNING t.id, t.status
        )
        SELECT touched.id, former.status FROM touched JOIN former USING (id)
        WHERE former.status <> touched.status
        """,
        *sql.columns(list(last.values()), 4),
    )
    return {row["id"]: row["status"] for row in found}


async def _events(
    messages: Sequence[Received],
    joined: Sequence[int],
    ids: Sequence[int],
    opened: dict[int, str],
    *,
    now: datetime,
) -> tuple[list[Event], list[int]]:
    events: list[Event] = []
    places: list[int] = []
    begun: set[int] = set()
    for message, ticket_id, message_id in zip(messages, joined, ids, strict=True):
        data: dict[str, object] = {
            "message": message_id,
            "account": message.channel_account_id,
            "said_us": microseconds(message.said_at),
        }
        if message.automatic:
            data["automatic"] = message.automatic
        if message.bounce:
            data["bounce"] = message.bounce
        if not message.verified:
            data["unverified"] = True
        if message.ticket < 0 and ticket_id not in begun:
            begun.add(ticket_id)
            linked = {"linked_to": message.linked_to} if message.linked_to else {}
            events.append(Event(ticket_id, "ticket_created", data | linked))
        places.append(len(events))
        events.append(Event(ticket_id, "message_received", data))
        if former := opened.pop(ticket_id, None):
            events.append(
                Event(ticket_id, "status_changed", {"from": former, "to": "open", "by": "message"})
            )
    seqs = await store(events, at=now)
    said = [seqs[place] for place in places]
    await sql.run(
        """
        UPDATE tickets t SET last_message_seq = m.seq
        FROM unnest($1::bigint[], $2::bigint[]) AS m(id, seq) WHERE t.id = m.id
        """,
        *sql.columns(list(dict(zip(joined, said, strict=True)).items()), 2),
    )
    return events, said


async def _messages(
    messages: Sequence[Received],
    joined: Sequence[int],
    ids: Sequence[int],
    seqs: Sequence[int],
    *,
    now: datetime,
) -> None:
    records = sorted(
        (
            message.unique_key,
            message_id,
            ticket_id,
            seq,
            message.channel,
            message.channel_account_id,
            message.identity_id,
            message.external_id,
            message.subject[:SUBJECT_CHARACTERS],
            message.text,
            message.reply_text,
            message.html,
            message.language,
            message.automatic,
            message.verified,
            sql.dump(message.warnings),
            message.said_at,
        )
        for message, ticket_id, message_id, seq in zip(messages, joined, ids, seqs, strict=True)
    )
    # In key order: two accounts that receive the same mails at once must not wait for each other in a ring.
    await sql.run(
        """
        INSERT INTO messages (unique_key, id, ticket_id, seq, direction, channel, channel_account_id,
                              identity_id, external_id, subject, text, reply_text, html, language, automatic,
                              verified, warnings, said_at, created_at)
        SELECT unique_key, id, ticket_id, seq, 'in', channel, channel_account_id, identity_id, external_id,
               subject, text, reply_text, html, language, automatic, verified,
               ARRAY(SELECT jsonb_array_elements_text(warnings::jsonb)), said_at, $18
        FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
                    $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
                    $13::text[], $14::text[], $15::bool[], $16::text[], $17::timestamptz[])
            AS m(unique_key, id, ticket_id, seq, channel, channel_account_id, identity_id, external_id,
                 subject, text, reply_text, html, language, automatic, verified, warnings, said_at)
        """,
        *sql.columns(records, 17),
        now,
    )
    await also_came_by(
        (message_id, message.channel_account_id, message.journal_id, message.position)
        for message, message_id in zip(messages, ids, strict=True)
    )


async def _parties(messages: Sequence[Received], joined: Sequence[int]) -> None:
    parties: dict[tuple[int, int], str] = {}
    for message, ticket_id in zip(messages, joined, strict=True):
        if message.ticket < 0:
            parties.setdefault((ticket_id, message.identity_id), "requester")
        for follower in message.followers if message.verified else ():
            parties.setdefault((message.home or ticket_id, follower), "follower")
    await sql.run(
        """
        INSERT INTO ticket_parties (ticket_id, identity_id, role)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[]) ON CONFLICT DO NOTHING
        """,
        *sql.columns(sorted((*key, role) for key, role in parties.items()), 3),
    )


async def _files(messages: Sequence[Received], ids: Sequence[int], *, now: datetime) -> None:
    files = [
        (message_id, position, file)
        for message, message_id in zip(messages, ids, strict=True)
        for position, file in zip(count(), message.files)
    ]
    if files:
        await know_blobs({file.blob_hash: file.size for _, _, file in files}, now=now)
        await attach(files)


async def know_blobs(sizes: dict[bytes, int], *, now: datetime) -> None:
    """Write the rows of blobs that are on disk."""
    await sql.run(
        """
        INSERT INTO blobs (hash, size, created_at)
        SELECT hash, size, $3 FROM unnest($1::bytea[], $2::bigint[]) AS b(hash, size)
        ON CONFLICT DO NOTHING
        """,
        *sql.columns(sorted(sizes.items()), 2),
        now,
    )


async def attach(files: Sequence[tuple[int, int, ReceivedFile]]) -> None:
    """Write attachments as (message id, position, file)."""
    await sql.run(
        """
        INSERT INTO attachments (message_id, position, blob_hash, filename, content_type, size, inline,
                                 content_id)
        SELECT * FROM unnest($1::bigint[], $2::int[], $3::bytea[], $4::text[], $5::text[], $6::bigint[],
                             $7::bool[], $8::text[])
        """,
        *sql.columns(
            [
                (
                    message_id,
                    position,
                    file.blob_hash,
                    file.filename,
                    file.content_type,
                    file.size,
                    file.inline,
                    file.content_id,
                )
                for message_id, position, file in files
            ],
            8,
        ),
    )
