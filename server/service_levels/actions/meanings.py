"""What the events of a ticket mean for its clocks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from server.events.reactions import Event
from server.kit.clock import instant
from sla import Happening, What
from sla.merges import SPLIT

GRACE = timedelta(hours=1)
"""No reopened ticket is late in the same second."""
MERGES = frozenset(
    {"ticket_merged", "ticket_took_over", "merge_undone", "ticket_gave_back", "message_split"}
)
REACTS_TO = MERGES | {
    "message_received",
    "reply_written",
    "delivery_queued",
    "delivery_sent",
    "delivery_undone",
    "delivery_failed",
    "status_changed",
    "priority_changed",
    "topic_changed",
    "team_changed",
    "contact_class_changed",
    "no_reply_needed",
}


def happenings(event: Event, at: datetime) -> Iterator[Happening]:
    """Say what an event means for clocks, if anything."""
    if (found := _happening(event, at)) is not None:
        yield found
    if event.kind == "delivery_queued" and event.data["waiting_us"] is not None:
        # What a citizen wrote after the answer had failed is not answered by sending it again.
        yield Happening(What.CITIZEN_MESSAGE, instant(event.data["waiting_us"]))


def _happening(event: Event, at: datetime) -> Happening | None:
    if event.kind in MERGES:
        return _merging(event, at)
    message = event.data.get("message")
    found: Happening | None = None
    match event.kind:
        case "message_received" if "automatic" not in event.data:
            found = Happening(What.CITIZEN_MESSAGE, instant(event.data["said_us"]), message=message)
        case "reply_written" | "delivery_queued":
            found = Happening(What.PUBLIC_REPLY, at, message=message)
        case "delivery_sent":
            found = Happening(
                What.REPLY_ACCEPTED, instant(event.data["accepted_us"]), message=message
            )
        case "delivery_undone":
            found = Happening(What.REPLY_UNDONE, at, message=message)
        case "delivery_failed":
            found = Happening(What.REPLY_FAILED, at, message=message)
        case "no_reply_needed":
            found = Happening(What.NO_REPLY_NEEDED, at)
        case "status_changed":
            found = Happening(What.STATUS, at, status=event.data["to"], grace=GRACE)
        case "priority_changed" | "topic_changed" | "team_changed" | "contact_class_changed" if (
            event.data.get("by") != "policy"
        ):
            # What a policy's own step does to a ticket leaves the promise as it was given.
            found = Happening(What.TARGETS, at, cause=event.kind)
    return found


def _merging(event: Event, at: datetime) -> Happening:
    """Say since when, after a merge, its undoing or a split, a matter is open and its citizen waits."""
    if event.kind == "ticket_merged":
        return Happening(What.MERGED_AWAY, at)
    opened_at, waiting = instant(event.data["opened_us"]), event.data["waiting_us"]
    since = None if waiting is None else instant(waiting)
    found = Happening(What.PART_LEFT, at, opened_at=opened_at, waiting_since=since)
    match event.kind:
        case "ticket_took_over":
            found = replace(found, what=What.TOOK_OVER)
        case "merge_undone":
            status = event.data["status"]
            found = replace(found, what=What.CAME_BACK, status=status, grace=GRACE)
        case "message_split":
            found = replace(found, cause=SPLIT)
    return found
