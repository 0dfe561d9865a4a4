"""Read what only administration looks at: the heads of failed entries, and mail that was kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.db import sql
from server.kit.errors import NotFound
from server.kit.limits import LIST_PAGE
from server.people.queries import Viewer

HEAD_BYTES = 8192


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail that was kept instead of being sent."""

    id: int
    recipients: tuple[str, ...]
    subject: str
    kept_at: datetime
    blob_hash: bytes
    ticket_id: int
    number: int


_KEPT = """
SELECT k.id, k.kept_at, k.blob_hash, d.recipients, m.subject, t.id AS ticket_id, t.number
FROM kept_mails k JOIN deliveries d ON d.id = k.delivery_id JOIN messages m ON m.id = d.message_id
JOIN tickets t ON t.id = d.ticket_id
WHERE t.team_id = ANY($1::bigint[])
"""


async def heads(entry_ids: Sequence[int]) -> Mapping[int, bytes]:
    """Return how each entry begins; of those that live in files nothing."""
    found = await sql.rows(
        "SELECT id, substring(body FROM 1 FOR $2) AS head FROM journal WHERE id = ANY($1::bigint[])",
        entry_ids,
        HEAD_BYTES,
    )
    return {row["id"]: row["head"] or b"" for row in found}


async def kept_mails(*, viewer: Viewer, after: int | None) -> tuple[KeptMail, ...]:
    """Return the newest kept mails of the viewer's tickets below the id ``after``, one more than a page."""
    found = await sql.rows(
        f"{_KEPT} AND ($2::bigint IS NULL OR k.id < $2) ORDER BY k.id DESC LIMIT {LIST_PAGE + 1}",
        viewer.team_ids,
        after,
    )
    return tuple(_kept(row) for row in found)


async def kept_mail(mail_id: int, *, viewer: Viewer) -> KeptMail:
    """Return one kept mail; raise :class:`NotFound`."""
    row = await sql.row(f"{_KEPT} AND k.id = $2", viewer.team_ids, mail_id)
    if row is None:
        raise NotFound
    return _kept(row)


def _kept(row: Any) -> KeptMail:
    return KeptMail(
        id=row["id"],
        recipients=tuple(party["address"] for party in sql.load(row["recipients"])),
        subject=row["subject"],
        kept_at=row["kept_at"],
        blob_hash=row["blob_hash"],
        ticket_id=row["ticket_id"],
        number=row["number"],
    )
