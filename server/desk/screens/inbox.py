"""The list of tickets and the page around it."""

from datetime import datetime
from typing import cast

from agent_ui.models import Conversation, Desk, Name, Person, RailView, TicketList, TicketRow
from agent_ui.models.codes import ChannelKind, Priority, Status, Waiting
from server.people.queries import Viewer
from server.tickets.queries import lists
from server.tickets.queries.lists import Listed
from server.tickets.queries.views import view
from server.tickets.screens.chrome import chrome

PAUSED = frozenset({"pending", "on_hold"})


async def desk(
    viewer: Viewer,
    *,
    view_key: str,
    now: datetime,
    after: str | None = None,
    status: str | None = None,
    tag: str | None = None,
    conversation: Conversation | None = None,
) -> Desk:
    """Build the whole page: rail, list, and the open ticket if there is one."""
    rail = await chrome(viewer, here=view_key, now=now)
    current = conversation.thread.id if conversation else None
    of_rail = next((entry for entry in rail.views if entry.key == view_key), None)
    listed = await ticket_list(
        viewer,
        view_key=view_key,
        now=now,
        after=after,
        status=status,
        tag=tag,
        current=current,
        of_rail=of_rail,
    )
    return Desk(chrome=rail, list=listed, conversation=conversation)


async def ticket_list(
    viewer: Viewer,
    *,
    view_key: str,
    now: datetime,
    after: str | None = None,
    status: str | None = None,
    tag: str | None = None,
    current: int | None = None,
    of_rail: RailView | None = None,
) -> TicketList:
    """Build one page of a view; name and total are those that its entry in the rail has."""
    asked = view(view_key, viewer=viewer, status=status, tag=tag)
    page = await lists.page(asked, viewer=viewer, now=now, after=after)
    if of_rail is None:
        rail = await chrome(viewer, here=view_key, now=now)
        of_rail = next((entry for entry in rail.views if entry.key == view_key), None)
    return TicketList(
        view=view_key,
        rows=tuple(_row(row, now=now, current=current) for row in page.rows),
        name=of_rail.name if of_rail else None,
        status=cast("Status | None", status),
        tag=asked.tag,
        after=after,
        next_after=page.next_after,
        total=of_rail.count if of_rail and status is None and not asked.tag else None,
    )


def _row(row: Listed, *, now: datetime, current: int | None) -> TicketRow:
    return TicketRow(
        id=row.id,
        number=str(row.number),
        contact=row.contact_name,
        channel=cast("ChannelKind", row.channel),
        subject=row.subject,
        last_words=row.last_words,
        last_message_at=row.last_message_at,
        status=cast("Status", row.status),
        priority=cast("Priority", row.priority),
        topic=Name(row.topic.ar, row.topic.en) if row.topic else None,
        unread=row.unread,
        tags=row.tags,
        assignee=Person(row.assignee.id, row.assignee.name) if row.assignee else None,
        due_at=row.next_due_at,
        late=row.next_due_at is not None and row.next_due_at <= now,
        warn_at=row.next_warn_at,
        paused=row.status in PAUSED and row.next_due_at is None,
        waiting=_waiting(row),
        current=row.id == current,
        merged_into=str(row.merged_into or ""),
    )


def _waiting(row: Listed) -> Waiting:
    if row.waiting_since is not None:
        return "us"
    return "citizen" if row.status in {"open", "pending"} else "nobody"
