"""Change what a ticket is: who has it, where it stands, what it is about, how urgent it is."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.errors import Invalid
from server.kit.work import transaction
from server.live.actions import announce
from server.people.queries import Viewer
from server.tickets.actions.common import Locked, first_answer, keep_answer, lock, touched

STATUSES = frozenset({"open", "pending", "on_hold", "resolved"})
"""What a person may choose; ``new`` is a beginning and ``closed`` comes by itself."""
PRIORITIES = frozenset({"low", "normal", "high", "urgent"})
CLOSE_AFTER = timedelta(days=14)

Change = Callable[[Locked], Awaitable[Event | None]]


async def assign(
    ticket_id: int, *, to: int | None, by: Viewer, form_key: str, now: datetime
) -> None:
    """Give the ticket to a member of its team, or to nobody; taking it is giving it to oneself."""

    async def change(ticket: Locked) -> Event | None:
        if ticket.assignee_id == to:
            return None
        if to is not None and not await _may_have(to, ticket.team_id):
            raise Invalid("not_in_team", field="assignee")
        await sql.run("UPDATE tickets SET assignee_id = $2 WHERE id = $1", ticket.id, to)
        return Event(ticket.id, "assigned", {"from": ticket.assignee_id, "to": to}, by.id)

    await _once(ticket_id, by, form_key, "assign", change, now=now)


async def set_status(
    ticket_id: int, *, status: str, by: Viewer, form_key: str, now: datetime
) -> None:
    """Move the ticket to another status of :data:`STATUSES`."""
    if status not in STATUSES:
        raise Invalid("status", field="status")

    async def change(ticket: Locked) -> Event | None:
        if ticket.status == status:
            return None
        if ticket.status == "closed":
            raise Invalid("closed", field="status")
        await sql.run(
            "UPDATE tickets SET status = $2, resolved_at = $3 WHERE id = $1",
            ticket.id,
            status,
            now if status == "resolved" else None,
        )
        return Event(ticket.id, "status_changed", {"from": ticket.status, "to": status}, by.id)

    await _once(ticket_id, by, form_key, "status", change, now=now)


async def set_topic(
    ticket_id: int, *, topic_id: int | None, by: Viewer, form_key: str, now: datetime
) -> None:
    """Say what the ticket is about; no rule or model changes a person's choice."""

    async def change(ticket: Locked) -> Event | None:
        if ticket.topic_id == topic_id:
            return None
        known = await sql.value(
            "SELECT true FROM topics WHERE id = $1 AND removed_at IS NULL", topic_id
        )
        if topic_id is not None and not known:
            raise Invalid("topic", field="topic")
        await sql.run(
            "UPDATE tickets SET topic_id = $2, topic_by_person = true WHERE id = $1",
            ticket.id,
            topic_id,
        )
        return Event(ticket.id, "topic_changed", {"from": ticket.topic_id, "to": topic_id}, by.id)

    await _once(ticket_id, by, form_key, "topic", change, now=now)


async def set_priority(
    ticket_id: int, *, priority: str, by: Viewer, form_key: str, now: datetime
) -> None:
    """Say how urgent the ticket is."""
    if priority not in PRIORITIES:
        raise Invalid("priority", field="priority")

    async def change(ticket: Locked) -> Event | None:
        if ticket.priority == priority:
            return None
        await sql.run("UPDATE tickets SET priority = $2 WHERE id = $1", ticket.id, priority)
        return Event(
            ticket.id, "priority_changed", {"from": ticket.priority, "to": priority}, by.id
        )

    await _once(ticket_id, by, form_key, "priority", change, now=now)


async def set_team(
    ticket_id: int, *, team_id: int, by: Viewer, form_key: str, now: datetime
) -> None:
    """Hand the ticket over to another team, any team; it arrives there assigned to nobody."""

    async def change(ticket: Locked) -> Event | None:
        if ticket.team_id == team_id:
            return None
        if not await sql.value("SELECT true FROM teams WHERE id = $1", team_id):
            raise Invalid("team", field="team")
        await sql.run(
            "UPDATE tickets SET team_id = $2, assignee_id = NULL WHERE id = $1", ticket.id, team_id
        )
        # The team that loses the ticket must see it go; the event itself is told to the new one.
        announce([(ticket.id, ticket.team_id)])
        return Event(ticket.id, "team_changed", {"from": ticket.team_id, "to": team_id}, by.id)

    await _once(ticket_id, by, form_key, "team", change, now=now)


async def end_wait(ticket_id: int, *, by: Viewer, form_key: str, now: datetime) -> None:
    """Let nobody wait for an answer any more, though none was given."""

    async def change(ticket: Locked) -> Event | None:
        waited = await sql.value(
            """
            UPDATE tickets SET waiting_since = NULL WHERE id = $1 AND waiting_since IS NOT NULL
            RETURNING true
            """,
            ticket.id,
        )
        if not waited:
            raise Invalid("nobody_waits", field="reason")
        return Event(ticket.id, "no_reply_needed", {}, by.id)

    await _once(ticket_id, by, form_key, "no_reply", change, now=now)


async def close_resolved(*, now: datetime, limit: int = 500) -> int:
    """Close what has been resolved for long enough; return how many there were."""
    async with transaction():
        found = await sql.rows(
            """
            UPDATE tickets SET status = 'closed' WHERE id IN (
                SELECT id FROM tickets WHERE status = 'resolved' AND resolved_at <= $1
                ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            now - CLOSE_AFTER,
            limit,
        )
        data = {"from": "resolved", "to": "closed", "by": "time"}
        await emit([Event(row["id"], "status_changed", data) for row in found], at=now)
        return len(found)


async def _may_have(user_id: int, team_id: int) -> bool:
    return bool(
        await sql.value(
            """
            SELECT true FROM users u WHERE u.id = $1 AND u.active AND (u.administrator OR EXISTS (
                SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.team_id = $2))
            """,
            user_id,
            team_id,
        )
    )


async def _once(
    ticket_id: int,
    by: Viewer,
    form_key: str,
    action: str,
    change: Change,
    *,
    now: datetime,
) -> None:
    """Run a change under the ticket's lock, once for a key; a new ticket is opened by it."""
    async with transaction():
        if await first_answer(by, form_key, action, now=now) is not None:
            return
        ticket = await lock(ticket_id, by)
        event = await change(ticket)
        if event is not None:
            opening = [] if action == "status" else await touched(ticket, by)
            await emit([*opening, event], at=now)
        await keep_answer(by, form_key, {"ticket": ticket.id})
