"""Follow what agents do and where they are: what frees them, what they touched, what they hand back."""

from collections.abc import Sequence
from datetime import datetime

from asyncpg import Record

from server.assignment import queries
from server.assignment.actions.hand_out import ask
from server.assignment.actions.record import attend, hold
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.errors import Conflict, Invalid
from server.kit.work import transaction
from server.people.queries import Viewer
from server.people.reactions import Leaving, PresenceChange
from server.tickets.actions.common import lock

REACTS_TO = frozenset(
    {
        "reply_written", "note_written", "status_changed", "assigned", "topic_changed", "priority_changed",
        "team_changed", "message_received", "ticket_created", "ticket_merged", "merge_undone",
        "ticket_took_over", "ticket_gave_back", "message_split",
    }
)  # fmt: skip
MOVES = frozenset({"assigned", "team_changed"})
WORDS = 500
DECLINES = ("not_my_topic", "not_my_language", "knows_the_person", "too_much", "other")
BATCH = 200


class NotYours(Conflict):
    """Only who has a ticket can hand it back."""

    code = "not_yours"


async def follow(events: Sequence[Event], at: datetime) -> None:
    """React to work on tickets: what a person did is theirs from then on, and who has room gets more."""
    await _touched(events, at=at)
    await _merged(events, at=at)
    await _reopened(events, at=at)
    await hold(events, at=at)
    fresh = {event.ticket_id for event in events if event.kind == "ticket_created"}
    moved = {event.ticket_id for event in events if event.kind in {"message_received", *MOVES}}
    left = {
        event.data["from"] for event in events if event.kind == "assigned" and event.data["from"]
    }
    teams = await queries.teams_to_look_at(
        agents=left,
        worked_on={event.ticket_id for event in events if event.actor_id is not None},
        spoken_on=moved - fresh - _given(events),
    )
    former = {event.data["from"] for event in events if event.kind == "team_changed"}
    ask(teams | former, at=at)


async def welcome(changes: Sequence[PresenceChange], at: datetime) -> None:
    """React to people coming and going: give out what waits in the teams of those who come."""
    await attend({change.user_id: at for change in changes})
    online = [change.user_id for change in changes if change.state == "online"]
    if online:
        ask(await queries.teams_to_look_at(agents=online), at=at)


async def part(leavings: Sequence[Leaving], at: datetime) -> None:
    """React to people who no longer work here, or not in this team: whatever they had looks for somebody else."""
    async with transaction():
        found = await queries.lock_parted(leavings)
        await _take_back(found, "left_gave_back", at=at)
        await attend({leaving.user_id: at for leaving in leavings})


async def decline(
    ticket_id: int, *, reason: str, words: str = "", by: Viewer, now: datetime
) -> None:
    """Hand a ticket back with a reason; it looks for somebody else at once. ``words`` can be erased."""
    if reason not in DECLINES:
        raise Invalid("not_possible", field="reason")
    if len(words := words.strip()) > WORDS:
        raise Invalid("text_too_long", field="words")
    async with transaction():
        ticket = await lock(ticket_id, by)
        if ticket.assignee_id != by.id:
            raise NotYours
        await sql.run(
            """
            INSERT INTO declines (ticket_id, user_id, reason, at, words) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (ticket_id, user_id) DO UPDATE
                SET reason = excluded.reason, at = excluded.at, words = excluded.words
            """,
            ticket_id,
            by.id,
            reason,
            now,
            words or None,
        )
        await _end([ticket_id], "declined", at=now)
        await sql.run("UPDATE tickets SET assignee_id = NULL WHERE id = $1", ticket_id)
        reasons = [{"code": f"declined_{reason}", "agent": by.id}]
        data = {"from": by.id, "to": None, "reasons": reasons}
        await emit([Event(ticket_id, "assigned", data, by.id)], at=now)
        ask([ticket.team_id], at=now)


async def give_back(*, now: datetime) -> int:
    """Take back what was handed to people who have been away for longer than their team's grace."""
    async with transaction():
        found = await queries.lock_left_behind(now=now, limit=BATCH)
        await _take_back(found, "away_gave_back", at=now)
    return len(found)


async def _take_back(found: Sequence[Record], code: str, *, at: datetime) -> None:
    ids = [row["id"] for row in found]
    await sql.run("UPDATE tickets SET assignee_id = NULL WHERE id = ANY($1::bigint[])", ids)
    await _end(ids, "gave_back", at=at)
    events = []
    for row in found:
        reasons = [{"code": code, "agent": row["user_id"]}]
        data = {"from": row["user_id"], "to": None, "reasons": reasons}
        events.append(Event(row["id"], "assigned", data))
    await emit(events, at=at)
    ask({row["team_id"] for row in found}, at=at)


def _given(events: Sequence[Event]) -> set[int]:
    """Return the tickets that somebody has now: nobody need look for anybody."""
    return {e.ticket_id for e in events if e.kind == "assigned" and e.data["to"] is not None}


async def _touched(events: Sequence[Event], *, at: datetime) -> None:
    # Whoever is given a ticket by rule or escalation has not touched it; whoever had it no longer has.
    taken = [event for event in events if event.actor_id is not None or event.kind in MOVES]
    if not taken:
        return
    by_people = [event for event in taken if event.actor_id is not None]
    tickets = [event.ticket_id for event in taken]
    await sql.run(
        """
        UPDATE hand_outs h SET ended_at = $3,
            ended_by = CASE WHEN h.user_id = p.actor_id THEN 'touched' ELSE 'taken_away' END
        FROM unnest($1::bigint[], $2::bigint[], $4::bool[], $5::bigint[]) AS p(ticket_id, actor_id, moved, to_id)
        WHERE h.ticket_id = p.ticket_id AND h.ended_at IS NULL
            AND (h.user_id = p.actor_id OR p.moved AND h.user_id IS DISTINCT FROM p.to_id)
        """,
        tickets,
        [event.actor_id for event in taken],
        at,
        [event.kind in MOVES for event in taken],
        [event.data["to"] if event.kind == "assigned" else None for event in taken],
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
        if event.kind == "merge_undone"
        or (event.kind == "status_changed" and event.data.get("by") in {"message", "merge"})
    ]
    if back:
        await sql.run(
            """
            INSERT INTO hand_outs (ticket_id, team_id, user_id, at, came_back)
            SELECT id, team_id, assignee_id, $2, true FROM tickets
            WHERE id = ANY($1::bigint[]) AND assignee_id IS NOT NULL AND status NOT IN ('resolved', 'closed')
            ON CONFLICT (ticket_id) WHERE ended_at IS NULL DO NOTHING
            """,
            back,
            at,
        )


async def _merged(events: Sequence[Event], *, at: datetime) -> None:
    """Let nobody have been handed what was merged away; what comes back goes to who had it, if still in the team."""
    await _end([e.ticket_id for e in events if e.kind == "ticket_merged"], "taken_away", at=at)
    back = [event.ticket_id for event in events if event.kind == "merge_undone"]
    if back:
        await _take_back(await queries.parted(back), "left_gave_back", at=at)


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
