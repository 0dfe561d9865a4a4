"""Follow what happens, and note which counted days it changes.

An event changes the day it happened on. One that moves a ticket to another team, topic, agent or priority, or
takes back what was true, changes every day on which something about that ticket was counted; one about a
promise, the days of the ticket's promises.
"""

from datetime import datetime
from typing import Any

from server.db import sql
from server.events.queries import Stored, tail
from server.kit.settings import settings
from server.kit.work import transaction

BATCH = 2000
CLOCKS = "clock_"
"""Kinds that change promises and nothing else."""
COUNTED = frozenset(
    {
        "ticket_created",
        "message_received",
        "reply_written",
        "status_changed",
        "rating_asked",
        "clock_started",
        "clock_paused",
        "clock_resumed",
        "clock_answered",
        "ticket_merged",
        "merge_undone",
    }
)
"""What is counted on the day it happens and touches no other."""
NEVER_COUNTED = frozenset(
    {
        "ticket_opened",
        "tagged",
        "clock_warned",
        "clock_escalated",
        "clock_closing",
        "notice_acknowledged",
        "note_written",
        "contact_class_changed",
        "ticket_took_over",
        "ticket_gave_back",
        "waits_for_agent",
        "nobody_found",
        "acknowledged",
        "invited",
        "delivery_sent",
        "delivery_queued",
        "delivery_failed",
        "delivery_reported",
    }
)


async def follow_events(*, now: datetime) -> int:
    """Note the days that the next events change; return how many events there were."""
    if not await _news():
        return 0
    async with transaction():
        await sql.run("SELECT FROM report_progress FOR UPDATE")
        progress = await _progress()
        if progress["restored"]:
            # These rows come from another server: what it had seen cannot be told any more.
            await sql.run("UPDATE report_days SET changed_at = $1", now)
            await _remember(progress["settled"], 0)
            return 0
        found = await tail((progress["xid"], progress["id"]), limit=BATCH)
        if not found:
            return 0
        await _note(found, now=now)
        await _remember(found[-1].xid, found[-1].id)
        return len(found)


async def _news() -> bool:
    """Say whether there is anything to follow; an idle desk takes no lock and writes nothing."""
    progress = await _progress()
    return progress["restored"] or bool(await tail((progress["xid"], progress["id"]), limit=1))


async def _progress() -> Any:
    return await sql.row(
        """
        SELECT xid, id, xid > pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS restored,
            pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS settled
        FROM report_progress
        """
    )


async def _note(events: tuple[Stored, ...], *, now: datetime) -> None:
    """Mark days that are closed; the current one is counted anew whenever somebody asks.

    Days before the first that is known become known: their tickets may have been made later.
    """
    counted = [event for event in events if event.kind not in NEVER_COUNTED]
    reaching = [event for event in counted if event.kind not in COUNTED]
    of_clocks = {event.ticket_id for event in reaching if event.kind.startswith(CLOCKS)}
    of_tickets = {event.ticket_id for event in reaching if not event.kind.startswith(CLOCKS)}
    await sql.run(
        """
        WITH touched AS MATERIALIZED (
            SELECT (at AT TIME ZONE $2)::date AS day FROM (
                SELECT unnest($3::timestamptz[])
                UNION SELECT decided_at FROM clocks WHERE ticket_id = ANY($4::bigint[] || $5::bigint[])
                UNION SELECT (data->>'at')::timestamptz FROM events
                    WHERE ticket_id = ANY($4::bigint[] || $5::bigint[]) AND kind LIKE 'clock\\_%'
                UNION SELECT created_at FROM tickets WHERE id = ANY($5::bigint[])
                UNION SELECT created_at FROM messages WHERE ticket_id = ANY($5::bigint[])
                UNION SELECT at FROM events WHERE ticket_id = ANY($5::bigint[])
            ) AS moments(at)
        ), older AS (
            INSERT INTO report_days (day)
            SELECT generate_series((SELECT min(day) FROM touched), (SELECT min(day) - 1 FROM report_days),
                interval '1 day')::date
            ON CONFLICT DO NOTHING
        )
        UPDATE report_days SET changed_at = $1
        WHERE changed_at IS NULL AND day IN (SELECT day FROM touched)
        """,
        now,
        settings().zone,
        [event.at for event in counted],
        sorted(of_clocks),
        sorted(of_tickets),
    )


async def _remember(xid: int, event_id: int) -> None:
    await sql.run("UPDATE report_progress SET xid = $1, id = $2", xid, event_id)
