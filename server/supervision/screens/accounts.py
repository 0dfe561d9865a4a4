"""Account for every promise of a ticket, line by line, from its events."""

from datetime import date, datetime, timedelta
from typing import cast

from agent_ui.models.codes import ClockState, Target
from agent_ui.models.common import Param
from agent_ui.models.watch import AccountLine, AccountsPage, ClockAccount, ClockAccounts
from server.people.queries import Viewer
from server.service_levels import queries
from server.tickets.queries import ticket as tickets
from server.tickets.screens.chrome import chrome
from sla import Line, account, replay


async def accounts_page(ticket_id: int, *, viewer: Viewer, now: datetime) -> AccountsPage:
    """Put the accounts on a page."""
    found = await accounts(ticket_id, viewer=viewer, now=now)
    return AccountsPage(await chrome(viewer, here="all", now=now), found)


async def accounts(ticket_id: int, *, viewer: Viewer, now: datetime) -> ClockAccounts:
    """Build the accounts, the oldest promise first."""
    ticket = await tickets.one(ticket_id, viewer=viewer)
    taken = await queries.transitions(ticket.id)
    made = []
    for (target, turn), transitions in taken.items():
        clock = replay(transitions, queries.known_calendar)
        lines = account(transitions, queries.known_calendar, until=now)
        made.append(
            ClockAccount(
                cast("Target", target),
                turn,
                cast("ClockState", str(clock.state)),
                tuple(_line(line) for line in lines),
            )
        )
    return ClockAccounts(ticket.id, str(ticket.number), tuple(made))


def _line(line: Line) -> AccountLine:
    data = dict(line.data)
    day, until, counted = (data.pop(name, None) for name in ("day", "until", "open"))
    params: dict[str, Param] = {
        name: int(value.total_seconds()) if isinstance(value, timedelta) else cast("Param", value)
        for name, value in data.items()
    }
    return AccountLine(
        line.code,
        line.at,
        params,
        day if isinstance(day, date) else None,
        until if isinstance(until, datetime) else None,
        int(counted.total_seconds()) if isinstance(counted, timedelta) else None,
    )
