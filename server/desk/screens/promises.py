"""How the promises of a ticket stand."""

from datetime import datetime
from typing import cast

from agent_ui.models import Clock, Reason
from agent_ui.models.codes import ClockState, Target
from server.service_levels.queries import of_ticket
from server.tickets.queries.ticket import Ticket
from sla.clock import Clock as Running
from sla.clock import State, used_at

BECAUSE = {"pending": "status_pending", "on_hold": "status_on_hold"}


async def promises(ticket: Ticket, *, now: datetime) -> tuple[Clock, ...]:
    """Return the newest clock of each target; one that was never needed is left out."""
    newest = {clock.kind: clock for clock in await of_ticket(ticket.id)}
    return tuple(
        _clock(clock, ticket, now=now)
        for clock in newest.values()
        if clock.state is not State.CANCELLED
    )


def _clock(clock: Running, ticket: Ticket, *, now: datetime) -> Clock:
    because = BECAUSE.get(ticket.status) if clock.state is State.PAUSED else None
    return Clock(
        target=cast("Target", str(clock.kind)),
        state=cast("ClockState", str(clock.state)),
        due_at=clock.due_at,
        started_at=clock.started_at,
        met_at=clock.met_at or clock.answered_at,
        allowed=int(clock.allowed.total_seconds()),
        used=int(used_at(clock, now).total_seconds()),
        paused_because=Reason(because) if because else None,
    )
