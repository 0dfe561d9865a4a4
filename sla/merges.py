"""What merging a ticket into another, undoing that, and splitting one do to the clocks of both.

A merge is a link that can be undone, so undoing one leaves clocks as if it had never been: the
ticket that comes back was waiting all along, only that nobody is late because of the undoing; the
one that loses a part counts from what remains. What was broken meanwhile stays on record.
"""

from collections.abc import Iterable
from datetime import datetime

from sla import steps
from sla.clock import Clock, Kind, Step, Transition
from sla.ticket import Ticket, What

MERGED = "merged_away"
SPLIT = "message_split"
_OF_OTHERS = frozenset({What.TOOK_OVER, What.CAME_BACK, What.PART_LEFT, SPLIT})


def own_opening(transitions: Iterable[Transition]) -> datetime | None:
    """Give when a ticket's resolution began of itself, not through what the ticket took over."""
    began = (
        one.at
        for one in transitions
        if one.kind is Kind.RESOLUTION
        and one.step in {Step.STARTED, Step.ANTEDATED}
        and one.cause not in _OF_OTHERS
    )
    return min(began, default=None)


def merged_away(ticket: Ticket) -> None:
    """Promise nothing here any more; an answer on its way is left alone, as at the end of a ticket."""
    for index, clock in list(ticket.unfinished()):
        if clock.kind is Kind.RESOLUTION or clock.waiting:
            ticket.keep(index, steps.cancel(clock, ticket.happening.at, cause=MERGED))


def took_over(ticket: Ticket) -> None:
    """Count from the longest wait of both."""
    happening = ticket.happening
    if happening.waiting_since is not None:
        ticket.await_answer(happening.waiting_since, new=False)
    for index, clock in list(ticket.unfinished()):
        opened_at = happening.opened_at or clock.started_at
        if clock.kind is Kind.RESOLUTION and opened_at < clock.started_at:
            ticket.keep(index, steps.antedate(clock, opened_at, cause=ticket.cause))


def came_back(ticket: Ticket) -> None:
    """Let run on what the merge had cancelled, and the wait only if the citizen still waits."""
    happening = ticket.happening
    merged = [index for index, one in enumerate(ticket.clocks) if one.cancelled_because == MERGED]
    back = [index for index in merged if ticket.clocks[index].kind is Kind.RESOLUTION]
    waits = [index for index in merged if index not in back]
    awaited = any(clock.waiting for _, clock in ticket.responses())
    if waits and happening.waiting_since is not None and not awaited:
        back.append(max(waits, key=ticket.began))
    for index in back:
        clock, grace = ticket.clocks[index], happening.grace
        ticket.keep(index, steps.restore(clock, happening.at, grace=grace, cause=ticket.cause))
    _count_what_remains(ticket)
    if happening.status:
        ticket.stand_or_run(happening.status)


def part_left(ticket: Ticket) -> None:
    """Count from what remains: a ticket that was taken over went its own way, or a message did."""
    _count_what_remains(ticket)


def _count_what_remains(ticket: Ticket) -> None:
    happening = ticket.happening
    for index, clock in list(ticket.unfinished()):
        if clock.kind is Kind.RESOLUTION:
            _count_from(ticket, index, happening.opened_at or clock.started_at)
        elif clock.waiting and happening.waiting_since is None:
            ticket.keep(index, steps.cancel(clock, happening.at, cause=ticket.cause))
        elif clock.waiting and happening.waiting_since is not None:
            _count_from(ticket, index, happening.waiting_since)


def _count_from(ticket: Ticket, index: int, since: datetime) -> None:
    clock = ticket.clocks[index]
    if since <= clock.started_at:
        return
    if clock.breached_at is None:
        ticket.keep(index, steps.postdate(clock, since, cause=ticket.cause))
    else:
        ticket.keep(index, steps.cancel(clock, ticket.happening.at, cause=ticket.cause))
        _start_like(ticket, clock, since)


def _start_like(ticket: Ticket, broken: Clock, since: datetime) -> None:
    """Begin a clock under the same terms, standing still where the broken one did."""
    index, cause = ticket.start(broken.target, since), ticket.cause
    ends = [run.end for run in broken.runs]
    starts = [run.start for run in broken.runs[1:]]
    for stop, go in zip(ends, (*starts, broken.running_since), strict=True) if ends else ():
        if go is not None and go <= max(stop, since):
            continue
        ticket.keep(index, steps.pause(ticket.clocks[index], stop, cause=cause))
        if go is not None:
            ticket.keep(index, steps.resume(ticket.clocks[index], go, cause=cause))
