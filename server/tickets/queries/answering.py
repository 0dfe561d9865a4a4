"""What an answer on a ticket begins with: who else is in the conversation, how its account and author sign."""

from dataclasses import dataclass
from typing import Any

from server.db import sql
from server.people.queries import Viewer
from server.tickets.queries.ticket import PARTIES, Ticket


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was chosen for an answer which has not left."""

    id: int
    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Beginning:
    """``others`` take part besides who asked: followers, and whom the last answer was openly copied to.

    ``copying`` and ``quoting`` are what the account does where nobody says otherwise; ``sender`` is the
    address that the mail says it is from; ``signatures`` are the author's in Arabic and English, with
    ``account_signature`` below either.
    """

    others: tuple[str, ...]
    copying: bool
    quoting: bool
    sender: str
    sender_name: str
    signatures: tuple[str, str]
    account_signature: str
    kept: tuple[KeptFile, ...]


async def beginning(of: Ticket, *, viewer: Viewer) -> Beginning:
    """Return what this person's answer on a ticket that they may see begins with."""
    row = await sql.row(
        """
        SELECT a.settings, u.signature_ar, u.signature_en FROM channel_accounts a, users u
        WHERE a.id = $1 AND u.id = $2
        """,
        of.account_id,
        viewer.id,
    )
    values: dict[str, Any] = sql.load(row["settings"]) if row else {}
    return Beginning(
        others=await _others(of),
        copying=values.get("copy_followers") == "on",
        quoting=values.get("quote_history") == "on",
        sender=str(values.get("address", "")),
        sender_name=str(values.get("sender_name", "")),
        signatures=(row["signature_ar"], row["signature_en"]) if row else ("", ""),
        account_signature=str(values.get("signature", "")),
        kept=await _kept(of, viewer=viewer),
    )


async def _others(of: Ticket) -> tuple[str, ...]:
    followers = await sql.rows(
        f"""
        SELECT i.address FROM ticket_parties p JOIN identities i ON i.id = p.identity_id
        WHERE p.ticket_id = $1 AND p.role = 'follower' AND i.channel = 'email' AND i.address LIKE '%_@_%'
        ORDER BY i.id LIMIT {PARTIES}
        """,
        of.id,
    )
    copied = await sql.rows(
        """
        SELECT one->>'address' AS address FROM jsonb_array_elements((
            SELECT d.recipients FROM deliveries d JOIN messages m ON m.id = d.message_id
            WHERE d.ticket_id = $1 AND d.state <> 'undone' AND m.author_id IS NOT NULL
            ORDER BY m.seq DESC LIMIT 1)) AS one
        WHERE one ? 'copy' AND NOT one ? 'hidden' AND NOT one ? 'failed'
        """,
        of.id,
    )
    every = dict.fromkeys(row["address"] for row in (*followers, *copied))
    return tuple(address for address in every if address != of.address)


async def _kept(of: Ticket, *, viewer: Viewer) -> tuple[KeptFile, ...]:
    found = await sql.rows(
        """
        SELECT id, filename, content_type, size FROM kept_files
        WHERE ticket_id = $1 AND user_id = $2 ORDER BY id LIMIT 50
        """,
        of.id,
        viewer.id,
    )
    return tuple(KeptFile(**row) for row in found)
