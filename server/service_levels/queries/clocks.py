"""Read clocks and their transitions, and lock the tickets whose time has come."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from server.db import sql
from server.service_levels.queries.calendars import know_calendars, known_calendar
from sla.clock import Clock, Transition
from sla.record import clock_of, transition_of

ACTIVE = "('new', 'open', 'pending', 'on_hold')"

Taken = Mapping[str, datetime]
"""The steps that a clock has taken, by the name of their moment, and when that moment was."""


async def clocks(ticket_ids: Sequence[int]) -> dict[int, tuple[Clock, ...]]:
    """Return all clocks of each ticket, oldest first."""
    return (await standing(ticket_ids))[0]


async def standing(
    ticket_ids: Sequence[int],
) -> tuple[dict[int, tuple[Clock, ...]], dict[tuple[int, str, int], Taken]]:
    """Return all clocks of each ticket, oldest first, and the steps taken by those that have taken any."""
    found = await sql.rows(
        """
        SELECT ticket_id, target, turn, nullif(taken, '{}') AS taken, data FROM clocks
        WHERE ticket_id = ANY($1::bigint[]) ORDER BY id
        """,
        list(ticket_ids),
    )
    read = [(row["ticket_id"], sql.load(row["data"])) for row in found]
    await know_calendars([data["calendar"] for _, data in read])
    made: dict[int, tuple[Clock, ...]] = {}
    for ticket_id, data in read:
        made[ticket_id] = (*made.get(ticket_id, ()), calendar_clock(data))
    taken = {
        (row["ticket_id"], row["target"], row["turn"]): read_taken(row["taken"])
        for row in found
        if row["taken"] is not None
    }
    return made, taken


def read_taken(text: str) -> Taken:
    """Read the steps that a clock has taken."""
    return {key: datetime.fromisoformat(at) for key, at in sql.load(text).items()}


def calendar_clock(data: Mapping[str, Any]) -> Clock:
    """Read a clock whose calendar is known."""
    return clock_of(data, known_calendar)


async def of_ticket(ticket_id: int) -> tuple[Clock, ...]:
    """Return a ticket's clocks, oldest first."""
    return (await clocks([ticket_id])).get(ticket_id, ())


async def transitions(ticket_id: int) -> dict[tuple[str, int], tuple[Transition, ...]]:
    """Return the steps that each clock of a ticket has taken, in the order in which they were recorded."""
    return (await transitions_of([ticket_id])).get(ticket_id, {})


async def transitions_of(
    ticket_ids: Sequence[int],
) -> dict[int, dict[tuple[str, int], tuple[Transition, ...]]]:
    """Return the same for many tickets, and get to know every calendar they name."""
    found = await sql.rows(
        """
        SELECT ticket_id, data FROM events
        WHERE ticket_id = ANY($1::bigint[]) AND kind LIKE 'clock\\_%' AND data ? 'step'
        ORDER BY ticket_id, seq
        """,
        list(ticket_ids),
    )
    made: dict[int, dict[tuple[str, int], tuple[Transition, ...]]] = {}
    calendars = set()
    for row in found:
        one = transition_of(sql.load(row["data"]))
        calendars.add(one.calendar_version)
        of_one = made.setdefault(row["ticket_id"], {})
        key = (str(one.kind), one.turn)
        of_one[key] = (*of_one.get(key, ()), one)
    await know_calendars(version for version in calendars if version is not None)
    return made


def transition(text: str) -> Transition:
    """Read a transition from the data of its event."""
    return transition_of(sql.load(text))


async def lock(ticket_ids: Collection[int]) -> tuple[int, ...]:
    """Lock these tickets in the order of their ids."""
    found = await sql.rows(
        "SELECT id FROM tickets WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE",
        sorted(ticket_ids),
    )
    return tuple(row["id"] for row in found)


async def lock_due(*, now: datetime, limit: int = 200) -> tuple[int, ...]:
    """Lock the tickets whose clocks have fallen due, the longest due first; pass over those in other hands."""
    found = await sql.rows(
        """
        SELECT t.id FROM clocks c JOIN tickets t ON t.id = c.ticket_id
        WHERE c.state = 'running' AND c.due_at < $1 ORDER BY c.due_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED
        """,
        now,
        limit,
    )
    return tuple(sorted({row["id"] for row in found}))


async def lock_warned(*, now: datetime, limit: int = 200) -> tuple[int, ...]:
    """Lock the tickets of which somebody must be told; the longest waiting first, passing over others' hands."""
    found = await sql.rows(
        """
        SELECT t.id FROM clocks c JOIN tickets t ON t.id = c.ticket_id
        WHERE c.warn_at <= $1 ORDER BY c.warn_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED
        """,
        now,
        limit,
    )
    return tuple(sorted({row["id"] for row in found}))
