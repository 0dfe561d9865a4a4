"""Tell citizens at once that their message has arrived, or what a rule says, and stop before that becomes a loop.

An automatic answer meets no promise, says nothing that a stranger wrote, and goes to nobody who might answer
it by machine. It is capped for each address and day; an account that answers too much in an hour answers no
more until an administrator lets it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from agent_ui.mail import render_acknowledgement
from agent_ui.mail.answer import language_of
from server.channel_accounts.queries import own_addresses
from server.db import sql
from server.delivery.actions.begin import begin
from server.events.actions import store
from server.events.reactions import Event
from server.kit import limits, log
from server.kit.errors import NotFound

NOT_ANSWERED = re.compile(
    r"(?:no-?_?reply|do-?_?not-?_?reply|mailer-?daemon|postmaster|bounces?|abuse|root|daemon"
    r"|listserv|majordomo|autoreply|notifications?)(?:[-+._=].*)?@|.*-(?:request|owner|bounces?)@|owner-",
    re.IGNORECASE,
)
"""Addresses behind which nobody reads; whoever writes from one gets a ticket, but no automatic answer."""
_log = log.get(__name__)


async def acknowledge(created: Sequence[Event], at: datetime) -> None:
    """React to new tickets of citizens: say that they arrived and under which number.

    A text that a rule chose takes the place of the account's own, and goes out where the account has none, too.
    """
    asked = [
        event
        for event in created
        if "account" in event.data and not event.data.keys() & {"automatic", "unverified"}
    ]
    willing = await _willing({event.data["account"] for event in asked})
    if not willing:
        return
    accounts = {event.ticket_id: event.data["account"] for event in asked}
    texts = await _texts_of_rules([one for one in accounts if accounts[one] in willing])
    chosen = await _people(
        [one for one in accounts if one in texts or willing.get(accounts[one])], at=at
    )
    for account_id in sorted(willing):
        of_account = [row for row in chosen if accounts[row["id"]] == account_id]
        if of_account and await _within_the_hour(account_id, len(of_account), at=at):
            await _answer(account_id, of_account, texts, at=at)


async def answer_again(account_id: int) -> None:
    """Let an account answer by itself again after the breaker stopped it; raise :class:`NotFound`."""
    if not await sql.run(
        "UPDATE channel_accounts SET automatic_stopped_at = NULL WHERE id = $1", account_id
    ):
        raise NotFound


async def _willing(account_ids: Iterable[int]) -> dict[int, bool]:
    """Return the accounts that may answer by themselves, and whether each acknowledges every new ticket."""
    found = await sql.rows(
        """
        SELECT id, coalesce(settings->>'acknowledge' = 'on', false) AS every FROM channel_accounts
        WHERE id = ANY($1::bigint[]) AND kind = 'email' AND automatic_stopped_at IS NULL
        """,
        sorted(account_ids),
    )
    return {row["id"]: row["every"] for row in found}


async def _texts_of_rules(ticket_ids: Sequence[int]) -> dict[int, Mapping[str, str]]:
    """Return the texts, by language, that a rule wants these tickets to be answered with."""
    found = await sql.rows(
        """
        SELECT e.ticket_id, a.text_ar AS ar, a.text_en AS en FROM events e
        JOIN automatic_texts a ON a.id = (e.data->>'answer')::bigint AND a.removed_at IS NULL
        WHERE e.ticket_id = ANY($1::bigint[]) AND e.kind = 'routed' AND e.data->>'answer' IS NOT NULL
        """,
        list(ticket_ids),
    )
    return {row["ticket_id"]: {"ar": row["ar"], "en": row["en"]} for row in found}


async def _people(ticket_ids: Sequence[int], *, at: datetime) -> list[Any]:
    """Return the tickets whose writers may be answered, each writer's once and within the daily cap."""
    found = await sql.rows(
        """
        SELECT t.id, t.number, t.language, t.identity_id, i.address,
            (SELECT count(*) FROM automatic_answers a WHERE a.identity_id = i.id AND a.at > $2) AS answered
        FROM tickets t JOIN identities i ON i.id = t.identity_id
        WHERE t.id = ANY($1::bigint[]) ORDER BY t.id
        """,
        list(ticket_ids),
        at - limits.AUTOMATIC_PER_ADDRESS_IN,
    )
    ours = await own_addresses()
    chosen: dict[int, Any] = {}
    for row in found:
        if (
            "@" in row["address"]
            and row["address"] not in ours
            and not NOT_ANSWERED.match(row["address"])
            and row["answered"] < limits.AUTOMATIC_PER_ADDRESS
        ):
            chosen.setdefault(row["identity_id"], row)
    return list(chosen.values())


async def _within_the_hour(account_id: int, more: int, *, at: datetime) -> bool:
    """Count what the account has answered by itself, and stop it if that is too much."""
    answered = await sql.value(
        "SELECT count(*) FROM automatic_answers WHERE channel_account_id = $1 AND at > $2",
        account_id,
        at - limits.AUTOMATIC_PER_ACCOUNT_IN,
    )
    if answered + more <= limits.AUTOMATIC_PER_ACCOUNT:
        return True
    _log.error("automatic answers stopped", account=account_id, answered=answered)
    await sql.run(
        "UPDATE channel_accounts SET automatic_stopped_at = $2 WHERE id = $1", account_id, at
    )
    return False


async def _answer(
    account_id: int,
    rows: Sequence[Any],
    texts: Mapping[int, Mapping[str, str]],
    *,
    at: datetime,
) -> None:
    ids = [
        found["id"]
        for found in await sql.rows(
            """
            SELECT nextval(pg_get_serial_sequence('messages', 'id')) AS id FROM generate_series(1, $1)
            """,
            len(rows),
        )
    ]
    events = [
        Event(row["id"], "acknowledged", {"message": message_id})
        for row, message_id in zip(rows, ids, strict=True)
    ]
    seqs = await store(events, at=at)
    records = []
    for row, message_id, seq in zip(rows, ids, seqs, strict=True):
        language = language_of(row["language"])
        subject, text = render_acknowledgement(language=language, ticket_number=str(row["number"]))
        text = texts.get(row["id"], {}).get(language, text)
        records.append((message_id, row["id"], seq, row["identity_id"], subject, text, language))
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
        [row["identity_id"] for row in rows],
        account_id,
        at,
    )
    await begin(ids, state="queued", until=at, copies=False, at=at)
