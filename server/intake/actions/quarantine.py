"""What people do about entries that failed: try again, or make a ticket of them by hand."""

import hashlib
from datetime import datetime

from channels.message import Inbound
from server.channel_accounts.queries import one
from server.db import sql
from server.intake.actions.apply import Item, apply
from server.intake.queries import body
from server.kit.errors import NotFound
from server.kit.jobs import ring
from server.kit.work import after_commit, transaction

SHOWN_BYTES = 20_000
"""So much of an unreadable entry becomes the text of the ticket made by hand; the rest stays in the journal."""


async def retry(entry_id: int) -> None:
    """Open a failed entry again and ring for it, as after a parser was mended."""
    async with transaction():
        account_id = await sql.value(
            """
            UPDATE journal SET state = 'open', attempts = 0, lone_failures = 0, next_try_at = NULL,
                               claimed_until = NULL, error = NULL
            WHERE id = $1 AND state = 'failed' RETURNING channel_account_id
            """,
            entry_id,
        )
        if account_id is None:
            raise NotFound
        after_commit(lambda: ring("drain", account_id))


async def make_ticket(entry_id: int, *, now: datetime) -> None:
    """Make a ticket of a failed entry without its parser: its beginning as text, its sender unknown."""
    async with transaction():
        row = await sql.row(
            """
            UPDATE journal SET state = 'open' WHERE id = $1 AND state = 'failed'
            RETURNING channel_account_id, body, blob_hash, source_time
            """,
            entry_id,
        )
        if row is None:
            raise NotFound
        raw = await body(row)
        text = raw[:SHOWN_BYTES].decode("utf-8", errors="replace")
        message = Inbound(
            sender=None,
            to=(),
            cc=(),
            reply_to=(),
            external_id=None,
            content_key=hashlib.sha256(b"by hand\x00" + raw).digest(),
            in_reply_to=(),
            references=(),
            subject=None,
            text=text,
            reply_text=text,
            html=None,
            files=(),
            automatic=None,
            bounce=None,
            authenticated=None,
            language=None,
            said_at=None,
            warnings=("made_by_hand",),
        )
        account = await one(row["channel_account_id"])
        item = Item(entry_id, 0, row["source_time"], message, ())
        await apply(account, [entry_id], [item], now=now)
