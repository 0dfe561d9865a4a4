"""Read the journal: what waits, what failed, which accounts nobody rings for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.db import sql
from server.intake.threading import Case
from server.kit import blobs
from server.kit.errors import NotFound
from server.kit.limits import BELL_AGE
from server.tickets.queries.roots import families_of, roots_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry without its bytes."""

    id: int
    account_id: int
    account: str
    kind: str
    size: int
    received_at: datetime
    state: str
    attempts: int
    error: str | None


async def entries(
    state: str | None = None, *, after: int | None = None, limit: int = 100
) -> tuple[Entry, ...]:
    """Return the newest entries, of one state if given, below the id ``after``."""
    found = await sql.rows(
        """
        SELECT j.id, a.id AS account_id, a.name AS account, a.kind, j.size, j.received_at, j.state,
               j.attempts, j.error
        FROM journal j JOIN channel_accounts a ON a.id = j.channel_account_id
        WHERE ($1::text IS NULL OR j.state = $1) AND ($2::bigint IS NULL OR j.id < $2)
        ORDER BY j.id DESC LIMIT $3
        """,
        state,
        after,
        limit,
    )
    return tuple(Entry(**row) for row in found)


async def failed_count() -> int:
    """Return how many entries are in quarantine."""
    return int(await sql.value("SELECT count(*) FROM journal WHERE state = 'failed'"))


async def raw(entry_id: int) -> bytes:
    """Return the bytes of an entry; raise :class:`NotFound`."""
    row = await sql.row("SELECT body, blob_hash FROM journal WHERE id = $1", entry_id)
    if row is None:
        raise NotFound
    return await body(row)


async def body(row: Any) -> bytes:
    """Return the bytes of a journal row, wherever they live."""
    return row["body"] if row["body"] is not None else await blobs.load(row["blob_hash"])


async def unrung(*, now: datetime) -> tuple[int, ...]:
    """Return the accounts with an entry that is due, has waited and that no live drain has claimed."""
    found = await sql.rows(
        """
        SELECT a.id FROM channel_accounts a WHERE EXISTS (
            SELECT 1 FROM journal j WHERE j.channel_account_id = a.id AND j.state = 'open'
                AND j.received_at <= $1 AND (j.claimed_until IS NULL OR j.claimed_until <= $2)
                AND (j.next_try_at IS NULL OR j.next_try_at <= $2))
        """,
        now - BELL_AGE,
        now,
    )
    return tuple(row["id"] for row in found)


async def ledger(account_id: int, folder: str, uidvalidity: int) -> set[int]:
    """Return every UID of a folder that is in the journal."""
    found = await sql.rows(
        """
        SELECT uid FROM imap_ledger
        WHERE channel_account_id = $1 AND folder = $2 AND uidvalidity = $3
        """,
        account_id,
        folder,
        uidvalidity,
    )
    return {row["uid"] for row in found}


async def worked_through(
    account_id: int, folder: str, uidvalidity: int, uids: Sequence[int]
) -> list[int]:
    """Return those UIDs of a folder whose mail has become a message; only they may leave the server."""
    found = await sql.rows(
        """
        SELECT l.uid FROM imap_ledger l JOIN journal j ON j.id = l.journal_id
        WHERE l.channel_account_id = $1 AND l.folder = $2 AND l.uidvalidity = $3 AND l.uid = ANY($4::bigint[])
            AND j.state = 'done' AND EXISTS (SELECT FROM message_accounts a WHERE a.journal_id = j.id)
        ORDER BY l.uid
        """,
        account_id,
        folder,
        uidvalidity,
        list(uids),
    )
    return [row["uid"] for row in found]


async def known_keys(keys: Sequence[bytes]) -> dict[bytes, int]:
    """Return the message id of every unique key that is already in a ticket."""
    found = await sql.rows(
        "SELECT unique_key, id FROM messages WHERE unique_key = ANY($1::bytea[])", list(keys)
    )
    return {row["unique_key"]: row["id"] for row in found}


async def sent_messages(message_ids: Iterable[int]) -> dict[int, int]:
    """Return the ticket of every message that is one of ours and has a delivery."""
    found = await sql.rows(
        "SELECT message_id, ticket_id FROM deliveries WHERE message_id = ANY($1::bigint[])",
        sorted(message_ids),
    )
    return {row["message_id"]: row["ticket_id"] for row in found}


async def tickets_of_ids(external_ids: Sequence[str]) -> dict[str, int]:
    """Return the ticket of every message id that we sent or saw."""
    if not external_ids:
        return {}
    found = await sql.rows(
        "SELECT external_id, ticket_id FROM messages WHERE external_id = ANY($1::text[]) ORDER BY id DESC",
        list(external_ids),
    )
    return {row["external_id"]: row["ticket_id"] for row in found}


async def tickets_of_numbers(numbers: Sequence[int]) -> dict[int, int]:
    """Return the ticket of every ticket number."""
    if not numbers:
        return {}
    found = await sql.rows(
        "SELECT number, id FROM tickets WHERE number = ANY($1::bigint[])", list(numbers)
    )
    return {row["number"]: row["id"] for row in found}


@dataclass(frozen=True, slots=True)
class Cases:
    """Tickets that messages may mean, each by its root: what is said to a merged ticket is said there.

    ``homes`` are the merged tickets of those who are no party of the root itself: (root, identity) → ticket.
    """

    roots: Mapping[int, int]
    by_root: dict[int, Case]
    homes: Mapping[tuple[int, int], int]


async def lock_cases(ticket_ids: Sequence[int]) -> Cases:
    """Lock tickets, with those that stand together with them, in id order, and say what threading must know.

    The caller holds merges still: no root is merged away between being found and being locked.
    """
    if not ticket_ids:
        return Cases({}, {}, {})
    roots = await roots_of(ticket_ids)
    members = await families_of(set(roots.values()))
    found = await sql.rows(
        "SELECT id, status FROM tickets WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE",
        sorted(members),
    )
    locked = [row for row in found if members[row["id"]] == row["id"]]
    parties = await sql.rows(
        "SELECT ticket_id, identity_id FROM ticket_parties WHERE ticket_id = ANY($1::bigint[])",
        sorted(members),
    )
    by_root: dict[int, set[int]] = {row["id"]: set() for row in locked}
    own = {(row["ticket_id"], row["identity_id"]) for row in parties}
    homes = {}
    for row in parties:
        root, identity = members[row["ticket_id"]], row["identity_id"]
        by_root[root].add(identity)
        if (root, identity) not in own:
            homes[root, identity] = row["ticket_id"]
    cases = {
        row["id"]: Case(row["id"], row["status"] == "closed", frozenset(by_root[row["id"]]))
        for row in locked
    }
    return Cases(roots, cases, homes)
