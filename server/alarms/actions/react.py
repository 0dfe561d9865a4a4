"""What alarms make of events: promises broken, for webhooks; answers that failed, for those who must know."""

from collections.abc import Sequence
from datetime import datetime

from agent_ui.rating_words import LOW
from server.alarms.actions.gather import gather_for_webhooks
from server.alarms.actions.trouble import Trouble, raise_alarm
from server.alarms.kinds import WHOLE, Item
from server.db import sql
from server.events.reactions import Event

PROMISES = frozenset({"clock_warned", "clock_breached", "clock_escalated"})
UNADDRESSED = "no_address"
"""Whoever wrote to nobody's address saw it fail at once."""


async def pass_on(events: Sequence[Event], at: datetime) -> None:
    """Pass warnings, breaches and escalations on to webhooks; a breach once, by the clock's own word."""
    items = [_item(event) for event in events if event.data.get("percent") != WHOLE]
    await gather_for_webhooks(items, now=at)


async def answers_failed(events: Sequence[Event], at: datetime) -> None:
    """Raise an alarm for each answer of a person that will not arrive."""
    failed = {
        event.data["message"]: event for event in events if event.data.get("code") != UNADDRESSED
    }
    found = await sql.rows(
        "SELECT id FROM messages WHERE id = ANY($1::bigint[]) AND automatic IS NULL ORDER BY id",
        sorted(failed),
    )
    for row in found:
        event = failed[row["id"]]
        data = {"message": row["id"], "code": event.data.get("code")}
        trouble = Trouble("delivery_failed", str(row["id"]), data, ticket_id=event.ticket_id)
        await raise_alarm(trouble, now=at, ended=True)


async def rated_low(events: Sequence[Event], at: datetime) -> None:
    """Let supervisors know, once for a ticket, of a citizen who was not satisfied and said why."""
    found = await sql.rows(
        """
        SELECT r.ticket_id, r.score FROM ratings r
        WHERE r.ticket_id = ANY($1::bigint[]) AND r.score <= $2 AND r.comment <> '' AND NOT EXISTS (
            SELECT FROM alarms a WHERE a.kind = 'rated_low' AND a.subject = r.ticket_id::text)
        ORDER BY r.ticket_id
        """,
        [event.ticket_id for event in events],
        LOW,
    )
    for row in found:
        data = {"score": str(row["score"])}
        trouble = Trouble("rated_low", str(row["ticket_id"]), data, ticket_id=row["ticket_id"])
        await raise_alarm(trouble, now=at, ended=True, quiet=True)


def _item(event: Event) -> Item:
    data = event.data
    due_at = data.get("due_at")
    kinds = {"clock_warned": "warning", "clock_breached": "breach"}
    return Item(
        kinds.get(event.kind, "escalation"),  # type: ignore[arg-type]  # all are kinds
        datetime.fromisoformat(data["at"]),
        event.ticket_id,
        data["clock"],
        data["turn"],
        data.get("percent", WHOLE),
        datetime.fromisoformat(due_at) if due_at else None,
    )
