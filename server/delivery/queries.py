"""Read deliveries: which are due, and all that one needs to leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.message import File, Party
from server.db import sql
from server.kit import blobs
from server.kit.errors import NotFound
from server.kit.limits import QUOTED_CHARACTERS
from server.kit.links import Link, without_words
from server.tickets.queries.roots import together


@dataclass(frozen=True, slots=True)
class Letter:
    """An outbound message with everything its wire form is made of.

    ``quoted`` is what the citizen said last, and ``quotes`` whether it goes along, if the author said so;
    ``signatures`` are the author's in Arabic and English; ``copies`` see each other, of ``hidden`` nobody learns.
    ``rating`` is what the links of a letter lead to that asks how it went.
    """

    delivery_id: int
    ticket_id: int
    ticket_number: int
    account_id: int
    provider_key: str
    recipients: tuple[Party, ...]
    copies: tuple[Party, ...]
    hidden: tuple[Party, ...]
    subject: str
    text: str
    language: str | None
    author: str
    written_at: datetime
    in_reply_to: str | None
    references: tuple[str, ...]
    message_id: int
    attempts: int
    automatic: bool
    quoted: str
    quotes: bool | None
    signatures: tuple[str, str]
    rating: Link | None = None

    @property
    def copied(self) -> tuple[Party, ...]:
        """Everybody who gets a copy."""
        return (*self.copies, *self.hidden)


async def due(*, now: datetime, limit: int = 200) -> tuple[int, ...]:
    """Return deliveries whose time has come, and those whose worker died while sending."""
    found = await sql.rows(
        """
        SELECT id FROM deliveries
        WHERE state IN ('held', 'queued', 'sending') AND next_try_at <= $1
            AND (state <> 'sending' OR claimed_until <= $1)
        ORDER BY next_try_at LIMIT $2
        """,
        now,
        limit,
    )
    return tuple(row["id"] for row in found)


async def letter(delivery_id: int) -> Letter:
    """Return what is to be sent; raise :class:`NotFound`."""
    row = await sql.row(
        """
        SELECT d.id, d.ticket_id, t.number, d.channel_account_id, d.provider_key, d.recipients, d.attempts,
               m.id AS message_id, m.seq, m.subject, m.text, m.said_at, m.automatic,
               coalesce(m.language, t.language) AS language, u.name AS author, m.quotes,
               u.signature_ar, u.signature_en, r.asked_at, r.expires_at
        FROM deliveries d JOIN messages m ON m.id = d.message_id JOIN tickets t ON t.id = d.ticket_id
        LEFT JOIN users u ON u.id = m.author_id LEFT JOIN ratings r ON r.message_id = m.id WHERE d.id = $1
        """,
        delivery_id,
    )
    if row is None:
        raise NotFound
    before = await _before(row)
    heard = [earlier for earlier in before if earlier["direction"] == "in"]
    recipients = sql.load(row["recipients"])
    return Letter(
        delivery_id=row["id"],
        ticket_id=row["ticket_id"],
        ticket_number=row["number"],
        account_id=row["channel_account_id"],
        provider_key=row["provider_key"],
        recipients=_parties(recipients, copy=False, hidden=False),
        copies=_parties(recipients, copy=True, hidden=False),
        hidden=_parties(recipients, copy=True, hidden=True),
        subject=row["subject"],
        text=row["text"],
        language=row["language"],
        author=row["author"] or "",
        written_at=row["said_at"],
        in_reply_to=heard[0]["external_id"] if heard else None,
        references=tuple(earlier["external_id"] for earlier in reversed(before)),
        message_id=row["message_id"],
        attempts=row["attempts"],
        automatic=row["automatic"] is not None,
        quoted=without_words(next((one["quoted"] for one in heard if one["quoted"]), "")),
        quotes=row["quotes"],
        signatures=(row["signature_ar"] or "", row["signature_en"] or ""),
        rating=Link(row["ticket_id"], row["asked_at"], row["expires_at"])
        if row["asked_at"]
        else None,
    )


async def _before(answer: Any) -> list[Any]:
    """Return what was said before an answer among those who take part in its ticket, the newest first.

    Of tickets merged into it, that is what was said with the same contact: of another person's mails the
    recipient learns neither a word nor an id.
    """
    return await sql.rows(
        """
        SELECT m.external_id, m.direction,
            CASE WHEN m.verified AND m.automatic IS NULL THEN left(m.reply_text, $4) END AS quoted
        FROM tickets t JOIN messages m ON m.ticket_id = ANY($2::bigint[]) LEFT JOIN identities i ON i.id = m.identity_id
        WHERE t.id = $1 AND m.external_id IS NOT NULL AND m.id <> $5
            AND CASE WHEN m.ticket_id = t.id THEN m.seq < $3 ELSE m.created_at <= $6 END
            AND (i.contact_id = t.contact_id OR m.ticket_id = t.id AND EXISTS (
                SELECT FROM ticket_parties p WHERE p.ticket_id = t.id AND p.identity_id = m.identity_id))
        ORDER BY m.created_at DESC, m.id DESC LIMIT 30
        """,
        answer["ticket_id"],
        await together(answer["ticket_id"]),
        answer["seq"],
        QUOTED_CHARACTERS,
        answer["message_id"],
        answer["said_at"],
    )


def _parties(
    recipients: Sequence[dict[str, Any]], *, copy: bool, hidden: bool
) -> tuple[Party, ...]:
    return tuple(
        Party(one["address"], one.get("name"))
        for one in recipients
        if bool(one.get("copy")) is copy and bool(one.get("hidden")) is hidden
    )


async def files(message_id: int) -> tuple[File, ...]:
    """Return a message's attachments with their content; raise :class:`BlobMissing` or ``OSError``."""
    found = await sql.rows(
        """
        SELECT filename, content_type, blob_hash, inline, content_id FROM attachments
        WHERE message_id = $1 ORDER BY position
        """,
        message_id,
    )
    return tuple([await _file(row) for row in found])


async def _file(row: Any) -> File:
    return File(
        filename=row["filename"],
        content_type=row["content_type"],
        content=await blobs.load(row["blob_hash"]),
        inline=row["inline"],
        content_id=row["content_id"],
    )
