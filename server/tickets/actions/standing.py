"""Reckon from what was said how a ticket stands with its family: who waits and since when, what was said last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.kit.limits import LAST_WORDS_CHARACTERS, MERGED_TOGETHER
from server.tickets.actions.receive import last_words
from server.tickets.queries.roots import BELOW, root_of

# An answer counts for its own ticket, and for a merged one if it was given after the merge. A matter that was
# settled before it was merged brings neither its age nor a wait along.
_STANDING = f"""
WITH RECURSIVE {BELOW.format(root="$1")}, answering AS (
    SELECT id AS member, id AS ticket_id, NULL::timestamptz AS since, 0 AS depth FROM below WHERE active
    UNION ALL
    SELECT a.member, m.into_id, m.merged_at, a.depth + 1
    FROM answering a JOIN ticket_merges m ON m.ticket_id = a.ticket_id
    WHERE a.ticket_id <> $1 AND a.depth < {MERGED_TOGETHER}
), answers AS (
    SELECT a.member, a.since, o.seq, o.created_at FROM answering a
    JOIN messages o ON o.ticket_id = a.ticket_id AND o.direction = 'out' AND o.automatic IS NULL
    JOIN deliveries d ON d.message_id = o.id AND d.state NOT IN ('undone', 'failed')
)
SELECT
    (SELECT min(t.created_at) FROM below b JOIN tickets t ON t.id = b.id WHERE b.active) AS opened_at,
    (SELECT min(i.said_at) FROM below b
     JOIN messages i ON i.ticket_id = b.id AND i.direction = 'in' AND i.automatic IS NULL
     WHERE b.active AND NOT EXISTS (
         SELECT FROM answers a WHERE a.member = b.id
             AND CASE WHEN a.since IS NULL THEN a.seq > i.seq ELSE a.created_at >= a.since END)
    ) AS waiting_since
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
    """Write a ticket's own row afresh, after something has left its family."""
    found = await standing(ticket_id)
    last = await sql.row(_LAST, ticket_id)
    await sql.run(
        """
        UPDATE tickets SET waiting_since = $2, last_message_at = coalesce($3, last_message_at),
            last_words = coalesce($4, last_words)
        WHERE id = $1
        """,
        ticket_id,
        found.waiting_since,
        last["said_at"] if last else None,
        last_words(last["said"]) if last else None,
    )
    return found


async def recount_merged(ticket_id: int) -> None:
    """Find again since when the citizen waited in a merged ticket, and in what lies on its way up."""
    while True:
        into: int | None = await sql.value(
            "SELECT into_id FROM ticket_merges WHERE ticket_id = $1", ticket_id
        )
        if into is None:
            return
        found = await standing(ticket_id)
        await sql.run(
            "UPDATE ticket_merges SET waiting_since = $2 WHERE ticket_id = $1",
            ticket_id,
            found.waiting_since,
        )
        ticket_id = into


async def recount_waiting(ticket_ids: Sequence[int]) -> None:
    """Find again since when each citizen waits, after an answer was taken back or failed for good."""
    for ticket_id in dict.fromkeys(ticket_ids):
        await recount_merged(ticket_id)
        root = await root_of(ticket_id)
        found = await standing(root)
        await sql.run(
            "UPDATE tickets SET waiting_since = $2 WHERE id = $1", root, found.waiting_since
        )
