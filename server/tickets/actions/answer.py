"""Say something on a ticket: an answer that leaves by its channel, or a note that never does."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from server.db import sql
from server.events.actions import store as store_events
from server.events.reactions import Event, react
from server.kit.errors import Invalid
from server.kit.limits import REPLY_CHARACTERS
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions.common import (
    Locked,
    first_answer,
    has_read,
    keep_answer,
    lock,
    refuse_if_newer,
    touched,
)
from server.tickets.actions.copies import Copy
from server.tickets.actions.files import Upload, in_text, store, take_kept, together
from server.tickets.actions.receive import ReceivedFile, attach, know_blobs, last_words


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
    kept: Collection[int] = (),
    copies: Sequence[Copy] | None = None,
    quotes: bool | None = None,
    form_key: str,
    seen_seq: int | None,
    now: datetime,
) -> Written:
    """Answer the citizen. What must happen for it to leave is wired to ``reply_written``.

    ``kept`` are files of an earlier try. Where ``copies`` or ``quotes`` is ``None``, the account says who
    gets copies and whether the question is quoted.
    Raises :class:`NewerThings` if others did something since ``seen_seq``; ``None`` sends anyway.
    """
    text = _checked(text)
    stored = await store(files)
    async with transaction():
        if (answer := await first_answer(by, form_key, "reply", now=now)) is not None:
            return Written(**answer)
        ticket = await lock(ticket_id, by)
        if ticket.status == "closed":
            raise Invalid("closed", field="text")
        await refuse_if_newer(ticket, by, seen_seq=seen_seq)
        stored += await take_kept(ticket_id, by=by, chosen=kept)
        written = await _write(
            ticket, by, text, stored, kind="reply_written", copies=copies, quotes=quotes, now=now
        )
        await keep_answer(by, form_key, asdict(written))
        return written


async def note(
    ticket_id: int,
    *,
    by: Viewer,
    text: str,
    files: Sequence[Upload] = (),
    kept: Collection[int] = (),
    form_key: str,
    now: datetime,
) -> Written:
    """Write down something that only colleagues see."""
    text = _checked(text)
    stored = await store(files)
    async with transaction():
        if (answer := await first_answer(by, form_key, "note", now=now)) is not None:
            return Written(**answer)
        ticket = await lock(ticket_id, by)
        stored += await take_kept(ticket_id, by=by, chosen=kept)
        written = await _write(ticket, by, text, stored, kind="note_written", now=now)
        await keep_answer(by, form_key, asdict(written))
        return written


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Invalid("empty_text", field="text")
    if len(text) > REPLY_CHARACTERS:
        raise Invalid("text_too_long", field="text")
    return text


async def _write(
    ticket: Locked,
    by: Viewer,
    text: str,
    files: Sequence[ReceivedFile],
    *,
    kind: str,
    copies: Sequence[Copy] | None = None,
    quotes: bool | None = None,
    now: datetime,
) -> Written:
    files = in_text(text, together(files))
    message_id: int = await sql.value("SELECT nextval(pg_get_serial_sequence('messages', 'id'))")
    opening = await touched(ticket, by)
    event = Event(ticket.id, kind, {"message": message_id}, by.id)
    *_, seq = await store_events([*opening, event], at=now)
    outbound = kind == "reply_written"
    await sql.run(
        """
        INSERT INTO messages (id, ticket_id, seq, direction, channel, channel_account_id, identity_id,
                              author_id, subject, text, reply_text, said_at, created_at, copies, quotes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $11, $12::jsonb, $13)
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
        None if copies is None else sql.dump(copies),
        quotes,
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
    await has_read(by, ticket.id, seq)
    await react([*opening, event], now)
    return Written(message_id, seq)


async def mark_read(ticket_id: int, *, seq: int, by: Viewer) -> None:
    """Remember that this person has seen the ticket up to ``seq``."""
    async with transaction():
        ticket = await lock(ticket_id, by, merged=True)
        await has_read(by, ticket.id, min(seq, ticket.last_seq))


async def opened(ticket_id: int, *, by: Viewer, now: datetime) -> int:
    """Write down who looked into whose case, and that it is read; return the ticket's newest ``seq``."""
    async with transaction():
        ticket = await lock(ticket_id, by, merged=True)
        (seq,) = await store_events(
            [Event(ticket.id, "ticket_opened", {}, by.id)], at=now, quiet=True
        )
        await has_read(by, ticket.id, seq)
        return seq
