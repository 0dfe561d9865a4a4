"""Build what a person was told about promises."""

from datetime import datetime
from typing import cast

from agent_ui.models.codes import Target
from agent_ui.models.watch import Notice, NoticeItem, Notices, NoticesPage
from server.people.queries import Viewer
from server.supervision.queries import notices as queries
from server.supervision.queries.notices import Item
from server.tickets.screens.chrome import chrome


async def notices_page(viewer: Viewer, *, now: datetime) -> NoticesPage:
    """Put the notices on a page."""
    return NoticesPage(await chrome(viewer, here="notices", now=now), await notices(viewer))


async def notices(viewer: Viewer) -> Notices:
    """Build the list, the newest first."""
    found = await queries.notices(viewer)
    items = await queries.items([one.id for one in found], viewer=viewer)
    return Notices(
        tuple(
            Notice(
                one.id,
                one.at,
                one.count,
                tuple(_item(item) for item in items.get(one.id, ())),
                unread=one.read_at is None,
                acknowledged=one.acknowledged,
            )
            for one in found
        )
    )


def _item(item: Item) -> NoticeItem:
    return NoticeItem(
        item.ticket_id,
        str(item.number),
        item.contact_name,
        item.subject,
        cast("Target", item.target),
        item.percent,
        item.due_at,
    )
