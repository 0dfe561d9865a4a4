"""Count clocks again by other versions of their calendars, their own promise otherwise unchanged."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sla import steps
from sla.calendar import Calendar
from sla.clock import Clock, Transition

Recounted = tuple[tuple[Clock, ...], tuple[Transition, ...]]
Version = tuple[int, Calendar]
"""A version of a calendar, and what it says."""


def by_other_calendars(
    clocks: Sequence[Clock], instead_of: Mapping[int, Version], *, cancelled: bool, at: datetime
) -> Recounted:
    """Give each clock by one of these versions the other that stands for it.

    What is ``cancelled`` is counted only on a ticket that goes on after all, where it may go on, too.
    """
    after, transitions = list(clocks), []
    for index, clock in enumerate(clocks):
        other = instead_of.get(clock.target.calendar_version)
        if other is not None and (cancelled or clock.cancelled_at is None):
            target = replace(clock.target, calendar_version=other[0], calendar=other[1])
            after[index], step = steps.retarget(
                clock, target, at, recount=True, cause="calendar_changed"
            )
            transitions.append(step)
    return tuple(after), tuple(transitions)
