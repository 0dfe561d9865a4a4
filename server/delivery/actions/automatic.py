"""What every mail that nobody wrote has in common: whom it may go to, how many there were, how it begins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.delivery.actions.begin import begin
from server.events.actions import store
from server.events.reactions import Event
from server.kit import limits

NOT_ANSWERED = re.compile(
    r"(?:no-?_?reply|do-?_?not-?_?reply|mailer-?daemon|postmaster|bounces?|abuse|root|daemon"
    r"|listserv|majordomo|autoreply|notifications?)(?:[-+._=].*)?@|.*-(?:request|owner|bounces?)@|owner-",
    re.IGNORECASE,
)
"""Addresses behind which nobody reads; whoever writes from one gets a ticket, but no automatic answer."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said automatically on one ticket."""

    ticket_id: int
    identity_id: int
    subject: str
    text: str
    language: str


def read_by_somebody(address: str, *, ours: frozenset[str]) -> bool:
    """Say whether an address may be written to automatically, by what it looks like."""
    return "@" in address and address not in ours and not NOT_ANSWERED.match(address)


async def answered_within_the_hour(account_id: int, *, at: datetime) -> int:
    """Return how many mails an account has lately sent by itself."""
    found: int = await sql.value(
        "SELECT count(*) FROM automatic_answers WHERE channel_account_id = $1 AND at > $2",
        account_id,
        at - limits.AUTOMATIC_PER_ACCOUNT_IN,
    )
    return found


async def say(account_id: int, said: Sequence[Said], *, kind: str, at: datetime) -> list[int]:
    """Write the messages on locked tickets, with an event of ``kind`` each, and let them leave.

    Nothing reacts to these events: no clock moves and nothing reopens. Return the messages' ids.
    """
    ids = [
        found["id"]
        for found in await sql.rows(
            """
            SELECT nextval(pg_get_serial_sequence('messages', 'id')) AS id FROM generate_series(1, $1)
            """,
            len(said),
        )
    ]
    events = [
        Event(one.ticket_id, kind, {"message": message_id})
        for one, message_id in zip(said, ids, strict=True)
    ]
    seqs = await store(events, at=at)
    records = [
        (message_id, one.ticket_id, seq, one.identity_id, one.subject, one.text, one.language)
        for one, message_id, seq in zip(said, ids, seqs, strict=True)
    ]
    await sql.run(
        """
        INSERT INTO messages (id, ticket_id, seq, identity_id, subject, text, reply_text, language, direction,
                              channel, channel_account_id, automatic, said_at, created_at)
        SELECT id, ticket_id, seq, identity_id, subject, text, text, language, 'out', 'email', $8,
               'auto-replied', $9, $9
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])
            AS m(id, ticket_id, seq, identity_id, subject, text, language)
        """,
        *sql.columns(records, 7),
        account_id,
        at,
    )
    await sql.run(
        """
        INSERT INTO automatic_answers (message_id, channel_account_id, identity_id, at)
        SELECT message_id, $3, identity_id, $4 FROM unnest($1::bigint[], $2::bigint[]) AS a(message_id, identity_id)
        """,
        ids,
        [one.identity_id for one in said],
        account_id,
        at,
    )
    await begin(ids, state="queued", until=at, copies=False, at=at)
    return ids
