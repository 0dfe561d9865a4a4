"""Build what a person was told: about promises, and about the house."""

from datetime import datetime
from typing import cast

from agent_ui import urls
from agent_ui.models.alarms import HouseAlarm
from agent_ui.models.codes import Target
from agent_ui.models.watch import Notice, NoticeItem, Notices, NoticesPage, TeamMessage
from agent_ui.render import Ui
from server.alarms.queries import choices, sending
from server.alarms.queries.sending import Alarm
from server.alarms.quiet import quiet_until
from server.alarms.wording import link_of, reason_of
from server.people.queries import Viewer
from server.supervision.queries import notices as queries
from server.supervision.queries.notices import Item
from server.tickets.screens.chrome import chrome

FOR_ADMINISTRATORS = frozenset({urls.CHANNELS, urls.QUARANTINE, urls.ALARM_WAYS})


async def notices_page(viewer: Viewer, *, now: datetime) -> NoticesPage:
    """Put the notices on a page."""
    return NoticesPage(await chrome(viewer, here="notices", now=now), await notices(viewer))


async def notices(viewer: Viewer) -> Notices:
    """Build the list, the newest first."""
    found = await queries.notices(viewer)
    items = await queries.items([one.id for one in found], viewer=viewer)
    said = await queries.messages([one.id for one in found if one.messages])
    alarms = await sending.alarms([alarm_id for one in found for alarm_id in one.alarm_ids])
    return Notices(
        tuple(
            Notice(
                one.id,
                one.at,
                one.promises,
                tuple(_item(item) for item in items.get(one.id, ())),
                unread=one.read_at is None,
                acknowledged=one.acknowledged,
                alarms=tuple(
                    house_alarm(alarms[n], administrator=viewer.administrator)
                    for n in one.alarm_ids
                    if n in alarms
                ),
                messages=tuple(
                    TeamMessage(words.author, words.text, words.at)
                    for words in said.get(one.id, ())
                ),
            )
            for one in found
        )
    )


def house_alarm(alarm: Alarm, *, administrator: bool) -> HouseAlarm:
    """Build something that is or was wrong; the link is there for whoever may go there."""
    link = link_of(alarm)
    if link in FOR_ADMINISTRATORS and not administrator:
        link = ""
    return HouseAlarm(alarm.id, reason_of(alarm), alarm.raised_at, alarm.ended_at, link=link)


async def newest(viewer: Viewer, ui: Ui, *, now: datetime) -> dict[str, object] | None:
    """Build what the browser itself says of the newest that has not been read."""
    choice = (await choices([viewer.id]))[viewer.id]
    found = await queries.newest(viewer, kinds=choice.browser)
    if found is None:
        return None
    at, promises, alarms = found
    quiet = quiet_until(now, zone=choice.zone, weekly=choice.quiet)
    return {
        "at": at.isoformat(),
        "title": ui.words.product,
        "body": ui.told(promises, alarms),
        "quiet": quiet is not None,
        "link": urls.NOTICES,
    }


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
