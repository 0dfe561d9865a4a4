"""When to speak up about a clock: at a share of its time, some time after it is late, before the office closes."""

from datetime import datetime, timedelta

from sla.clock import NOTHING, Clock, State, when_used
from sla.errors import NeverOpens, TooFar

BREAK = timedelta(hours=3)
"""Closed for less is a break within a shift, not its end."""
_DAY = timedelta(days=1)
_LOOK_BACK = (4 * _DAY, 40 * _DAY)


def moment(clock: Clock, share: float, *, later: timedelta = NOTHING) -> datetime | None:
    """Give the first instant by which so much of the promised time, and so much more, is used.

    A clock that stands still or has ended has no such moment ahead.
    """
    if clock.state not in {State.RUNNING, State.BREACHED}:
        return None
    return when_used(clock, clock.allowed * share + later)


def last_call(clock: Clock, ahead: timedelta) -> datetime | None:
    """Give the instant that lies ``ahead`` of the last end of a shift at which the promise can be kept with ease.

    That is the end of the shift in which it is due; or the end of the one before, where it is due so soon
    after the next opening that there is no more than ``ahead`` of open time left. There is none for a clock
    that began later than that, whose shift is still open when it is due, or whose calendar never closes.
    """
    due_at, since, calendar = clock.due_at, clock.running_since, clock.target.calendar
    if clock.state is not State.RUNNING or due_at is None or since is None:
        return None
    try:
        ends = calendar.shift_ends(due_at - _LOOK_BACK[0], due_at + _DAY, pause=BREAK)
        if not any(end < due_at for end in ends):
            ends = calendar.shift_ends(due_at - _LOOK_BACK[1], due_at + _DAY, pause=BREAK)
        before = max((end for end in ends if end < due_at), default=None)
        closing = min((end for end in ends if end >= due_at), default=None)
        if before is not None and calendar.between(before, due_at) <= ahead:
            closing = before
        at = None if closing is None else calendar.next_open(closing - ahead)
    except (NeverOpens, TooFar):
        return None
    if at is None or at >= due_at or at < clock.started_at:
        return None
    return max(at, since)
