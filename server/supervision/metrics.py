"""What every figure of the wall, the reports and the exports counts: each is said once, here, as a condition.

A ticket is ``t``, a clock ``c``, a message ``m``. Whoever counts and whoever lists what was counted use the
same words, so that totals agree.
"""

from datetime import timedelta

SOON = timedelta(hours=1)
"""How near a due time has to be to stand under "late within the hour"."""
NOT_LEAVING = timedelta(minutes=15)
CAP = 10_000
"""Counts of one team on the wall stop here: nobody acts on more."""

ACTIVE = "t.status IN ('new', 'open', 'pending', 'on_hold')"
UNASSIGNED = f"{ACTIVE} AND t.assignee_id IS NULL"
WAITING = "t.status IN ('new', 'open') AND t.waiting_since IS NOT NULL"
"""A citizen has spoken last and waits for us."""

ARRIVED = "m.direction = 'in' AND m.automatic IS NULL"
ANSWERED = "m.direction = 'out' AND m.automatic IS NULL"

DECIDED = "c.decided_at >= {since} AND c.decided_at < {until}"
"""A promise counts in the period in which it was kept or broken, whichever came first."""
KEPT = "c.state = 'met'"
"""Of what is decided; all else was late, whether or not it was made good afterwards."""

OPENED = "t.created_at >= {since} AND t.created_at < {until}"
REOPENED = "e.kind = 'status_changed' AND e.data->>'from' IN ('resolved', 'closed')"
RESOLVED = "e.kind = 'status_changed' AND e.data->>'to' = 'resolved'"


def late(now: str) -> str:
    """Say when a ticket is late; ``now`` is the place of a parameter."""
    return f"{ACTIVE} AND t.next_due_at <= {now}"


def due_between(after: str, until: str) -> str:
    """Say when a ticket falls due after one moment and up to another."""
    return f"{ACTIVE} AND t.next_due_at > {after} AND t.next_due_at <= {until}"
