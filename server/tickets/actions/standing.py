"""Reckon from what was said how a ticket stands with its family: who waits and since when, what was said last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.kit.limits import LAST_WORDS_CHARACTERS, MERGED_TOGETHER
from server.tickets.actions.receive import last_words
from server.tickets.queries.roots import BELOW, INTO, way_up

# An answer, or the word that none is needed, counts for its own ticket, and for a merged one if it came after the
# merge. A matter that was settled before it was merged brings neither its age nor a wait along.
_STANDING = f"""
WITH RECURSIVE {BELOW.format(root="$1")}, answering AS (
    SELECT id AS member, id AS ticket_id, NULL::timestamptz AS since, 0 AS depth FROM below WHERE active
    UNION ALL
    SELECT a.member, m.into_id, m.merged_at, a.depth + 1
    FROM answering a {INTO.format(one="a.ticket_id")}
    WHERE a.ticket_id <> $1 AND a.depth < {MERGED_TOGETHER}
), answered AS MATERIALIZED (
    SELECT a.member, max(o.seq) FILTER (WHERE a.since IS NULL) AS last_own, bool_or(o.at >= a.since) AS later
    FROM answering a CROSS JOIN LATERAL (
        SELECT m.seq, m.created_at AS at FROM messages m
        JOIN deliveries d ON d.message_id = m.id AND d.state NOT IN ('undone', 'failed')
        WHERE m.ticket_id = a.ticket_id AND m.direction = 'out' AND m.automatic IS NULL
        UNION ALL
        SELECT seq, at FROM events WHERE ticket_id = a.ticket_id AND kind = 'no_reply_needed'
    ) AS o GROUP BY a.member
)
SELECT
    (SELECT min(t.created_at) FROM below b JOIN tickets t ON t.id = b.id WHERE b.active) AS opened_at,
    (SELECT min(i.said_at) FROM below b LEFT JOIN answered a ON a.member = b.id
     JOIN messages i ON i.ticket_id = b.id AND i.direction = 'in' AND i.automatic IS NULL
     WHERE b.active AND a.later IS NOT TRUE AND i.seq > coalesce(a.last_own, 0)) AS waiting_since
"""
_LAST = f"""
WITH RECURSIVE {BELOW.format(root="$1")}
SELECT m.said_at, left(m.reply_text, {LAST_WORDS_CHARACTERS * 4}) AS said
FROM below b CROSS JOIN LATERAL (
    SELECT m.created_at, m.id, m.said_at, m.reply_text FROM messages m
    LEFT JOIN deliveries d ON d.message_id = m.id
    WHERE m.ticket_id = b.id AND d.state IS DISTINCT FROM 'undone'
        AND (m.direction = 'in' OR m.direction = 'out' AND m.automatic IS NULL)
    ORDER BY m.seq DESC LIMIT 1
) AS m ORDER BY m.created_at DESC, m.id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """When the matter of a ticket and its family began, and since when a citizen waits in it."""

    opened_at: datetime
    waiting_since: datetime | None


async def standing(ticket_id: int) -> Standing:
    """Return how a ticket stands with all that is merged into it."""
    (row,) = await sql.rows(_STANDING, ticket_id)
    return Standing(row["opened_at"], row["waiting_since"])


async def reckon(ticket_id: int) -> Standing:
    """Write the row of a ticket that stands for itself afresh, after something has left it."""
    found = await standing(ticket_id)
    await sql.run(
        "UPDATE tickets SET waiting_since = $2 WHERE id = $1", ticket_id, found.waiting_since
    )
    await _say_last(ticket_id)
    return found


async def reckon_merged(ticket_id: int) -> None:
    """Write afresh what a merged ticket will be when its own merge is undone, after something has left it."""
    found = await standing(ticket_id)
    await sql.run(
        "UPDATE ticket_merges SET waiting_since = $2 WHERE ticket_id = $1",
        ticket_id,
        found.waiting_since,
    )
    await _say_last(ticket_id)


async def _say_last(ticket_id: int) -> None:
    last = await sql.row(_LAST, ticket_id)
    if last is not None:
        await sql.run(
            "UPDATE tickets SET last_message_at = $2, last_words = $3 WHERE id = $1",
            ticket_id,
            last["said_at"],
            last_words(last["said"]),
        )


async def recount_waiting(ticket_ids: Sequence[int]) -> None:
    """Find again since when each citizen waits, after an answer was taken back or failed for good.

    The tickets and their roots are locked: who waits for a merged one's answer waits on the root.
    """
    for ticket_id in dict.fromkeys(ticket_ids):
        *merged, root = await way_up(ticket_id)
        for one in merged:
            before = await standing(one)
            await sql.run(
                "UPDATE ticket_merges SET waiting_since = $2 WHERE ticket_id = $1",
                one,
                before.waiting_since,
            )
        found = await standing(root)
        await sql.run(
            "UPDATE tickets SET waiting_since = $2 WHERE id = $1", root, found.waiting_since
        )
