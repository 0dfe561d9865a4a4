"""Begin a delivery when an answer is written, and let people take it back, send it again or settle it."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from channels.email import ids
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.errors import Conflict, NotFound
from server.kit.secrets import keys
from server.kit.settings import settings
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions import recount_waiting


class TooLate(Conflict):
    """The answer has left, or somebody else has settled it."""

    code = "too_late"


async def hold(written: Sequence[Event], at: datetime) -> None:
    """React to answers: fix their ids and recipients, and hold them for the undo window."""
    found = await sql.rows(
        """
        SELECT m.id, m.ticket_id, m.channel_account_id, i.address, c.name, a.settings->>'address' AS own
        FROM messages m JOIN identities i ON i.id = m.identity_id JOIN contacts c ON c.id = i.contact_id
        JOIN channel_accounts a ON a.id = m.channel_account_id
        WHERE m.id = ANY($1::bigint[]) ORDER BY m.id
        """,
        [event.data["message"] for event in written],
    )
    until = at + timedelta(seconds=settings().undo_seconds)
    records = []
    for row in found:
        reachable = "@" in row["address"]
        provider_key = ids.make(
            keys("mail ids")[0],
            ticket=str(row["ticket_id"]),
            nonce=str(row["id"]),
            domain=(row["own"] or "").rpartition("@")[2] or settings().mail_domain,
        )
        recipients = json.dumps([{"address": row["address"], "name": row["name"]}])
        records.append(
            (
                row["id"],
                row["ticket_id"],
                row["channel_account_id"],
                "held" if reachable else "failed",
                provider_key,
                recipients,
                None if reachable else "no_address",
            )
        )
    await sql.run(
        """
        INSERT INTO deliveries (message_id, ticket_id, channel_account_id, state, provider_key, recipients,
                                error_code, held_until, next_try_at, changed_at)
        SELECT d.message_id, d.ticket_id, d.account_id, d.state, d.provider_key, d.recipients::jsonb,
               d.error_code, $8, $8, $9
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[])
            AS d(message_id, ticket_id, account_id, state, provider_key, recipients, error_code)
        """,
        *sql.columns(records, 7),
        until,
        at,
    )
    await sql.run(
        """
        UPDATE messages m SET external_id = d.provider_key FROM deliveries d
        WHERE d.message_id = m.id AND m.id = ANY($1::bigint[])
        """,
        [row["id"] for row in found],
    )
    unreachable = [
        Event(record[1], "delivery_failed", {"message": record[0], "code": "no_address"})
        for record in records
        if record[3] == "failed"
    ]
    await emit(unreachable, at=at)


async def undo(delivery_id: int, *, by: Viewer, now: datetime) -> str:
    """Take an answer back while it is held; return its text for the composer."""
    async with transaction():
        row = await _locked(delivery_id, by)
        if row["state"] == "undone":
            return str(row["text"])
        if row["state"] != "held":
            raise TooLate
        await _settle(row, "undone", by=by, now=now)
        await recount_waiting([row["ticket_id"]])
        return str(row["text"])


async def resend(delivery_id: int, *, by: Viewer, now: datetime) -> None:
    """Send an answer again that failed or whose fate nobody knows."""
    async with transaction():
        row = await _locked(delivery_id, by)
        if row["state"] not in {"failed", "uncertain"}:
            raise TooLate
        await _settle(row, "queued", by=by, now=now)


async def arrived(delivery_id: int, *, by: Viewer, now: datetime) -> None:
    """Settle an uncertain delivery: a person knows that it arrived."""
    async with transaction():
        row = await _locked(delivery_id, by)
        if row["state"] != "uncertain":
            raise TooLate
        await _settle(row, "sent", by=by, now=now)


async def _locked(delivery_id: int, by: Viewer) -> dict[str, Any]:
    """Lock the delivery's ticket, which this person must be allowed to see, and return the delivery."""
    ticket_id = await sql.value(
        """
        SELECT t.id FROM tickets t JOIN deliveries d ON d.ticket_id = t.id
        WHERE d.id = $1 AND t.team_id = ANY($2::bigint[]) FOR UPDATE OF t
        """,
        delivery_id,
        list(by.team_ids),
    )
    if ticket_id is None:
        raise NotFound
    row = await sql.row(
        """
        SELECT d.id, d.ticket_id, d.message_id, d.state, m.text
        FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE d.id = $1
        """,
        delivery_id,
    )
    return dict(row or {})


async def _settle(row: dict[str, Any], state: str, *, by: Viewer, now: datetime) -> None:
    await sql.run(
        """
        UPDATE deliveries SET state = $2, changed_at = $3, next_try_at = $3, claimed_until = NULL, attempts = 0,
            error_code = NULL, error_text = NULL, accepted_at = CASE WHEN $2 = 'sent' THEN $3 ELSE accepted_at END
        WHERE id = $1
        """,
        row["id"],
        state,
        now,
    )
    data = {"message": row["message_id"]}
    if state == "sent":
        data["accepted_us"] = int(now.timestamp() * 1_000_000)
    await emit([Event(row["ticket_id"], f"delivery_{state}", data, by.id)], at=now)
