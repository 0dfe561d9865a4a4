"""Which clocks of a ticket react to what happens, in one table.

| what happens            | response clocks                          | resolution                   |
|-------------------------|------------------------------------------|------------------------------|
| opened for a citizen    |                                          | starts                       |
| a citizen's message     | one starts unless one waits already      | starts, on a new ticket      |
| an agent's public reply | those waiting become answered            |                              |
| a reply given before    | those that had begun become answered     |                              |
| a reply is accepted     | those it answered are met as of then     |                              |
| a reply is undone, fails| those it answered run as if never answered|                             |
| no reply is needed      | those waiting are cancelled              |                              |
| status                  | pause or run on, as the target says      | the same                     |
| status resolved, closed | those waiting are cancelled              | is met                       |
| status open again       | those cancelled by it run on             | the same clock runs on       |
| merged into another     | those waiting are cancelled              | is cancelled                 |
| took over another       | runs from the longest wait of both       | from the earliest opening    |
| came back from a merge  | if the citizen still waits, the cancelled runs on as if never merged    |
| a part of it left       | runs from the wait that remains; cancelled if none does; likewise       |
| other targets           | run under the new terms; cancelled if none are left; started if new    |
| the due time passes     | breach, with the due time                | breach, with the due time    |
| automatic mail, a note  |                                          |                              |

Whatever happens after a due time, the breach is recorded first.
"""

from collections.abc import Callable

from sla import merges, steps
from sla.clock import Clock, Kind, State
from sla.ticket import Happening, Outcome, Targets, Ticket, What

ENDED = frozenset({"resolved", "closed"})
BY_END = "ticket_ended"
"""Why a clock was cancelled that runs on when its ticket is opened again."""
_FURTHER_ANSWERS = 4  # of a promise that is met: enough to fall back on, few enough to keep


def react(clocks: tuple[Clock, ...], happening: Happening, targets: Targets) -> Outcome:
    """Let the clocks of one ticket react.

    ``clocks`` are all clocks of the ticket, the ended ones included; nothing else numbers the turns
    or knows what an answer that fails had ended. ``targets`` are those of the ticket's policy; a
    ticket that an agent opened gets no first response by leaving that target out.
    """
    ticket = Ticket(clocks, happening, targets)
    if happening.what in _REACTIONS:
        ticket.record_breaches()
        _REACTIONS[happening.what](ticket)
        ticket.record_breaches()
    return ticket.outcome()


def _opened(ticket: Ticket) -> None:
    if not any(clock.kind is Kind.RESOLUTION for clock in ticket.clocks):
        ticket.start(ticket.targets.get(Kind.RESOLUTION), ticket.happening.at)


def _citizen_wrote(ticket: Ticket) -> None:
    new = not ticket.clocks
    ticket.await_answer(ticket.happening.at, new=new)
    if new:
        ticket.start(ticket.targets.get(Kind.RESOLUTION), ticket.happening.at)


def _replied(ticket: Ticket) -> None:
    at, message = ticket.happening.at, ticket.happening.message
    live = [index for index, clock in ticket.responses() if clock.state is not State.CANCELLED]
    last = max(live, key=ticket.began, default=None)
    for index in live:
        clock = ticket.clocks[index]
        further = index == last and len(clock.answers) < _FURTHER_ANSWERS
        counted = any(answer.message == message for answer in clock.answers)
        begun = clock.started_at <= at or ticket.happening.what is What.PUBLIC_REPLY
        if (further or not clock.finished) and not counted and begun:
            ticket.keep(index, steps.answer(clock, at, message=message, cause=ticket.cause))


def _accepted(ticket: Ticket) -> None:
    message = ticket.happening.message
    for index, clock in list(ticket.responses()):
        if clock.state is not State.CANCELLED:
            known = (one for one in clock.answers if one.message == message)
            if any(one.accepted_at is None for one in known):
                ticket.accept(index, ticket.happening.at, message)


def _unanswered(ticket: Ticket) -> None:
    """Take the reply away, and with it what would not have begun without it."""
    at, message = ticket.happening.at, ticket.happening.message
    lost = []
    for index, clock in list(ticket.responses()):
        known = any(one.message == message for one in clock.answers)
        if known and clock.state is not State.CANCELLED:
            ticket.keep(index, steps.unanswer(clock, at, message=message, cause=ticket.cause))
            lost.append(index)
    for index in sorted(lost, key=ticket.began, reverse=True):
        if ticket.clocks[index].waiting:
            _inherit(ticket, index)
    waiting = [index for index, clock in ticket.responses() if clock.waiting]
    for index in sorted(waiting, key=ticket.began)[1:]:
        ticket.keep(index, steps.cancel(ticket.clocks[index], at, cause="earlier_message_waits"))


def _inherit(ticket: Ticket, heir: int) -> None:
    """Give a clock that waits again the answers that later messages were given."""
    for index, clock in list(ticket.responses()):
        later = index != heir and clock.started_at >= ticket.began(heir)
        for one in clock.answers if later and clock.state is not State.CANCELLED else ():
            known = {answer.message for answer in ticket.clocks[heir].answers}
            if one.message in known or ticket.clocks[heir].finished:
                continue
            if one.accepted_at is None:
                ticket.keep(heir, steps.answer(ticket.clocks[heir], one.at, message=one.message))
            else:
                ticket.accept(heir, one.accepted_at, one.message)


def _needs_no_reply(ticket: Ticket) -> None:
    for index, clock in list(ticket.responses()):
        if not clock.finished and clock.waiting:
            ticket.keep(index, steps.cancel(clock, ticket.happening.at, cause=ticket.cause))


def _status_changed(ticket: Ticket) -> None:
    happening = ticket.happening
    ticket.cause = happening.cause or f"status_{happening.status}"
    if happening.status in ENDED:
        _end(ticket)
        return
    _begin_again(ticket)
    ticket.stand_or_run(happening.status)


def _end(ticket: Ticket) -> None:
    for index, clock in list(ticket.unfinished()):
        if clock.kind is Kind.RESOLUTION:
            ticket.accept(index, ticket.happening.at)
        elif clock.waiting:
            ticket.keep(index, steps.cancel(clock, ticket.happening.at, cause=BY_END))


def _begin_again(ticket: Ticket) -> None:
    """Run on with what the end of the ticket had ended."""
    ended = [
        index
        for index, clock in enumerate(ticket.clocks)
        if clock.kind is Kind.RESOLUTION and clock.state in {State.MET, State.MET_LATE}
    ]
    last = max((index for index, _ in ticket.responses()), key=ticket.began, default=None)
    awaited = any(clock.waiting for _, clock in ticket.responses())
    if last is not None and not awaited and ticket.clocks[last].cancelled_because == BY_END:
        ended.append(last)
    for index in ended:
        clock, grace = ticket.clocks[index], ticket.happening.grace
        ticket.keep(
            index, steps.reopen(clock, ticket.happening.at, grace=grace, cause=ticket.cause)
        )


def _retargeted(ticket: Ticket) -> None:
    happening = ticket.happening
    for index, clock in enumerate(ticket.clocks):
        target = ticket.targets.get(clock.kind)
        if clock.state is State.CANCELLED or (clock.finished and not happening.recount):
            continue
        if target is not None and target != clock.target:
            at, recount = happening.at, happening.recount
            stepped = steps.retarget(clock, target, at, recount=recount, cause=ticket.cause)
            ticket.keep(index, stepped)
        elif target is None and not clock.finished:
            ticket.keep(index, steps.cancel(clock, happening.at, cause=ticket.cause))
    kinds = {clock.kind for clock in ticket.clocks}
    if happening.opened_at is not None and Kind.RESOLUTION not in kinds:
        ticket.start(ticket.targets.get(Kind.RESOLUTION), happening.opened_at)
    if happening.waiting_since is not None:
        ticket.await_answer(happening.waiting_since, new=kinds <= {Kind.RESOLUTION})


def _nothing_more(ticket: Ticket) -> None:
    """Leave it at the breaches recorded by now."""


_REACTIONS: dict[What, Callable[[Ticket], None]] = {
    What.OPENED_FOR_CITIZEN: _opened,
    What.CITIZEN_MESSAGE: _citizen_wrote,
    What.PUBLIC_REPLY: _replied,
    What.PAST_REPLY: _replied,
    What.REPLY_ACCEPTED: _accepted,
    What.REPLY_UNDONE: _unanswered,
    What.REPLY_FAILED: _unanswered,
    What.NO_REPLY_NEEDED: _needs_no_reply,
    What.STATUS: _status_changed,
    What.MERGED_AWAY: merges.merged_away,
    What.TOOK_OVER: merges.took_over,
    What.CAME_BACK: merges.came_back,
    What.PART_LEFT: merges.part_left,
    What.TARGETS: _retargeted,
    What.DUE: _nothing_more,
}
