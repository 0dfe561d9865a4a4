"""Build the pages on which alarms are chosen, and the ways they leave the house."""

import secrets
from datetime import datetime
from typing import cast
from zoneinfo import available_timezones

import msgspec

from agent_ui.alarms import not_sent
from agent_ui.models import Choice, Reason
from agent_ui.models.alarms import (
    AlarmChoices,
    AlarmChoicesPage,
    AlarmWays,
    AlarmWaysPage,
    LastSent,
    Outcome,
    QuietDay,
    WebhookForm,
    WebhookLine,
    WebhookPage,
)
from server.alarms import queries
from server.alarms.kinds import KINDS
from server.alarms.queries import sending, ways
from server.alarms.queries.ways import Last
from server.kit.errors import NotFound
from server.kit.secrets import Undecryptable, decrypt
from server.people.queries import Viewer
from server.supervision import hours
from server.supervision.screens.notices import house_alarm
from server.tickets.screens.chrome import chrome

WEEK_ORDER = (6, 0, 1, 2, 3, 4, 5)
"""The week begins on Sunday."""


async def choices(viewer: Viewer) -> AlarmChoices:
    """Build what this person chose."""
    choice = (await queries.choices([viewer.id]))[viewer.id]
    quiet = msgspec.json.decode(choice.quiet)
    last = await ways.last_mail(viewer.id)
    return AlarmChoices(
        frozenset(choice.email),
        frozenset(choice.browser),
        tuple(QuietDay(day, hours.text(quiet.get(str(day), ()))) for day in WEEK_ORDER),
        choice.zone,
        choice.pressing,
        viewer.email,
        await queries.account_id() is not None,
        zones=tuple(sorted(available_timezones())),
        last=_last(last) if last else None,
    )


async def choices_page(viewer: Viewer, shown: AlarmChoices, *, now: datetime) -> AlarmChoicesPage:
    """Put the choices on a page."""
    return AlarmChoicesPage(await chrome(viewer, here="notices", now=now), shown)


async def alarm_ways(*, now: datetime, error: Reason | None = None) -> AlarmWays:
    """Build how alarms leave the house, and what is wrong now."""
    found = await queries.webhooks()
    doing = await ways.doing([one.id for one in found], now=now)
    return AlarmWays(
        tuple(Choice(str(one.id), one.name, selected=one.chosen) for one in await ways.mailers()),
        tuple(
            WebhookLine(
                one.id,
                one.name,
                one.host,
                one.kinds,
                one.enabled,
                doing[one.id].waiting,
                doing[one.id].failed,
                _last(last) if (last := doing[one.id].last) else None,
            )
            for one in found
        ),
        tuple(house_alarm(one, administrator=True) for one in await sending.open_alarms()),
        error,
    )


async def ways_page(viewer: Viewer, shown: AlarmWays, *, now: datetime) -> AlarmWaysPage:
    """Put the ways on a page."""
    return AlarmWaysPage(await chrome(viewer, here="alarms", now=now), shown)


async def webhook(webhook_id: int) -> WebhookForm:
    """Build a webhook's form; a new one (0) comes with a secret. Raises :class:`NotFound`."""
    if not webhook_id:
        return WebhookForm(0, "", "", secrets.token_urlsafe(32), frozenset(KINDS))
    one = next((one for one in await queries.webhooks() if one.id == webhook_id), None)
    if one is None:
        raise NotFound
    try:
        url = decrypt(await ways.webhook_url(webhook_id) or "")
    except Undecryptable:
        url = ""
    return WebhookForm(one.id, one.name, url, "", frozenset(one.kinds), one.enabled)


async def webhook_page(viewer: Viewer, form: WebhookForm, *, now: datetime) -> WebhookPage:
    """Put the form on a page."""
    return WebhookPage(await chrome(viewer, here="alarms", now=now), form)


def _last(last: Last) -> LastSent:
    why = not_sent(last.code) if last.code else None
    return LastSent(cast("Outcome", last.state), last.at, why, last.attempts)
