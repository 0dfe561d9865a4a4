"""Take the steps of policies when their time has come: one event a step, and a notice for whom it concerns."""

from dataclasses import dataclass
from datetime import datetime

from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.work import transaction
from server.service_levels import queries
from server.service_levels.actions.clocks import WHOLE, next_step
from server.service_levels.actions.notices import Telling, tell
from server.service_levels.queries import Step
from sla.clock import Clock


@dataclass(frozen=True, slots=True)
class _Taken:
    """One step of one clock."""

    ticket_id: int
    clock: Clock
    step: Step
    at: datetime


async def take_steps(*, now: datetime) -> int:
    """Take what has come due; return how many clocks were looked at. Each step carries its true time."""
    async with transaction():
        locked = await queries.lock_warned(now=now)
        if not locked:
            return 0
        found = await sql.rows(
            """
            SELECT id, ticket_id, warned, data FROM clocks
            WHERE ticket_id = ANY($1::bigint[]) AND warn_at <= $2 ORDER BY ticket_id, id FOR UPDATE
            """,
            list(locked),
            now,
        )
        read = [
            (row["id"], row["ticket_id"], row["warned"], sql.load(row["data"])) for row in found
        ]
        await queries.know_calendars([data["calendar"] for *_, data in read])
        steps = await queries.steps([data["policy"] for *_, data in read])
        taken: list[_Taken] = []
        later: list[tuple[int, int, datetime | None]] = []
        for clock_id, ticket_id, warned, data in read:
            clock, above = queries.calendar_clock(data), warned
            coming = next_step(clock, steps[data["policy"]], above=above)
            while coming and coming[1] <= now:
                taken.append(_Taken(ticket_id, clock, *coming))
                above = coming[0].percent
                coming = next_step(clock, steps[data["policy"]], above=above)
            later.append((clock_id, above, coming[1] if coming else None))
        await sql.run(
            """
            UPDATE clocks c SET warned = n.warned, warn_at = n.warn_at
            FROM unnest($1::bigint[], $2::smallint[], $3::timestamptz[]) AS n(id, warned, warn_at)
            WHERE c.id = n.id
            """,
            *sql.columns(later, 3),
        )
        told = await tell([_telling(one) for one in taken], now=now)
        await emit([_event(one, told[n]) for n, one in enumerate(taken)], at=now)
        return len(read)


def _telling(one: _Taken) -> Telling:
    return Telling(
        one.ticket_id,
        str(one.clock.kind),
        one.clock.turn,
        one.step.percent,
        one.at,
        one.clock.due_at,
        one.step.to,
        one.step.user_id,
    )


def _event(one: _Taken, told: tuple[int, ...]) -> Event:
    kind = "clock_warned" if one.step.percent < WHOLE else "clock_escalated"
    data = {
        "clock": str(one.clock.kind),
        "turn": one.clock.turn,
        "percent": one.step.percent,
        "at": one.at.isoformat(),
        "due_at": one.clock.due_at.isoformat() if one.clock.due_at else None,
        "to": one.step.to,
        "told": list(told),
    }
    return Event(one.ticket_id, kind, data)
