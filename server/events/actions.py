"""Write events. The caller has locked the tickets (or just made them) in this transaction."""

from collections.abc import Sequence
from datetime import datetime

from server.db import sql
from server.events.reactions import Event, react
from server.kit.limits import MERGED_TOGETHER
from server.kit.work import before_commit, keep
from server.live.actions import announce


async def emit(events: Sequence[Event], *, at: datetime) -> None:
    """Store the events, tell live screens, and let the wiring react; all in this transaction."""
    if not events:
        return
    await store(events, at=at)
    await react(events, at)


async def store(events: Sequence[Event], *, at: datetime, quiet: bool = False) -> list[int]:
    """Store the events without reactions; return each one's ``seq`` in its ticket.

    ``quiet`` events change nothing that a screen shows, so no screen is told.
    """
    following: dict[int, int] = keep("seqs", dict)
    loud: set[int] = keep("changed tickets", set)
    await _begin_with({event.ticket_id for event in events} - following.keys(), following)
    seqs = []
    for event in events:
        following[event.ticket_id] += 1
        seqs.append(following[event.ticket_id])
    if not quiet:
        loud.update(event.ticket_id for event in events)
    before_commit("seqs", _keep_seqs)
    await sql.run(
        """
        INSERT INTO events (ticket_id, seq, kind, data, at, actor_id)
        SELECT ticket_id, seq, kind, data::jsonb, $6, actor_id
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[])
            AS e(ticket_id, seq, kind, data, actor_id)
        """,
        [event.ticket_id for event in events],
        seqs,
        [event.kind for event in events],
        [sql.dump(event.data) for event in events],
        [event.actor_id for event in events],
        at,
    )
    return seqs


async def _begin_with(ticket_ids: set[int], following: dict[int, int]) -> None:
    """Read where numbering stands; the tickets are locked, so nobody else moves it meanwhile."""
    if ticket_ids:
        for row in await sql.rows(
            "SELECT id, last_seq FROM tickets WHERE id = ANY($1::bigint[])", sorted(ticket_ids)
        ):
            following[row["id"]] = row["last_seq"]


async def _keep_seqs() -> None:
    """Write the tickets' newest numbers, once a transaction however many events it has."""
    following: dict[int, int] = keep("seqs", dict)
    loud: set[int] = keep("changed tickets", set)
    moved = await sql.rows(
        """
        UPDATE tickets t SET last_seq = n.seq FROM unnest($1::bigint[], $2::bigint[]) AS n(id, seq)
        WHERE t.id = n.id RETURNING t.id, t.team_id, t.status
        """,
        list(following),
        list(following.values()),
    )
    changed = [row for row in moved if row["id"] in loud]
    announce((row["id"], row["team_id"]) for row in changed)
    if closed := [row["id"] for row in changed if row["status"] == "closed"]:
        await _announce_roots(closed)


async def _announce_roots(ticket_ids: Sequence[int]) -> None:
    """Tell the screens on which merged tickets are shown: those in which their conversations go on."""
    found = await sql.rows(
        f"""
        WITH RECURSIVE up AS (
            SELECT m.into_id, 1 AS depth FROM ticket_merges m WHERE m.ticket_id = ANY($1::bigint[])
            UNION ALL
            SELECT m.into_id, depth + 1 FROM up JOIN ticket_merges m ON m.ticket_id = up.into_id
            WHERE depth < {MERGED_TOGETHER}
        ) SELECT t.id, t.team_id FROM tickets t WHERE t.id IN (SELECT into_id FROM up)
        """,
        list(ticket_ids),
    )
    announce((row["id"], row["team_id"]) for row in found)
