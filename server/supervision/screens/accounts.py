"""Account for every promise of a ticket, line by line, from its events."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import cast

from agent_ui.models import Reason
from agent_ui.models.codes import ClockState, Target
from agent_ui.models.common import Param, TicketMark
from agent_ui.models.watch import AccountLine, AccountsPage, ClockAccount, ClockAccounts
from server.people.queries import Viewer
from server.service_levels import queries
from server.supervision.queries.accounts import Named, named
from server.tickets.queries import family
from server.tickets.queries import ticket as tickets
from server.tickets.screens.chrome import chrome
from sla import Line, Step, Transition, account, replay

AWAITED = frozenset({"running", "breached", "paused"})


async def accounts_page(
    ticket_id: int,
    *,
    viewer: Viewer,
    now: datetime,
    reason: str = "",
    error: Reason | None = None,
) -> AccountsPage:
    """Put the accounts on a page; ``reason`` is what was written why no answer is needed, ``error`` what is wrong."""
    found = await accounts(ticket_id, viewer=viewer, now=now)
    if error is not None:
        found = replace(found, awaited=True, reason=reason, error=error)
    return AccountsPage(await chrome(viewer, here="all", now=now), found)


async def accounts(ticket_id: int, *, viewer: Viewer, now: datetime) -> ClockAccounts:
    """Build the accounts, the oldest promise first."""
    ticket = await tickets.one(ticket_id, viewer=viewer)
    taken = await queries.transitions(ticket.id)
    every = [one for transitions in taken.values() for one in transitions]
    names = await named(
        policies={one.policy_version for one in every if one.policy_version is not None},
        calendars={one.calendar_version for one in every if one.calendar_version is not None},
    )
    made = []
    for (target, turn), transitions in taken.items():
        clock = replay(transitions, queries.known_calendar)
        lines = account(transitions, queries.known_calendar, until=now)
        counted_by = _calendars(transitions)
        made.append(
            ClockAccount(
                cast("Target", target),
                turn,
                cast("ClockState", str(clock.state)),
                tuple(_line(line, counted_by, names) for line in lines),
            )
        )
    awaited = any(one.target != "resolution" and one.state in AWAITED for one in made)
    return ClockAccounts(
        ticket.id,
        str(ticket.number),
        tuple(made),
        awaited,
        form_key=secrets.token_hex(8),
        seen_seq=ticket.last_seq,
    )


async def goes_on(ticket_id: int, *, viewer: Viewer) -> Reason:
    """Say where the conversation of a ticket goes on that was merged meanwhile."""
    into = await family.merged_into(ticket_id, viewer=viewer)
    if into is None:  # and parted again since
        return Reason("newer_things")
    mark = TicketMark(into.id if into.seen else 0, str(into.number))
    return Reason("merged_meanwhile", {"ticket": mark})


def _calendars(transitions: Sequence[Transition]) -> list[tuple[datetime, int]]:
    """Return the versions of calendars by which a clock was counted, each with its beginning, newest first."""
    found: list[tuple[datetime, int]] = []
    for one in transitions:
        if one.calendar_version is None:
            continue
        if one.step is Step.RECOUNTED:
            found.clear()
        found.insert(0, (one.at, one.calendar_version))
    return found


def _line(line: Line, counted_by: Sequence[tuple[datetime, int]], names: Named) -> AccountLine:
    data = dict(line.data)
    day, until, counted = (data.pop(name, None) for name in ("day", "until", "open"))
    params: dict[str, Param] = {
        name: int(value.total_seconds()) if isinstance(value, timedelta) else cast("Param", value)
        for name, value in data.items()
    }
    policy, calendar = data.get("policy_version"), data.get("calendar_version")
    if isinstance(policy, int) and isinstance(calendar, int):
        params |= {
            "policy": names.policies.get(policy, ""),
            "calendar": names.calendars.get(calendar, ""),
        }
    occasion = ""
    if isinstance(day, date) and counted_by:
        # What was counted before the first of them was counted by it as well: somebody had waited longer.
        by = next((version for at, version in counted_by if at <= line.at), counted_by[-1][1])
        occasion = names.occasions.get(by, {}).get(day, "")
    return AccountLine(
        line.code,
        line.at,
        params,
        day if isinstance(day, date) else None,
        until if isinstance(until, datetime) else None,
        int(counted.total_seconds()) if isinstance(counted, timedelta) else None,
        occasion,
    )
