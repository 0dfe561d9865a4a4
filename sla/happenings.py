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
| merged into another     | those not over are cancelled             | is cancelled                 |
| took over another       | runs from the longest wait of both       |                              |
| other targets           | run under the new terms; cancelled if none are left; started if new    |
| the due time passes     | breach, with the due time                | breach, with the due time    |
| automatic mail, a note  |                                          |                              |

Whatever happens after a due time, the breach is recorded first.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla import steps
from sla.clock import Clock, Kind, State, Target, Transition
from sla.steps import Stepped
from sla.zones import in_utc

Targets = Mapping[Kind, Target]

ENDED = frozenset({"resolved", "closed"})
_ENDED = "ticket_ended"
_FURTHER_ANSWERS = 4  # of a promise that is met: enough to fall back on, few enough to keep


class What(StrEnum):
    OPENED_FOR_CITIZEN = "opened_for_citizen"
    CITIZEN_MESSAGE = "citizen_message"
    PUBLIC_REPLY = "public_reply"
    PAST_REPLY = "past_reply"
    REPLY_ACCEPTED = "reply_accepted"
    REPLY_UNDONE = "reply_undone"
    REPLY_FAILED = "reply_failed"
    NO_REPLY_NEEDED = "no_reply_needed"
    STATUS = "status"
    MERGED_AWAY = "merged_away"
    TOOK_OVER = "took_over"
    TARGETS = "targets"
    DUE = "due"
    AUTOMATIC_MESSAGE = "automatic_message"
    INTERNAL_NOTE = "internal_note"


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to a ticket. ``cause`` says more than ``what`` where that is known."""

    what: What
    at: datetime
    message: int | None = None
    status: str = ""
    cause: str = ""
    grace: timedelta = timedelta(0)
    waiting_since: datetime | None = None
    opened_at: datetime | None = None
    recount: bool = False

    def __post_init__(self) -> None:
        for name in ("at", "waiting_since", "opened_at"):
            instant = getattr(self, name)
            if instant is not None:
                object.__setattr__(self, name, in_utc(instant))


@dataclass(frozen=True, slots=True)
class Outcome:
    """All clocks of the ticket, those of them that are new or changed, and the steps taken."""

    clocks: tuple[Clock, ...]
    changed: tuple[Clock, ...]
    transitions: tuple[Transition, ...]

    @property
    def next_due_at(self) -> datetime | None:
        """Give the nearest due time of what runs."""
        running = {State.RUNNING, State.BREACHED}
        due = (clock.due_at for clock in self.clocks if clock.state in running)
        return min((at for at in due if at is not None), default=None)


def react(clocks: tuple[Clock, ...], happening: Happening, targets: Targets) -> Outcome:
    """Let the clocks of one ticket react.

    ``clocks`` are all clocks of the ticket, the ended ones included; nothing else numbers the turns
    or knows what an answer that fails had ended. ``targets`` are those of the ticket's policy; a
    ticket that an agent opened gets no first response by leaving that target out.
    """
    ticket = _Ticket(clocks, happening, targets)
    if happening.what in _REACTIONS:
        ticket.record_breaches()
        _REACTIONS[happening.what](ticket)
        ticket.record_breaches()
    return ticket.outcome()


class _Ticket:
    """The clocks while they react."""

    def __init__(self, clocks: tuple[Clock, ...], happening: Happening, targets: Targets) -> None:
        self.before, self.clocks = clocks, list(clocks)
        self.happening, self.targets = happening, targets
        self.cause = happening.cause or str(happening.what)
        self.transitions: list[Transition] = []

    def keep(self, index: int, stepped: Stepped) -> None:
        self.clocks[index] = stepped[0]
        self.transitions.append(stepped[1])

    def start(self, kind: Kind, at: datetime) -> None:
        target = self.targets.get(kind)
        if target is None:
            return
        turn = 1 + max((one.turn for one in self.clocks if one.kind is kind), default=0)
        message = self.happening.message
        begun, step = steps.start(target, at, turn=turn, cause=self.cause, message=message)
        self.clocks.append(begun)
        self.transitions.append(step)

    def responses(self) -> Iterator[tuple[int, Clock]]:
        for index, clock in enumerate(self.clocks):
            if clock.kind is not Kind.RESOLUTION:
                yield index, clock

    def began(self, index: int) -> datetime:
        return self.clocks[index].started_at

    def unfinished(self) -> Iterator[tuple[int, Clock]]:
        for index, clock in enumerate(self.clocks):
            if not clock.finished:
                yield index, clock

    def record_breaches(self) -> None:
        """Record what fell due before this, whether or not the breach loop has come by."""
        at = self.happening.at
        for index, clock in enumerate(self.clocks):
            passed = clock.due_at is not None and clock.due_at < at
            late = clock.state is State.MET_LATE or (passed and clock.state is State.RUNNING)
            if late and clock.breached_at is None:
                self.keep(index, steps.breach(clock))

    def accept(self, index: int, at: datetime, message: int | None = None) -> None:
        """Meet the promise; where that is late, the breach is recorded first."""
        clock = self.clocks[index]
        passed = clock.due_at is not None and clock.due_at < at
        if passed and clock.breached_at is None and not clock.finished:
            self.keep(index, steps.breach(clock))
        met = steps.accept(self.clocks[index], at, message=message, cause=self.cause)
        self.keep(index, met)

    def outcome(self) -> Outcome:
        if not self.transitions:
            return Outcome(self.before, (), ())
        known = {id(clock) for clock in self.before}
        changed = tuple(clock for clock in self.clocks if id(clock) not in known)
        return Outcome(tuple(self.clocks), changed, tuple(self.transitions))


def _opened(ticket: _Ticket) -> None:
    if not any(clock.kind is Kind.RESOLUTION for clock in ticket.clocks):
        ticket.start(Kind.RESOLUTION, ticket.happening.at)


def _citizen_wrote(ticket: _Ticket) -> None:
    new = not ticket.clocks
    _await_answer(ticket, ticket.happening.at, new=new)
    if new:
        ticket.start(Kind.RESOLUTION, ticket.happening.at)


def _await_answer(ticket: _Ticket, since: datetime, *, new: bool) -> None:
    """Count from the oldest unanswered message: a later one starts nothing, an earlier one does."""
    for index, clock in ticket.responses():
        if clock.waiting:
            if since < clock.started_at:
                message = ticket.happening.message
                ticket.keep(
                    index, steps.antedate(clock, since, cause=ticket.cause, message=message)
                )
            return
    first = new and Kind.FIRST_RESPONSE in ticket.targets
    ticket.start(Kind.FIRST_RESPONSE if first else Kind.NEXT_RESPONSE, since)


def _replied(ticket: _Ticket) -> None:
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


def _accepted(ticket: _Ticket) -> None:
    message = ticket.happening.message
    for index, clock in list(ticket.responses()):
        if clock.state is not State.CANCELLED:
            known = (one for one in clock.answers if one.message == message)
            if any(one.accepted_at is None for one in known):
                ticket.accept(index, ticket.happening.at, message)


def _unanswered(ticket: _Ticket) -> None:
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


def _inherit(ticket: _Ticket, heir: int) -> None:
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


def _needs_no_reply(ticket: _Ticket) -> None:
    for index, clock in list(ticket.responses()):
        if not clock.finished and clock.waiting:
            ticket.keep(index, steps.cancel(clock, ticket.happening.at, cause=ticket.cause))


def _status_changed(ticket: _Ticket) -> None:
    happening = ticket.happening
    ticket.cause = happening.cause or f"status_{happening.status}"
    if happening.status in ENDED:
        _end(ticket)
        return
    _begin_again(ticket)
    for index, clock in list(ticket.unfinished()):
        stands = clock.running_since is None
        if stands is not (happening.status in clock.target.pauses_in):
            step = steps.resume if stands else steps.pause
            ticket.keep(index, step(clock, happening.at, cause=ticket.cause))


def _end(ticket: _Ticket) -> None:
    for index, clock in list(ticket.unfinished()):
        if clock.kind is Kind.RESOLUTION:
            ticket.accept(index, ticket.happening.at)
        elif clock.waiting:
            ticket.keep(index, steps.cancel(clock, ticket.happening.at, cause=_ENDED))


def _begin_again(ticket: _Ticket) -> None:
    """Run on with what the end of the ticket had ended."""
    ended = [
        index
        for index, clock in enumerate(ticket.clocks)
        if clock.kind is Kind.RESOLUTION and clock.state in {State.MET, State.MET_LATE}
    ]
    last = max((index for index, _ in ticket.responses()), key=ticket.began, default=None)
    awaited = any(clock.waiting for _, clock in ticket.responses())
    if last is not None and not awaited and ticket.clocks[last].cancelled_because == _ENDED:
        ended.append(last)
    for index in ended:
        clock, grace = ticket.clocks[index], ticket.happening.grace
        ticket.keep(
            index, steps.reopen(clock, ticket.happening.at, grace=grace, cause=ticket.cause)
        )


def _merged_away(ticket: _Ticket) -> None:
    for index, clock in list(ticket.unfinished()):
        ticket.keep(index, steps.cancel(clock, ticket.happening.at, cause=ticket.cause))


def _took_over(ticket: _Ticket) -> None:
    happening = ticket.happening
    if happening.waiting_since is not None:
        _await_answer(ticket, happening.waiting_since, new=False)
    for index, clock in list(ticket.unfinished()):
        opened_at = happening.opened_at or clock.started_at
        if clock.kind is Kind.RESOLUTION and opened_at < clock.started_at:
            ticket.keep(index, steps.antedate(clock, opened_at, cause=ticket.cause))


def _retargeted(ticket: _Ticket) -> None:
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
        ticket.start(Kind.RESOLUTION, happening.opened_at)
    if happening.waiting_since is not None:
        _await_answer(ticket, happening.waiting_since, new=kinds <= {Kind.RESOLUTION})


def _nothing_more(ticket: _Ticket) -> None:
    """Leave it at the breaches recorded by now."""


_REACTIONS: dict[What, Callable[[_Ticket], None]] = {
    What.OPENED_FOR_CITIZEN: _opened,
    What.CITIZEN_MESSAGE: _citizen_wrote,
    What.PUBLIC_REPLY: _replied,
    What.PAST_REPLY: _replied,
    What.REPLY_ACCEPTED: _accepted,
    What.REPLY_UNDONE: _unanswered,
    What.REPLY_FAILED: _unanswered,
    What.NO_REPLY_NEEDED: _needs_no_reply,
    What.STATUS: _status_changed,
    What.MERGED_AWAY: _merged_away,
    What.TOOK_OVER: _took_over,
    What.TARGETS: _retargeted,
    What.DUE: _nothing_more,
}
