"""Keep account of mails that a server lists but cannot hand out: tried again for a while, then left to people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from server.db import sql
from server.kit.errors import NotFound
from server.kit.limits import SERVER_WORDS_CHARACTERS

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60, 360))
"""After each failed try so long is waited; after the last try nothing happens until somebody asks."""


async def remember_unreadable(
    account_id: int, folder: str, uidvalidity: int, reasons: Mapping[int, str], *, now: datetime
) -> None:
    """Count a failed try of each of these UIDs, and say when the next is due."""
    await sql.run(
        """
        INSERT INTO unreadable_mails AS u
            (channel_account_id, folder, uidvalidity, uid, reason, attempts, first_at, last_at, next_try_at)
        SELECT $1, $2, $3, f.uid, f.reason, 1, $6, $6, $6::timestamptz + ($7::interval[])[1]
        FROM unnest($4::bigint[], $5::text[]) AS f(uid, reason) ORDER BY f.uid
        ON CONFLICT (channel_account_id, folder, uidvalidity, uid) DO UPDATE SET
            reason = excluded.reason, attempts = u.attempts + 1, last_at = $6,
            next_try_at = $6::timestamptz + ($7::interval[])[u.attempts + 1]
        """,
        account_id,
        folder,
        uidvalidity,
        list(reasons),
        [reason[:SERVER_WORDS_CHARACTERS] for reason in reasons.values()],
        now,
        list(PAUSES),
    )


async def forget_readable(account_id: int, places: Sequence[tuple[str, int, int]]) -> None:
    """Forget the folder, UIDVALIDITY and UID of mails that were handed out after all."""
    await sql.run(
        """
        DELETE FROM unreadable_mails u USING unnest($2::text[], $3::bigint[], $4::bigint[]) AS f(folder, validity, uid)
        WHERE u.channel_account_id = $1 AND u.folder = f.folder AND u.uidvalidity = f.validity AND u.uid = f.uid
        """,
        account_id,
        *sql.columns(list(places), 3),
    )


async def forget_vanished(
    account_id: int, folder: str, uidvalidity: int, uids: Iterable[int]
) -> None:
    """Forget the UIDs that a folder no longer holds, and all from before its UIDVALIDITY changed."""
    await sql.run(
        """
        DELETE FROM unreadable_mails WHERE channel_account_id = $1 AND folder = $2
            AND (uidvalidity <> $3 OR uid = ANY($4::bigint[]))
        """,
        account_id,
        folder,
        uidvalidity,
        list(uids),
    )


async def ask_again(mail_id: int, *, now: datetime) -> None:
    """Let the mailbox be asked for a mail again, as often as at first. Raises :class:`NotFound`."""
    if not await sql.run(
        "UPDATE unreadable_mails SET attempts = 0, next_try_at = $2 WHERE id = $1", mail_id, now
    ):
        raise NotFound
