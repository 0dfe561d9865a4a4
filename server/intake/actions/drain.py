"""Work through an account's journal in order, in batches, under the account's lock.

Entries that fail together are tried one by one; one that fails alone waits longer each time and goes to
the quarantine after five lone failures. What is wrong with the machine rather than with an entry (no
database, no disk) counts against nobody.
"""

import asyncio
import contextlib
import errno
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from channels.message import Parsed
from channels.registry import REGISTRY
from server.channel_accounts.actions import report
from server.channel_accounts.queries import Account, one
from server.db import sql
from server.db.engine import pool
from server.intake.actions.apply import ClaimLost, Item, apply, store_files
from server.intake.queries import body
from server.kit import clock, log
from server.kit.limits import (
    CLAIM,
    DRAIN_AHEAD,
    DRAIN_AHEAD_BYTES,
    DRAIN_BATCH,
    LONE_FAILURES,
    PARSE,
)
from server.kit.work import transaction

LOCK_SPACE = 0x7A3A
SUSPECT_ATTEMPTS = 3
"""An entry claimed so often without an end is tried alone: it may be what kills the process."""
UNIQUE_RETRIES = 3
BREATHER = timedelta(seconds=5)
MACHINE = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)
"""What is wrong with the machine or the moment, not with what came in."""

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class _Claimed:
    id: int
    headers: dict[str, str]
    raw: bytes
    source_time: datetime
    alone: bool
    lone_failures: int


class ParsedTooLong(RuntimeError):
    """A delivery took longer to read than any honest one does."""


async def drain(account_id: int) -> None:
    """Empty the account's journal; return at once if another drain is at it."""
    while True:
        async with pool().acquire() as connection:
            if not await connection.fetchval(
                "SELECT pg_try_advisory_lock($1, $2)", LOCK_SPACE, account_id
            ):
                return
            try:
                account = await one(account_id)
                while (claimed := await _claim(connection, account_id)) is not None:
                    if claimed:
                        await _work(connection, account, claimed)
            finally:
                if not connection.is_closed():
                    await connection.execute(
                        "SELECT pg_advisory_unlock($1, $2)", LOCK_SPACE, account_id
                    )
        # Between the last claim and the unlock an entry may have come whose drain found the lock taken.
        if not await _due(account_id):
            return


async def _due(account_id: int) -> bool:
    return bool(
        await sql.value(
            """
            SELECT true FROM journal WHERE channel_account_id = $1 AND state = 'open'
                AND (next_try_at IS NULL OR next_try_at <= $2) LIMIT 1
            """,
            account_id,
            clock.now(),
        )
    )


async def _claim(connection: Any, account_id: int) -> list[_Claimed] | None:
    now = clock.now()
    async with transaction(connection):
        waiting = await sql.rows(
            """
            SELECT id, size, attempts, lone_failures FROM journal
            WHERE channel_account_id = $1 AND state = 'open' AND (next_try_at IS NULL OR next_try_at <= $2)
            ORDER BY id LIMIT $3 FOR UPDATE
            """,
            account_id,
            now,
            DRAIN_AHEAD,
        )
        chosen = _choose(waiting)
        if not chosen:
            return None
        alone = len(chosen) == 1 and _suspect(chosen[0])
        if alone and chosen[0]["lone_failures"] >= LONE_FAILURES:
            # Every lone try ended without a word: it took the process with it.
            await _quarantine(chosen[0]["id"], "crash")
            return []
        # A suspect's failure is written down before it is tried: it may take the process with it.
        found = await sql.rows(
            """
            UPDATE journal SET attempts = attempts + 1, claimed_until = $2,
                               lone_failures = lone_failures + $3::int, next_try_at = $4
            WHERE id = ANY($1::bigint[])
            RETURNING id, headers, body, blob_hash, source_time, lone_failures
            """,
            [row["id"] for row in chosen],
            now + CLAIM,
            int(alone),
            now + _pause(chosen[0]["lone_failures"]) if alone else None,
        )
    return [
        _Claimed(
            id=row["id"],
            headers=sql.load(row["headers"]),
            raw=await body(row),
            source_time=row["source_time"],
            alone=alone,
            lone_failures=row["lone_failures"],
        )
        for row in sorted(found, key=lambda row: int(row["id"]))
    ]


def _suspect(row: Any) -> bool:
    return bool(row["lone_failures"] or row["attempts"] >= SUSPECT_ATTEMPTS)


def _choose(waiting: Sequence[Any]) -> list[Any]:
    """Take the oldest entries that fit into memory; a suspect goes alone."""
    if waiting and _suspect(waiting[0]):
        return [waiting[0]]
    chosen: list[Any] = []
    size = 0
    for row in waiting:
        size += row["size"]
        if _suspect(row) or (chosen and size > DRAIN_AHEAD_BYTES):
            break
        chosen.append(row)
    return chosen


def _pause(failures: int) -> timedelta:
    return timedelta(seconds=5 * 4**failures)


async def _work(connection: Any, account: Account, claimed: Sequence[_Claimed]) -> None:
    """Write the claimed entries in batches; while one is being written, the next is already being read."""
    batches = [claimed[at : at + DRAIN_BATCH] for at in range(0, len(claimed), DRAIN_BATCH)]
    reading = asyncio.create_task(_parse(account, batches[0]))
    try:
        while batches:
            batch = batches.pop(0)
            try:
                parsed = await reading
                if batches:
                    reading = asyncio.create_task(_parse(account, batches[0]))
                await _finish(connection, account, batch, parsed)
            except MACHINE as error:
                await _release(connection, [batch, *batches])
                await _complain(connection, account, error)
                raise
            except ClaimLost:
                pass
            except Exception as error:  # noqa: BLE001 -- whatever one entry provokes must not stop the others
                # From now on each of the batch is tried alone; what comes after waits for that.
                _log.warning(
                    "intake failed", account=account.id, entries=len(batch), exc_info=error
                )
                async with transaction(connection):
                    await _failed(batch, type(error).__name__)
                await _release(connection, batches)
                return
    finally:
        reading.cancel()
    if account.state != "ok":
        await report(account.id, part="intake", now=clock.now())


async def _finish(
    connection: Any, account: Account, batch: Sequence[_Claimed], parsed: Sequence[Parsed]
) -> None:
    items = []
    for entry, read in zip(batch, parsed, strict=True):
        for position, message in enumerate(read.messages):
            files = await store_files(message.files)
            items.append(Item(entry.id, position, entry.source_time, message, files))
    ids = [entry.id for entry in batch]
    for _ in range(UNIQUE_RETRIES):
        try:
            await apply(account, ids, items, now=clock.now(), on=connection)
        except asyncpg.UniqueViolationError:
            # The same message is coming in by another account right now: look again, it is known then.
            continue
        return
    raise ClaimLost


async def _parse(account: Account, claimed: Sequence[_Claimed]) -> list[Parsed]:
    """Read the entries on a thread, all in one go: small mails take less than a change of threads."""
    parse = REGISTRY[account.kind].parse

    def work() -> list[Parsed]:
        return [parse(entry.raw, entry.headers, account.settings) for entry in claimed]

    try:
        return await asyncio.wait_for(asyncio.to_thread(work), PARSE.total_seconds())
    except TimeoutError as error:
        raise ParsedTooLong from error


async def _failed(claimed: Sequence[_Claimed], failure: str) -> None:
    """Write down a failure: of one that was tried alone, or of a batch whose entries now go alone."""
    only = claimed[0]
    if len(claimed) == 1 and only.alone and only.lone_failures >= LONE_FAILURES:
        await _quarantine(only.id, failure)
        return
    await sql.run(
        """
        UPDATE journal SET attempts = greatest(attempts, $2), claimed_until = NULL, error = $3
        WHERE id = ANY($1::bigint[])
        """,
        [entry.id for entry in claimed],
        SUSPECT_ATTEMPTS,
        failure,
    )


async def _release(connection: Any, batches: Sequence[Sequence[_Claimed]]) -> None:
    """Give entries back uncounted, if the database still answers."""
    entries = [entry for batch in batches for entry in batch]
    if not entries:
        return
    with contextlib.suppress(*MACHINE):
        async with transaction(connection):
            await sql.run(
                """
                UPDATE journal SET attempts = attempts - 1, lone_failures = lone_failures - $2::int,
                                   claimed_until = NULL, next_try_at = NULL
                WHERE id = ANY($1::bigint[]) AND state = 'open'
                """,
                [entry.id for entry in entries],
                int(entries[0].alone),
            )


async def _complain(connection: Any, account: Account, error: BaseException) -> None:
    """Show what is wrong with the machine, and let it breathe before the next try."""
    now = clock.now()
    with contextlib.suppress(*MACHINE):
        async with transaction(connection):
            await sql.run(
                """
                UPDATE journal SET next_try_at = $2
                WHERE channel_account_id = $1 AND state = 'open' AND claimed_until IS NULL
                """,
                account.id,
                now + BREATHER,
            )
            code = errno.errorcode.get(getattr(error, "errno", None) or 0, type(error).__name__)
            await report(account.id, part="intake", code=code, now=now)


async def _quarantine(entry_id: int, failure: str) -> None:
    await sql.run(
        "UPDATE journal SET state = 'failed', claimed_until = NULL, next_try_at = NULL, error = $2 WHERE id = $1",
        entry_id,
        failure,
    )
