"""What every figure of the wall, the reports and the exports counts: each is said once, here, as a condition.

A ticket is ``t``, a clock ``c``, a message ``m``, an event ``e``, a rating ``r``. Whoever counts and whoever lists
what was counted use the same words, so that totals agree. What a figure is called and what it means is said to
people by ``agent_ui.metric_words``, under the same ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from agent_ui.rating_words import LOW

SOON = timedelta(hours=1)
"""How near a due time has to be to stand under "late within the hour"."""
NOT_LEAVING = timedelta(minutes=15)

ACTIVE = "t.status IN ('new', 'open', 'pending', 'on_hold')"
UNASSIGNED = f"{ACTIVE} AND t.assignee_id IS NULL"
WAITING = "t.status IN ('new', 'open') AND t.waiting_since IS NOT NULL"
"""A citizen has spoken last and waits for us."""

ARRIVED = "m.direction = 'in' AND m.automatic IS NULL"
ANSWERED = """m.direction = 'out' AND m.automatic IS NULL
    AND NOT EXISTS (SELECT FROM deliveries d WHERE d.message_id = m.id AND d.state = 'undone')"""

DECIDED = "c.decided_at >= {since} AND c.decided_at < {until}"
"""A promise counts in the period in which it was kept or broken, whichever came first."""
KEPT = "c.state = 'met'"
"""Of what is decided; all else was late, whether or not it was made good afterwards."""
MET_AT = """(SELECT min((answer->>2)::timestamptz) FROM jsonb_array_elements(c.data->'answers') AS answer)"""
"""When a promise was kept in the end, late or not."""

OPENED = "t.created_at >= {since} AND t.created_at < {until}"
RESOLVED = """e.kind = 'status_changed' AND e.data->>'to' IN ('resolved', 'closed')
    AND e.data->>'from' NOT IN ('resolved', 'closed')"""
REOPENED = """e.kind = 'status_changed' AND e.data->>'from' IN ('resolved', 'closed')
    AND e.data->>'to' NOT IN ('resolved', 'closed')"""
MERGED = (
    """e.kind = 'ticket_merged' AND e.data->>'status' IN ('new', 'open', 'pending', 'on_hold')"""
)
"""An open ticket went on in another; it is neither resolved nor open any more."""
GIVEN_BACK = (
    """e.kind = 'merge_undone' AND e.data->>'status' IN ('new', 'open', 'pending', 'on_hold')"""
)
"""Opened less resolved, less merged and not given back, with reopened is by how much there are more open ones."""
REASSIGNED = """e.kind = 'assigned' AND e.data->>'from' IS NOT NULL AND e.data->>'to' IS NOT NULL"""
"""From one person to another; being handed out, taken or given back is none."""

ASKED = "r.asked_at >= {since} AND r.asked_at < {until}"
RATED = "r.rated_at >= {since} AND r.rated_at < {until}"
"""An answer counts when it was first given, with the points that it has now."""
UNSATISFIED = f"r.score <= {LOW}"


def late(now: str) -> str:
    """Say when a ticket is late; ``now`` is the place of a parameter."""
    return f"{ACTIVE} AND t.next_due_at <= {now}"


def due_between(after: str, until: str) -> str:
    """Say when a ticket falls due after one moment and up to another."""
    return f"{ACTIVE} AND t.next_due_at > {after} AND t.next_due_at <= {until}"


Unit = Literal[
    "tickets", "promises", "messages", "moves", "percent", "seconds", "days", "ratings", "points"
]
Source = Literal["tickets", "clocks", "messages", "events", "deliveries", "ratings"]
Where = Literal["wall", "report"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: what it is counted in, which rows it is counted from, and where it is shown."""

    id: str
    unit: Unit
    source: Source
    shown: frozenset[Where]


_WALL: frozenset[Where] = frozenset({"wall"})
_REPORT: frozenset[Where] = frozenset({"report"})

METRICS: Mapping[str, Metric] = {
    one.id: one
    for one in (
        Metric("late_now", "tickets", "tickets", _WALL | _REPORT),
        Metric("due_soon", "tickets", "tickets", _WALL),
        Metric("due_later", "tickets", "tickets", _WALL),
        Metric("unassigned", "tickets", "tickets", _WALL),
        Metric("open_now", "tickets", "tickets", _WALL | _REPORT),
        Metric("waiting_longest", "seconds", "tickets", _WALL),
        Metric("not_leaving", "messages", "deliveries", _WALL),
        Metric("kept", "promises", "clocks", _REPORT),
        Metric("broken", "promises", "clocks", _REPORT),
        Metric("attainment", "percent", "clocks", _REPORT),
        Metric("open_time", "seconds", "clocks", _REPORT),
        Metric("elapsed_time", "seconds", "clocks", _REPORT),
        Metric("opened", "tickets", "tickets", _REPORT),
        Metric("resolved", "tickets", "events", _REPORT),
        Metric("reopened", "tickets", "events", _REPORT),
        Metric("merged", "tickets", "events", _REPORT),
        Metric("reopen_rate", "percent", "events", _REPORT),
        Metric("reassigned", "moves", "events", _REPORT),
        Metric("arrived", "messages", "messages", _WALL | _REPORT),
        Metric("answered", "messages", "messages", _WALL | _REPORT),
        Metric("asked", "tickets", "ratings", _REPORT),
        Metric("rated", "ratings", "ratings", _WALL | _REPORT),
        Metric("satisfied", "percent", "ratings", _WALL | _REPORT),
        Metric("unsatisfied", "ratings", "ratings", _WALL | _REPORT),
        Metric("mean_score", "points", "ratings", _REPORT),
        Metric("backlog_age", "days", "tickets", _REPORT),
    )
}
