"""Split a message off a ticket: what was another matter becomes a ticket of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.db import sql
from server.events.actions import store
from server.events.reactions import Event, react
from server.kit.clock import microseconds
from server.kit.errors import Invalid, NotFound
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions.common import Locked, first_answer, keep_answer, lock, touched
from server.tickets.actions.merge import hold_merges, told
from server.tickets.actions.receive import last_words
from server.tickets.actions.standing import reckon


@dataclass(frozen=True, slots=True)
class _New:
    id: int
    number: int


async def split(message_id: int, *, by: Viewer, form_key: str, now: datetime) -> int:
    """Move a citizen's message to a new ticket of its own; return that ticket. Nobody is written to.

    A ticket keeps at least one message of a citizen. Undoing it is merging the new ticket into the old.
    """
    async with transaction():
        if (answer := await first_answer(by, form_key, "split", now=now)) is not None:
            return int(answer["ticket"])
        await hold_merges()
        source_id = await sql.value("SELECT ticket_id FROM messages WHERE id = $1", message_id)
        if source_id is None:
            raise NotFound
        source = await lock(source_id, by)
        message = await _message(message_id, source)
        new = await _new_ticket(message, source, now=now)
        await _move(message, source, new, by=by, now=now)
        await keep_answer(by, form_key, {"ticket": new.id})
        return new.id


async def _message(message_id: int, source: Locked) -> Any:
    row = await sql.row(
        """
        SELECT m.id, m.seq, m.direction, m.automatic, m.verified, m.identity_id, m.language, m.reply_text, m.said_at,
            m.subject, i.contact_id, c.name AS contact_name, EXISTS (
                SELECT FROM messages o WHERE o.ticket_id = m.ticket_id AND o.id <> m.id
                    AND o.direction = 'in' AND o.automatic IS NULL) AS others
        FROM messages m LEFT JOIN identities i ON i.id = m.identity_id LEFT JOIN contacts c ON c.id = i.contact_id
        WHERE m.id = $1 AND m.ticket_id = $2
        """,
        message_id,
        source.id,
    )
    if row is None:
        raise NotFound
    if row["direction"] != "in" or row["automatic"] is not None or row["contact_id"] is None:
        raise Invalid("not_split", field="message")
    if not row["others"]:
        raise Invalid("only_message", field="message")
    return row


async def _new_ticket(message: Any, source: Locked, *, now: datetime) -> _New:
    row = await sql.row(
        """
        INSERT INTO tickets (contact_id, identity_id, channel, channel_account_id, team_id, subject, language,
                             linked_ticket_id, created_at, last_message_at, last_words, contact_name, waiting_since)
        SELECT $2, $3, channel, channel_account_id, team_id, coalesce(nullif($4, ''), subject),
               coalesce($5, language), id, $6, $7, $8, $9, $7
        FROM tickets WHERE id = $1 RETURNING id, number
        """,
        source.id,
        message["contact_id"],
        message["identity_id"],
        message["subject"],
        message["language"],
        now,
        message["said_at"],
        last_words(message["reply_text"]),
        message["contact_name"],
    )
    if row is None:
        raise NotFound
    await sql.run(
        "INSERT INTO ticket_parties (ticket_id, identity_id, role) VALUES ($1, $2, 'requester')",
        row["id"],
        message["identity_id"],
    )
    return _New(**row)


async def _move(message: Any, source: Locked, new: _New, *, by: Viewer, now: datetime) -> None:
    said: dict[str, object] = {
        "message": message["id"],
        "account": source.channel_account_id,
        "said_us": microseconds(message["said_at"]),
    }
    if not message["verified"]:
        said["unverified"] = True
    begun = [
        Event(
            new.id,
            "ticket_created",
            {**said, "linked_to": source.id, "split_from": source.id},
            by.id,
        ),
        Event(new.id, "message_received", said),
    ]
    *_, seq = await store(begun, at=now)
    await sql.run(
        "UPDATE messages SET ticket_id = $2, seq = $3 WHERE id = $1", message["id"], new.id, seq
    )
    await sql.run("UPDATE tickets SET last_message_seq = $2 WHERE id = $1", new.id, seq)
    await sql.run(
        """
        UPDATE tickets SET last_message_seq = coalesce((SELECT max(seq) FROM messages WHERE ticket_id = $1), 0)
        WHERE id = $1 AND last_message_seq = $2
        """,
        source.id,
        message["seq"],
    )
    left = await reckon(source.id)
    opening = await touched(source, by)
    split_off = Event(
        source.id,
        "message_split",
        {
            "message": message["id"],
            "ticket": new.id,
            "number": new.number,
            **told(left, source.status),
        },
        by.id,
    )
    await store([*opening, split_off], at=now)
    await react([*begun, *opening, split_off], now)
