"""Follow what agents do and where they are: what frees them, what they touched, what they hand back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from server.assignment import queries
from server.assignment.actions.hand_out import ask, hand_out
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.errors import Conflict, Invalid, NotFound
from server.kit.work import transaction
from server.people.queries import Viewer
from server.people.reactions import PresenceChange

REACTS_TO = frozenset(
    {
        "reply_written", "note_written", "status_changed", "assigned", "topic_changed", "priority_changed",
        "team_changed", "message_received", "ticket_created",
    }
)  # fmt: skip
DECLINES = ("not_my_topic", "not_my_language", "knows_the_person", "too_much", "other")
ALARM_AFTER = timedelta(minutes=5)
BATCH = 200


class NotYours(Conflict):
    """Only who has a ticket can hand it back."""

    code = "not_yours"


async def follow(events: Sequence[Event], at: datetime) -> None:
    """React to work on tickets: what a person did is theirs from then on, and who has room gets more."""
    await _touched(events, at=at)
    await _reopened(events, at=at)
    by_people = [event for event in events if event.actor_id is not None]
    fresh = {event.ticket_id for event in events if event.kind == "ticket_created"}
    said = {event.ticket_id for event in events if event.kind == "message_received"}
    left = {
        event.data["from"] for event in by_people if event.kind == "assigned" and event.data["from"]
    }
    teams = await queries.teams_to_look_at(
        agents=left, worked_on={event.ticket_id for event in by_people}, spoken_on=said - fresh
    )
    former = {event.data["from"] for event in by_people if event.kind == "team_changed"}
    ask(teams | former, at=at)


async def welcome(changes: Sequence[PresenceChange], at: datetime) -> None:
    """React to people coming online: give out what waits in their teams."""
    online = [change.user_id for change in changes if change.state == "online"]
    if online:
        ask(await queries.teams_to_look_at(agents=online), at=at)


async def decline(ticket_id: int, *, reason: str, by: Viewer, now: datetime) -> None:
    """Hand a ticket back with a reason; it looks for somebody else at once."""
    if reason not in DECLINES:
        raise Invalid("not_possible", field="reason")
    async with transaction():
        row = await sql.row(
            "SELECT team_id, assignee_id FROM tickets WHERE id = $1 AND team_id = ANY($2::bigint[]) FOR UPDATE",
            ticket_id,
            list(by.team_ids),
        )
        if row is None:
            raise NotFound
        if row["assignee_id"] != by.id:
            raise NotYours
        await sql.run(
            """
            INSERT INTO declines (ticket_id, user_id, reason, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (ticket_id, user_id) DO UPDATE SET reason = excluded.reason, at = excluded.at
            """,
            ticket_id,
            by.id,
            reason,
            now,
        )
        await _end([ticket_id], "declined", at=now)
        await sql.run("UPDATE tickets SET assignee_id = NULL WHERE id = $1", ticket_id)
        reasons = [{"code": f"declined_{reason}", "agent": by.id}]
        data = {"from": by.id, "to": None, "reasons": reasons}
        await emit([Event(ticket_id, "assigned", data, by.id)], at=now)
        ask([row["team_id"]], at=now)


async def give_back(*, now: datetime) -> int:
    """Take back what was handed to people who have been away for longer than their team's grace."""
    async with transaction():
        found = await queries.lock_left_behind(now=now, limit=BATCH)
        ids = [row["id"] for row in found]
        await sql.run("UPDATE tickets SET assignee_id = NULL WHERE id = ANY($1::bigint[])", ids)
        await _end(ids, "gave_back", at=now)
        await emit(
            [
                Event(
                    row["id"],
                    "assigned",
                    {
                        "from": row["user_id"],
                        "to": None,
                        "reasons": [{"code": "away_gave_back", "agent": row["user_id"]}],
                    },
                )
                for row in found
            ],
            at=now,
        )
        ask({row["team_id"] for row in found}, at=now)
    return len(ids)


async def sweep(*, now: datetime) -> None:
    """Look again at every team where something waits and somebody is there; raise the alarm for the rest."""
    await give_back(now=now)
    if teams := await queries.teams_with_waiting():
        await hand_out(teams, at=now)
    await alarm(now=now)


async def alarm(*, now: datetime) -> int:
    """Say once of each ticket that nobody could be found for too long."""
    async with transaction():
        found = await queries.lock_unserved(before=now - ALARM_AFTER, limit=BATCH)
        ids = [row["ticket_id"] for row in found]
        await sql.run(
            "UPDATE waiting_tickets SET alarmed_at = $2 WHERE ticket_id = ANY($1::bigint[])",
            ids,
            now,
        )
        await emit(
            [
                Event(row["ticket_id"], "nobody_found", {"reasons": [{"code": row["code"]}]})
                for row in found
            ],
            at=now,
        )
    return len(ids)


async def _touched(events: Sequence[Event], *, at: datetime) -> None:
    by_people = [event for event in events if event.actor_id is not None]
    if not by_people:
        return
    tickets = [event.ticket_id for event in by_people]
    await sql.run(
        """
        UPDATE hand_outs h SET ended_at = $3,
            ended_by = CASE WHEN h.user_id = p.actor_id THEN 'touched' ELSE 'taken_away' END
        FROM unnest($1::bigint[], $2::bigint[], $4::bool[]) AS p(ticket_id, actor_id, moved)
        WHERE h.ticket_id = p.ticket_id AND h.ended_at IS NULL AND (h.user_id = p.actor_id OR p.moved)
        """,
        tickets,
        [event.actor_id for event in by_people],
        at,
        [event.kind in {"assigned", "team_changed"} for event in by_people],
    )
    await sql.run(
        """
        DELETE FROM waiting_tickets w USING tickets t
        WHERE t.id = w.ticket_id AND w.ticket_id = ANY($1::bigint[])
            AND (t.assignee_id IS NOT NULL OR t.status IN ('resolved', 'closed'))
        """,
        tickets,
    )
    await sql.run(
        "UPDATE workloads SET idle_since = $2 WHERE user_id = ANY($1::bigint[])",
        sorted({event.actor_id for event in by_people if event.actor_id is not None}),
        at,
    )


async def _reopened(events: Sequence[Event], *, at: datetime) -> None:
    """Let a ticket that came back count as handed out anew: who is away gives it back after the grace."""
    back = [
        event.ticket_id
        for event in events
        if event.kind == "status_changed" and event.data.get("by") == "message"
    ]
    if back:
        await sql.run(
            """
            INSERT INTO hand_outs (ticket_id, team_id, user_id, at)
            SELECT id, team_id, assignee_id, $2 FROM tickets
            WHERE id = ANY($1::bigint[]) AND assignee_id IS NOT NULL
            ON CONFLICT (ticket_id) WHERE ended_at IS NULL DO NOTHING
            """,
            back,
            at,
        )


async def _end(ticket_ids: Sequence[int], how: str, *, at: datetime) -> None:
    await sql.run(
        """
        UPDATE hand_outs SET ended_at = $2, ended_by = $3
        WHERE ticket_id = ANY($1::bigint[]) AND ended_at IS NULL
        """,
        ticket_ids,
        at,
        how,
    )
