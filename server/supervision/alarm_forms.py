"""Read the forms in which people choose their alarms and administrators their webhooks."""

from dataclasses import dataclass, replace
from typing import cast

import msgspec
from litestar.datastructures import FormMultiDict

from agent_ui.models import Reason
from agent_ui.models.alarms import AlarmChoices, AlarmKind, QuietDay, WebhookForm
from server.alarms.actions import WebhookDraft
from server.alarms.kinds import KINDS, PRESSING
from server.alarms.quiet import ends
from server.kit.errors import Invalid
from server.kit.outside import URL_CHARACTERS
from server.supervision import hours
from sla import BadCalendar
from sla.zones import zone_named

CHARACTERS = 200
EXAMPLE = "22:00-07:00"


@dataclass(frozen=True, slots=True)
class ChoiceDraft:
    """What somebody wants, as it would be saved."""

    email: tuple[AlarmKind, ...]
    browser: tuple[AlarmKind, ...]
    zone: str
    quiet: dict[str, hours.Windows]
    pressing: str


def typed(form: FormMultiDict, name: str, *, most: int = CHARACTERS) -> str:
    """Return what stands in a field; longer than anything meant is cut."""
    value = form.get(name, "")
    return value.strip()[:most].replace("\x00", "") if isinstance(value, str) else ""


def read_choices(
    form: FormMultiDict, shown: AlarmChoices
) -> tuple[AlarmChoices, ChoiceDraft | None]:
    """Return the form as it was filled in, with what is wrong beside each field, and what would be saved."""
    errors: list[tuple[str, Reason]] = []
    zone = typed(form, "zone")
    try:
        zone_named(zone)
    except BadCalendar:
        errors.append(("zone", Reason("zone_unknown")))
    quiet: dict[str, hours.Windows] = {}
    days = []
    for day in shown.days:
        text = typed(form, f"day-{day.weekday}")
        try:
            if found := hours.windows(text):
                quiet[str(day.weekday)] = found
            days.append(QuietDay(day.weekday, text))
        except Invalid as error:
            days.append(QuietDay(day.weekday, text, Reason(error.code, {"example": EXAMPLE})))
    broken = bool(errors) or any(day.error for day in days)
    if not broken and not ends(zone, msgspec.json.encode(quiet).decode()):
        errors.append(("days", Reason("always_quiet")))
    pressing = typed(form, "pressing")
    filled = replace(
        shown,
        email=_kinds(form, "email"),
        browser=_kinds(form, "browser"),
        days=tuple(days),
        zone=zone,
        pressing=pressing if pressing in PRESSING else "none",
        errors=tuple(errors),
    )
    if broken or errors:
        return filled, None
    return filled, ChoiceDraft(
        tuple(filled.email), tuple(filled.browser), zone, quiet, filled.pressing
    )


def read_webhook(form: FormMultiDict, shown: WebhookForm) -> tuple[WebhookForm, WebhookDraft]:
    """Return the form as it was filled in, and what would be saved."""
    filled = replace(
        shown,
        name=typed(form, "name"),
        url=typed(form, "url", most=URL_CHARACTERS + 1),
        secret=typed(form, "secret"),
        kinds=_kinds(form, "kinds"),
        enabled=typed(form, "enabled") == "yes",
    )
    kinds = tuple(kind for kind in KINDS if kind in filled.kinds)
    return filled, WebhookDraft(filled.name, filled.url, filled.secret, kinds, filled.enabled)


def _kinds(form: FormMultiDict, name: str) -> frozenset[AlarmKind]:
    return cast("frozenset[AlarmKind]", frozenset(form.getall(name, [])) & set(KINDS))
