"""Begin deliveries: fix their ids and recipients, once and for all tries."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from channels.email import ids
from channels.message import Party
from server.channel_accounts.queries import own_addresses
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.limits import COPIES
from server.kit.secrets import keys
from server.kit.settings import settings


async def begin(
    message_ids: Sequence[int], *, state: str, until: datetime, copies: bool, at: datetime
) -> None:
    """Write the deliveries of messages of locked tickets; what has no address fails at once.

    With ``copies``, those are copied whom the message's author chose; where nothing was chosen, the
    followers of the ticket if its account says so.
    """
    found = await sql.rows(
        """
        SELECT m.id, m.ticket_id, m.channel_account_id, m.copies, i.address, c.name, a.settings
        FROM messages m JOIN identities i ON i.id = m.identity_id JOIN contacts c ON c.id = i.contact_id
        JOIN channel_accounts a ON a.id = m.channel_account_id
        WHERE m.id = ANY($1::bigint[]) ORDER BY m.id
        """,
        list(message_ids),
    )
    configured = {row["id"]: sql.load(row["settings"]) for row in found}
    followers = await _followers(sorted({row["ticket_id"] for row in found})) if copies else {}
    ours = await own_addresses() if followers else frozenset[str]()
    records = []
    for row in found:
        reachable = "@" in row["address"]
        own = configured[row["id"]].get("address") or ""
        provider_key = ids.make(
            keys("mail ids")[0],
            ticket=str(row["ticket_id"]),
            nonce=str(row["id"]),
            domain=own.rpartition("@")[2] or settings().mail_domain,
        )
        recipients = [{"address": row["address"], "name": row["name"]}]
        of_ticket = followers.get(row["ticket_id"], ())
        if row["copies"] is not None:
            recipients += _chosen(sql.load(row["copies"]), of_ticket)
        elif configured[row["id"]].get("copy_followers") == "on":
            recipients += _copies(of_ticket, row["address"], ours)
        records.append(
            (
                row["id"],
                row["ticket_id"],
                row["channel_account_id"],
                state if reachable else "failed",
                provider_key,
                json.dumps(recipients),
                None if reachable else "no_address",
            )
        )
    await _store(records, until=until, at=at)
    unreachable = [
        Event(record[1], "delivery_failed", {"message": record[0], "code": "no_address"})
        for record in records
        if record[3] == "failed"
    ]
    await emit(unreachable, at=at)


async def _followers(ticket_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Return whom each ticket's answers are copied to: parties that came in by verified mail."""
    found = await sql.rows(
        """
        SELECT p.ticket_id, i.address, c.name
        FROM ticket_parties p JOIN identities i ON i.id = p.identity_id JOIN contacts c ON c.id = i.contact_id
        WHERE p.ticket_id = ANY($1::bigint[]) AND p.role = 'follower' AND i.channel = 'email'
            AND i.address LIKE '%_@_%'
        ORDER BY p.ticket_id, i.id
        """,
        list(ticket_ids),
    )
    by_ticket: dict[int, list[Any]] = {}
    for row in found:
        by_ticket.setdefault(row["ticket_id"], []).append(row)
    return by_ticket


def _copies(
    followers: Sequence[Any], addressed: str, ours: frozenset[str]
) -> list[dict[str, object]]:
    return [
        {"address": row["address"], "name": row["name"], "copy": True}
        for row in followers
        if row["address"] != addressed and Party(row["address"]).key not in ours
    ][:COPIES]


def _chosen(copies: Sequence[dict[str, Any]], followers: Sequence[Any]) -> list[dict[str, object]]:
    """Name those by name who are named in the citizen's own mails; nobody else's name is given away."""
    names = {Party(row["address"]).key: row["name"] for row in followers}
    return [
        {"address": one["address"], "name": names.get(Party(one["address"]).key), "copy": True}
        | ({"hidden": True} if one["hidden"] else {})
        for one in copies
    ]


async def _store(
    records: Sequence[tuple[int, int, int, str, str, str, str | None]],
    *,
    until: datetime,
    at: datetime,
) -> None:
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
        [record[0] for record in records],
    )
