"""Read which mails a mailbox lists but cannot hand out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql

SHOWN_AFTER = 2
"""People are told after so many failed tries: once may have been the connection."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One mail by its place on the server; without ``next_try_at`` nobody asks for it any more."""

    id: int
    account: str
    kind: str
    folder: str
    uid: int
    reason: str
    attempts: int
    first_at: datetime
    next_try_at: datetime | None


async def withheld(
    account_id: int, folder: str, uidvalidity: int, *, now: datetime
) -> tuple[frozenset[int], tuple[int, ...]]:
    """Return the UIDs that must not be asked for yet, and those that are due again, in order."""
    found = await sql.rows(
        """
        SELECT uid, coalesce(next_try_at <= $4, false) AS due FROM unreadable_mails
        WHERE channel_account_id = $1 AND folder = $2 AND uidvalidity = $3 ORDER BY uid
        """,
        account_id,
        folder,
        uidvalidity,
        now,
    )
    return (
        frozenset(row["uid"] for row in found if not row["due"]),
        tuple(row["uid"] for row in found if row["due"]),
    )


async def unreadable() -> Sequence[Unreadable]:
    """Return the mails that could not be had for a while, the oldest trouble first."""
    found = await sql.rows(
        """
        SELECT u.id, a.name AS account, a.kind, u.folder, u.uid, u.reason, u.attempts, u.first_at, u.next_try_at
        FROM unreadable_mails u JOIN channel_accounts a ON a.id = u.channel_account_id
        WHERE u.attempts >= $1 ORDER BY u.first_at, u.id LIMIT 200
        """,
        SHOWN_AFTER,
    )
    return [Unreadable(**row) for row in found]
