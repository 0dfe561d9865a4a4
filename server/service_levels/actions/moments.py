"""When the steps of a policy are to be taken on a clock."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from server.service_levels.queries import WHOLE, Step, Taken
from sla import Clock, Outcome, State, last_call, moment

RUNNING = frozenset({State.RUNNING, State.BREACHED})


def moments(clock: Clock, steps: Sequence[Step], taken: Taken) -> Iterator[tuple[Step, datetime]]:
    """Give each step that is still to be taken, and when."""
    for step in steps:
        if step.key not in taken and (at := _moment(clock, step)) is not None:
            yield step, at


def next_moment(clock: Clock, steps: Sequence[Step], taken: Taken) -> datetime | None:
    """Return when the next step is to be taken."""
    if clock.state not in RUNNING:
        return None
    return min((at for _, at in moments(clock, steps, taken)), default=None)


def still_taken(clock: Clock, steps: Sequence[Step], taken: Taken, *, at: datetime) -> Taken:
    """Return the steps that stay taken; one whose moment was moved into the future is to be taken again.

    It is compared with its earlier moment, too: on a machine whose clock was set back, nothing was moved.
    """
    if not taken:
        return taken
    moved = {
        step.key
        for step in steps
        if step.key in taken
        and (now_at := _moment(clock, step)) is not None
        and now_at > max(taken[step.key], at)
    }
    return {key: when for key, when in taken.items() if key not in moved}


def urgent_from(outcome: Outcome, steps: Mapping[int, Sequence[Step]]) -> datetime | None:
    """Return when the promise that is due next begins to be urgent: at the first step ahead of its due time."""
    for clock in outcome.clocks:
        if clock.due_at == outcome.next_due_at and clock.state in RUNNING:
            ahead = [
                step
                for step in steps.get(clock.target.policy_version, ())
                if step.before_close or step.percent < WHOLE
            ]
            return next_moment(clock, ahead, {})
    return None


def _moment(clock: Clock, step: Step) -> datetime | None:
    if step.before_close:
        return last_call(clock, timedelta(minutes=step.before_close))
    return moment(clock, step.percent / WHOLE, later=timedelta(minutes=step.late_by))
