"""Write events. The caller has locked the tickets (or just made them) in this transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from server.db import sql
from server.events.reactions import Event, react
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
    counts = Counter(event.ticket_id for event in events)
    ids = sorted(counts)
    moved = await sql.rows(
        """
        UPDATE tickets t SET last_seq = t.last_seq + n.count
        FROM unnest($1::bigint[], $2::int[]) AS n(id, count)
        WHERE t.id = n.id RETURNING t.id, t.last_seq, t.team_id
        """,
        ids,
        [counts[ticket_id] for ticket_id in ids],
    )
    following = {row["id"]: row["last_seq"] - counts[row["id"]] for row in moved}
    seqs = []
    for event in events:
        following[event.ticket_id] += 1
        seqs.append(following[event.ticket_id])
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
    if not quiet:
        announce((row["id"], row["team_id"]) for row in moved)
    return seqs
