"""React to a policy's step that took tickets from people or sent them to another team: somebody else is sought."""

from collections.abc import Sequence
from datetime import datetime

from server.assignment.actions.hand_out import ask
from server.db import sql
from server.events.reactions import Event

MOVED = frozenset({"assigned", "team_changed"})


async def release(events: Sequence[Event], at: datetime) -> None:
    """End what was handed out, and look for people where the tickets are now."""
    tickets = sorted({event.ticket_id for event in events if event.data.get("by") == "policy"})
    if not tickets:
        return
    await sql.run(
        """
        UPDATE hand_outs SET ended_at = $2, ended_by = 'taken_away'
        WHERE ticket_id = ANY($1::bigint[]) AND ended_at IS NULL
        """,
        tickets,
        at,
    )
    await sql.run(
        """
        DELETE FROM waiting_tickets w USING tickets t
        WHERE w.ticket_id = ANY($1::bigint[]) AND t.id = w.ticket_id AND t.assignee_id IS NOT NULL
        """,
        tickets,
    )
    found = await sql.rows(
        "SELECT DISTINCT team_id FROM tickets WHERE id = ANY($1::bigint[]) AND assignee_id IS NULL",
        tickets,
    )
    ask({row["team_id"] for row in found}, at=at)
