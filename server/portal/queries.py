"""Read what a citizen's link is about."""

from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.kit.links import Link


@dataclass(frozen=True, slots=True)
class Rating:
    """What somebody was asked, and what they have answered so far; ``office`` is who writes to them."""

    number: int
    language: str | None
    office: str
    expires_at: datetime
    score: int | None
    comment: str


async def rating(link: Link) -> Rating | None:
    """Return what a link leads to; nothing if it was not asked so, or the answer was erased."""
    row = await sql.row(
        """
        SELECT t.number, coalesce(m.language, t.language) AS language,
            coalesce(a.settings->>'sender_name', '') AS office, r.expires_at, r.score, r.comment
        FROM ratings r JOIN tickets t ON t.id = r.ticket_id JOIN messages m ON m.id = r.message_id
        JOIN channel_accounts a ON a.id = t.channel_account_id
        WHERE r.ticket_id = $1 AND r.asked_at = $2 AND r.expires_at = $3
        """,
        link.about,
        link.made_at,
        link.until,
    )
    return None if row is None else Rating(**row)
