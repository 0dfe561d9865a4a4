"""What a policy's steps do to tickets: raise their priority, give them to others, tag them.

The promise stays as it was given: clocks do not look for another policy because of what a policy did.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.live.actions import announce
from server.service_levels.queries import ACTIVE, Step
from server.tickets.actions.tags import tag_ids
from sla import Clock

PRIORITIES = ("low", "normal", "high", "urgent")
BY = "policy"


@dataclass(frozen=True, slots=True, eq=False)
class Taking:
    """One step of one clock that is being taken; ``at`` is its true time."""

    ticket_id: int
    clock: Clock
    step: Step
    at: datetime

    @property
    def clock_key(self) -> tuple[int, str, int]:
        """Name the clock as its row is named."""
        return self.ticket_id, str(self.clock.kind), self.clock.turn


@dataclass(frozen=True, slots=True)
class _Ticket:
    id: int
    priority: str
    team_id: int
    assignee_id: int | None
    tags: tuple[str, ...]


async def take_measures(takings: Sequence[Taking], *, now: datetime) -> None:
    """Do what steps ask for to locked tickets that are still open, in the order of the steps."""
    asked = [one for one in takings if one.step.raise_to or one.step.give_to or one.step.tag]
    if not asked:
        return
    before = await _tickets(sorted({one.ticket_id for one in asked}))
    tags = await tag_ids({one.step.tag for one in asked if one.step.tag})
    members = await _members(asked)
    teams = await _teams(asked)
    after = dict(before)
    events: list[Event] = []
    for one in asked:
        if one.ticket_id in after:
            changed, said = _measured(
                after[one.ticket_id], one, tags=tags, members=members, teams=teams
            )
            after[one.ticket_id] = changed
            events += said
    await _write([one for one in after.values() if one != before[one.id]])
    # The team that loses a ticket must see it go; the event itself is told to the new one.
    announce(
        [(one.id, one.team_id) for one in before.values() if one.team_id != after[one.id].team_id]
    )
    await emit(events, at=now)


def _measured(
    ticket: _Ticket,
    one: Taking,
    *,
    tags: dict[str, int],
    members: set[tuple[int | None, int]],
    teams: set[int],
) -> tuple[_Ticket, list[Event]]:
    """Return the ticket as one step leaves it, and what is to be said of it."""
    step, events = one.step, []
    clock = {"by": BY, "policy": one.clock.target.policy_version, "clock": str(one.clock.kind)}
    raised = _raised(ticket.priority, step.raise_to)
    if raised != ticket.priority:
        data = {"from": ticket.priority, "to": raised, **clock}
        events.append(Event(ticket.id, "priority_changed", data))
        ticket = replace(ticket, priority=raised)
    if step.give_to == "team" and step.give_id in teams - {ticket.team_id}:
        data = {"from": ticket.team_id, "to": step.give_id, **clock}
        events.append(Event(ticket.id, "team_changed", data))
        ticket = replace(ticket, team_id=step.give_id, assignee_id=None)
    elif step.give_to in {"queue", "user"}:
        to = step.give_id if step.give_to == "user" else None
        # Somebody who has left the team since cannot be given its tickets; whoever has it keeps it.
        possible = step.give_to == "queue" or (to, ticket.team_id) in members
        if possible and to != ticket.assignee_id:
            data = {"from": ticket.assignee_id, "to": to, **clock}
            events.append(Event(ticket.id, "assigned", data))
            ticket = replace(ticket, assignee_id=to)
    if step.tag and step.tag not in ticket.tags:
        data = {"tag": tags[step.tag], **clock}
        events.append(Event(ticket.id, "tagged", data))
        ticket = replace(ticket, tags=(*ticket.tags, step.tag))
    return ticket, events


def _raised(priority: str, to: str) -> str:
    """Return the priority after a step; it is never lowered by one."""
    place = PRIORITIES.index(priority)
    if to == "next":
        return PRIORITIES[min(place + 1, len(PRIORITIES) - 1)]
    return PRIORITIES[max(place, PRIORITIES.index(to))] if to else priority


async def _tickets(ticket_ids: Sequence[int]) -> dict[int, _Ticket]:
    found = await sql.rows(
        f"""
        SELECT id, priority, team_id, assignee_id, tags FROM tickets
        WHERE id = ANY($1::bigint[]) AND status IN {ACTIVE} ORDER BY id
        """,
        list(ticket_ids),
    )
    return {row["id"]: _Ticket(**{**row, "tags": tuple(row["tags"])}) for row in found}


async def _members(takings: Sequence[Taking]) -> set[tuple[int | None, int]]:
    """Return who may be given which team's tickets, of those whom steps name."""
    people = sorted(
        {one.step.give_id for one in takings if one.step.give_to == "user" and one.step.give_id}
    )
    if not people:
        return set()
    found = await sql.rows(
        """
        SELECT u.id, t.id AS team_id FROM users u CROSS JOIN teams t
        WHERE u.id = ANY($1::bigint[]) AND u.active AND (u.administrator OR EXISTS (
            SELECT FROM memberships m WHERE m.user_id = u.id AND m.team_id = t.id))
        """,
        people,
    )
    return {(row["id"], row["team_id"]) for row in found}


async def _teams(takings: Sequence[Taking]) -> set[int]:
    """Return the teams that steps name and that are still there."""
    named = {one.step.give_id for one in takings if one.step.give_to == "team"}
    found = await sql.rows(
        "SELECT id FROM teams WHERE id = ANY($1::bigint[])",
        sorted(one for one in named if one is not None),
    )
    return {row["id"] for row in found}


async def _write(tickets: Sequence[_Ticket]) -> None:
    changed = [(one.id, one.priority, one.team_id, one.assignee_id) for one in tickets]
    await sql.run(
        """
        UPDATE tickets t SET priority = n.priority, team_id = n.team_id, assignee_id = n.assignee_id
        FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[])
            AS n(id, priority, team_id, assignee_id)
        WHERE t.id = n.id
        """,
        *sql.columns(changed, 4),
    )
    await sql.run(
        """
        UPDATE tickets t SET tags = n.tags FROM (
            SELECT id, array_agg(tag) AS tags FROM unnest($1::bigint[], $2::text[]) AS n(id, tag) GROUP BY id
        ) AS n WHERE t.id = n.id
        """,
        *sql.columns([(one.id, tag) for one in tickets for tag in one.tags], 2),
    )
