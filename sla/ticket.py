"""The clocks of one ticket while they react to what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla import steps
from sla.clock import Clock, Kind, State, Target, Transition
from sla.steps import Stepped
from sla.zones import in_utc

Targets = Mapping[Kind, Target]


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
    CAME_BACK = "came_back"
    PART_LEFT = "part_left"
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


class Ticket:
    """The clocks while they react."""

    def __init__(self, clocks: tuple[Clock, ...], happening: Happening, targets: Targets) -> None:
        self.before, self.clocks = clocks, list(clocks)
        self.happening, self.targets = happening, targets
        self.cause = happening.cause or str(happening.what)
        self.transitions: list[Transition] = []

    def keep(self, index: int, stepped: Stepped) -> None:
        self.clocks[index] = stepped[0]
        self.transitions.append(stepped[1])

    def start(self, target: Target | None, at: datetime) -> int:
        """Start the next clock of its kind, where that is promised; return its place."""
        if target is not None:
            same = (one.turn for one in self.clocks if one.kind is target.kind)
            turn, message = 1 + max(same, default=0), self.happening.message
            begun, step = steps.start(target, at, turn=turn, cause=self.cause, message=message)
            self.clocks.append(begun)
            self.transitions.append(step)
        return len(self.clocks) - 1

    def await_answer(self, since: datetime, *, new: bool) -> None:
        """Count from the oldest unanswered message: a later one starts nothing, an earlier one does."""
        for index, clock in self.responses():
            if clock.waiting:
                if since < clock.started_at:
                    message = self.happening.message
                    self.keep(
                        index, steps.antedate(clock, since, cause=self.cause, message=message)
                    )
                return
        first = self.targets.get(Kind.FIRST_RESPONSE) if new else None
        self.start(first or self.targets.get(Kind.NEXT_RESPONSE), since)

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

    def stand_or_run(self, status: str) -> None:
        """Pause or run on, as the targets say of a status."""
        for index, clock in list(self.unfinished()):
            stands = clock.running_since is None
            if stands is not (status in clock.target.pauses_in):
                step = steps.resume if stands else steps.pause
                self.keep(index, step(clock, self.happening.at, cause=self.cause))

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
