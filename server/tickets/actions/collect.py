"""Clear away what nobody refers to any more: old keys of forms, and files without a row that needs them."""

import asyncio
from datetime import datetime, timedelta

from server.db import sql
from server.kit import blobs
from server.kit.work import transaction
from server.tickets.actions.files import forget_kept

FORM_KEYS_KEPT = timedelta(days=7)
"""Longer than any browser tries to send a form again."""
BLOBS_KEPT = timedelta(days=7)
AT_ONCE = 500


async def forget_form_keys(*, now: datetime) -> int:
    """Delete the keys of forms that nobody will send again; return how many there were."""
    return await sql.run("DELETE FROM form_keys WHERE at < $1", now - FORM_KEYS_KEPT)


async def collect_blobs(*, now: datetime) -> int:
    """Delete files that no attachment, draft, journal entry or kept mail has needed for a week; return how many."""
    unused_since = now - BLOBS_KEPT
    await forget_kept(now=now)
    async with transaction():
        found = await sql.rows(
            f"""
            SELECT b.hash FROM blobs b WHERE b.created_at < $1
                AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.blob_hash = b.hash)
                AND NOT EXISTS (SELECT 1 FROM kept_files f WHERE f.blob_hash = b.hash)
                AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.blob_hash = b.hash)
                AND NOT EXISTS (SELECT 1 FROM kept_mails k WHERE k.blob_hash = b.hash)
            LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED
            """,
            unused_since,
        )
        gone = [
            row["hash"]
            for row in found
            if await asyncio.to_thread(blobs.discard, row["hash"], unused_since=unused_since)
        ]
        await sql.run("DELETE FROM blobs WHERE hash = ANY($1::bytea[])", gone)
        return len(gone)
