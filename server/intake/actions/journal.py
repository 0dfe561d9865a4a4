"""Put raw deliveries on disk before anything looks inside; only then does the source hear "got it"."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from server.db import sql
from server.intake.actions.unreadable import forget_readable
from server.kit import blobs
from server.kit.jobs import ring
from server.kit.limits import INLINE_BODY, SOURCE_TIME_PAST
from server.kit.work import after_commit, transaction
from server.tickets.actions import know_blobs


@dataclass(frozen=True, slots=True)
class Delivery:
    """The bytes of one inbound delivery; ``source_time`` is when the receiving service took it over."""

    raw: bytes
    source_time: datetime
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def dedupe_key(self) -> bytes:
        return hashlib.sha256(self.raw).digest()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A delivery and its place in an IMAP folder."""

    folder: str
    uidvalidity: int
    uid: int
    delivery: Delivery


async def journal(
    account_id: int, deliveries: Sequence[Delivery], *, now: datetime
) -> tuple[int, ...]:
    """Commit the deliveries to the journal and ring for the drain; return their journal ids in order.

    A delivery whose bytes are already there keeps its first entry. Raises ``OSError`` when the disk, and
    what PostgreSQL raises when the database refuses: then the source must not be told that we have it.
    """
    kept = [await _durable(delivery) for delivery in deliveries]
    async with transaction():
        ids = await _insert(account_id, deliveries, kept, now=now)
        after_commit(lambda: ring("drain", account_id))
    return ids


async def journal_fetched(account_id: int, fetched: Sequence[Fetched], *, now: datetime) -> None:
    """Commit mails fetched by IMAP together with the ledger of their UIDs."""
    deliveries = [item.delivery for item in fetched]
    kept = [await _durable(delivery) for delivery in deliveries]
    async with transaction():
        ids = await _insert(account_id, deliveries, kept, now=now)
        await sql.run(
            """
            INSERT INTO imap_ledger (channel_account_id, folder, uidvalidity, uid, journal_id)
            SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
            ON CONFLICT DO NOTHING
            """,
            account_id,
            [item.folder for item in fetched],
            [item.uidvalidity for item in fetched],
            [item.uid for item in fetched],
            list(ids),
        )
        await forget_readable(
            account_id, [(item.folder, item.uidvalidity, item.uid) for item in fetched]
        )
        after_commit(lambda: ring("drain", account_id))


async def _durable(delivery: Delivery) -> bytes | None:
    """Write a large body to its file; a small one lives in its row."""
    return await blobs.store(delivery.raw) if len(delivery.raw) > INLINE_BODY else None


async def _insert(
    account_id: int,
    deliveries: Sequence[Delivery],
    kept: Sequence[bytes | None],
    *,
    now: datetime,
) -> tuple[int, ...]:
    await know_blobs(
        {
            blob: len(delivery.raw)
            for delivery, blob in zip(deliveries, kept, strict=True)
            if blob is not None
        },
        now=now,
    )
    records = {
        delivery.dedupe_key: (
            delivery.dedupe_key,
            sql.dump(dict(delivery.headers)),
            delivery.raw if blob is None else None,
            blob,
            len(delivery.raw),
            min(max(delivery.source_time, now - SOURCE_TIME_PAST), now),
        )
        for delivery, blob in zip(deliveries, kept, strict=True)
    }
    await sql.run(
        """
        INSERT INTO journal (channel_account_id, dedupe_key, headers, body, blob_hash, size, received_at,
                             source_time)
        SELECT $1, d.key, d.headers::jsonb, d.body, d.blob, d.size, $2, d.source_time
        FROM unnest($3::bytea[], $4::text[], $5::bytea[], $6::bytea[], $7::bigint[], $8::timestamptz[])
            WITH ORDINALITY AS d(key, headers, body, blob, size, source_time, position)
        ORDER BY d.position
        ON CONFLICT (channel_account_id, dedupe_key) DO NOTHING
        """,
        account_id,
        now,
        *sql.columns(list(records.values()), 6),
    )
    found = await sql.rows(
        "SELECT dedupe_key, id FROM journal WHERE channel_account_id = $1 AND dedupe_key = ANY($2::bytea[])",
        account_id,
        list(records),
    )
    ids = {row["dedupe_key"]: row["id"] for row in found}
    return tuple(ids[delivery.dedupe_key] for delivery in deliveries)
