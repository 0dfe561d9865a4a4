"""Say something on a ticket: an answer that leaves by its channel, or a note that never does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.events.actions import store
from server.events.reactions import Event, react
from server.kit import blobs
from server.kit.errors import Invalid
from server.kit.limits import NAME_CHARACTERS, REPLY_CHARACTERS, UPLOAD
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions.common import (
    Locked,
    first_answer,
    keep_answer,
    lock,
    refuse_if_newer,
    touched,
)
from server.tickets.actions.receive import ReceivedFile, attach, know_blobs, last_words


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """The message that was written; a repeat of the same form gets the same one."""

    message_id: int
    seq: int


async def reply(
    ticket_id: int,
    *,
    by: Viewer,
    text: str,
    files: Sequence[Upload] = (),
    form_key: str,
    seen_seq: int | None,
    now: datetime,
) -> Written:
    """Answer the citizen. What must happen for it to leave is wired to ``reply_written``.

    Raises :class:`NewerThings` if others did something since ``seen_seq``; ``None`` sends anyway.
    """
    text = _checked(text)
    stored = await _store(files)
    async with transaction():
        if (answer := await first_answer(by, form_key, "reply", now=now)) is not None:
            return Written(**answer)
        ticket = await lock(ticket_id, by)
        if ticket.status == "closed":
            raise Invalid("closed", field="text")
        await refuse_if_newer(ticket, by, seen_seq=seen_seq)
        return await _write(ticket, by, form_key, text, stored, kind="reply_written", now=now)


async def note(
    ticket_id: int,
    *,
    by: Viewer,
    text: str,
    files: Sequence[Upload] = (),
    form_key: str,
    now: datetime,
) -> Written:
    """Write down something that only colleagues see."""
    text = _checked(text)
    stored = await _store(files)
    async with transaction():
        if (answer := await first_answer(by, form_key, "note", now=now)) is not None:
            return Written(**answer)
        ticket = await lock(ticket_id, by)
        return await _write(ticket, by, form_key, text, stored, kind="note_written", now=now)


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Invalid("empty_text", field="text")
    if len(text) > REPLY_CHARACTERS:
        raise Invalid("text_too_long", field="text")
    return text


async def _store(files: Sequence[Upload]) -> list[ReceivedFile]:
    """Make the files durable before any row names them."""
    if sum(len(file.content) for file in files) > UPLOAD:
        raise Invalid("files_too_large", field="files")
    return [
        ReceivedFile(
            blob_hash=await blobs.store(file.content),
            filename=file.filename[:NAME_CHARACTERS],
            content_type=file.content_type,
            size=len(file.content),
            inline=False,
            content_id=None,
        )
        for file in files
    ]


async def _write(
    ticket: Locked,
    by: Viewer,
    form_key: str,
    text: str,
    files: Sequence[ReceivedFile],
    *,
    kind: str,
    now: datetime,
) -> Written:
    message_id: int = await sql.value("SELECT nextval(pg_get_serial_sequence('messages', 'id'))")
    opening = await touched(ticket, by)
    event = Event(ticket.id, kind, {"message": message_id}, by.id)
    *_, seq = await store([*opening, event], at=now)
    outbound = kind == "reply_written"
    await sql.run(
        """
        INSERT INTO messages (id, ticket_id, seq, direction, channel, channel_account_id, identity_id,
                              author_id, subject, text, reply_text, said_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $11)
        """,
        message_id,
        ticket.id,
        seq,
        "out" if outbound else "note",
        ticket.channel,
        ticket.channel_account_id,
        ticket.identity_id if outbound else None,
        by.id,
        ticket.subject,
        text,
        now,
    )
    if files:
        await know_blobs({file.blob_hash: file.size for file in files}, now=now)
        await attach([(message_id, position, file) for position, file in enumerate(files)])
    await sql.run(
        """
        UPDATE tickets SET
            last_message_seq = $2,
            last_words = CASE WHEN $3 THEN $4 ELSE last_words END,
            last_message_at = CASE WHEN $3 THEN greatest(last_message_at, $5) ELSE last_message_at END,
            waiting_since = CASE WHEN $3 THEN NULL ELSE waiting_since END
        WHERE id = $1
        """,
        ticket.id,
        seq,
        outbound,
        last_words(text),
        now,
    )
    await _read(by, ticket.id, seq)
    await react([*opening, event], now)
    await keep_answer(by, form_key, {"message_id": message_id, "seq": seq})
    return Written(message_id, seq)


async def _read(by: Viewer, ticket_id: int, seq: int) -> None:
    await sql.run(
        """
        INSERT INTO ticket_reads AS r (user_id, ticket_id, seq) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, ticket_id) DO UPDATE SET seq = greatest(r.seq, excluded.seq)
        """,
        by.id,
        ticket_id,
        seq,
    )


async def mark_read(ticket_id: int, *, seq: int, by: Viewer) -> None:
    """Remember that this person has seen the ticket up to ``seq``."""
    async with transaction():
        ticket = await lock(ticket_id, by)
        await _read(by, ticket.id, min(seq, ticket.last_seq))


async def opened(ticket_id: int, *, by: Viewer, now: datetime) -> int:
    """Write down who looked into whose case, and that it is read; return the ticket's newest ``seq``."""
    async with transaction():
        ticket = await lock(ticket_id, by)
        (seq,) = await store([Event(ticket.id, "ticket_opened", {}, by.id)], at=now, quiet=True)
        await _read(by, ticket.id, seq)
        return seq


async def recount_waiting(ticket_ids: Sequence[int]) -> None:
    """Find again since when each citizen waits, after an answer was taken back or failed for good."""
    await sql.run(
        """
        UPDATE tickets t SET waiting_since = (
            SELECT min(i.said_at) FROM messages i
            WHERE i.ticket_id = t.id AND i.direction = 'in' AND i.automatic IS NULL AND i.seq > coalesce((
                SELECT max(o.seq) FROM messages o JOIN deliveries d ON d.message_id = o.id
                WHERE o.ticket_id = t.id AND o.automatic IS NULL AND d.state NOT IN ('undone', 'failed')), 0))
        WHERE t.id = ANY($1::bigint[])
        """,
        list(ticket_ids),
    )
