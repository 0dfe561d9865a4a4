"""Examples of alarms, and of the pages on which people choose them; the gallery shows them with its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from agent_ui.models import Choice, Chrome, Reason
from agent_ui.models.alarms import (
    AlarmChoices,
    AlarmChoicesPage,
    AlarmWays,
    AlarmWaysPage,
    HouseAlarm,
    LastSent,
    QuietDay,
    WebhookForm,
    WebhookLine,
    WebhookPage,
)
from agent_ui.models.watch import Notice

NOW = datetime(2026, 11, 22, 7, 42, tzinfo=UTC)
SINCE = "2026-11-22T06:00:00+00:00"
HOUSE = (
    HouseAlarm(
        1,
        Reason("alarm_source_failing", {"account": "مكتب الاستقبال", "since_at": SINCE}),
        NOW - timedelta(hours=1),
        link="/channels",
    ),
    HouseAlarm(
        2,
        Reason("alarm_quarantine", {"account": "Front desk", "count": 3}),
        NOW - timedelta(minutes=8),
        NOW - timedelta(minutes=2),
        "/quarantine",
    ),
    HouseAlarm(3, Reason("alarm_disk", {"percent": 3}), NOW),
    HouseAlarm(
        4,
        Reason("alarm_scheduler_down", {"from_at": SINCE, "until_at": SINCE, "breaches": 1200}),
        NOW,
        NOW,
    ),
    HouseAlarm(5, Reason("alarm_webhook_failing", {"webhook": "مركز العمليات"}), NOW),
    HouseAlarm(
        6,
        Reason(
            "alarm_day_unconfirmed",
            {"calendar": "ساعات العمل", "occasion": "عيد الفطر", "day": date(2027, 3, 9)},
        ),
        NOW,
        link="/promises",
    ),
    HouseAlarm(
        7,
        Reason("alarm_terms_followed", {"terms": "ساعات العمل", "count": 61, "breaches": 3}),
        NOW,
        NOW,
        "/supervision/tickets?measure=late",
    ),
    HouseAlarm(8, Reason("alarm_hours_followed", {"count": 4, "breaches": 0}), NOW, NOW),
)
NOTICES = (
    Notice(11, NOW, 0, (), alarms=HOUSE[:1]),
    Notice(12, NOW - timedelta(hours=2), 4, (), unread=False, acknowledged=True, alarms=HOUSE[1:3]),
)
DAYS = tuple(QuietDay(day, "22:00-07:00" if day < 4 else "") for day in (6, 0, 1, 2, 3, 4, 5))
CHOICES = AlarmChoices(
    frozenset({"breach", "trouble"}),
    frozenset({"warning", "breach", "escalation", "trouble"}),
    DAYS,
    "Asia/Riyadh",
    "urgent",
    "huda@passports.example",
    True,
    ("Asia/Riyadh", "Europe/London"),
    last=LastSent("failed", NOW - timedelta(hours=3), Reason("account_off")),
)
WRONG_CHOICES = replace(
    CHOICES,
    days=(QuietDay(6, "late", Reason("hours_unreadable", {"example": "22:00-07:00"})), *DAYS[1:]),
    zone="Riyadh",
    errors=(
        ("zone", Reason("zone_unknown")),
        ("days", Reason("always_quiet")),
        ("email", Reason("no_alarm_account")),
    ),
    mail_leaves=False,
    last=None,
)
WEBHOOKS = (
    WebhookLine(
        1,
        "مركز العمليات",
        "hooks.authority.example",
        ("breach", "trouble"),
        True,
        last=LastSent("sent", NOW - timedelta(minutes=4), attempts=1),
    ),
    WebhookLine(
        2,
        "Pager",
        "pager.example",
        ("warning", "breach", "escalation", "trouble"),
        True,
        2,
        3,
        LastSent("waiting", NOW, Reason("answered_status", {"status": "503"}), 4),
    ),
    WebhookLine(3, "Old one", "old.example", ("breach",), False),
)
WAYS = AlarmWays(
    (Choice("1", "Front desk", selected=True), Choice("2", "مكتب الاستقبال")), WEBHOOKS, HOUSE
)
NO_WAYS = AlarmWays((), ())
REFUSED_WAYS = replace(WAYS, webhooks=(), alarms=(), error=Reason("account_cannot_send"))
WEBHOOK = WebhookForm(0, "", "", "Jx0tq3vN0c7yB1mE", frozenset({"breach"}))
WRONG_WEBHOOK = WebhookForm(
    2,
    "Pager",
    "http://pager.example/",
    "short",
    frozenset(),
    False,
    (
        ("name", Reason("name_taken")),
        ("url", Reason("url_not_https")),
        ("secret", Reason("secret_too_short")),
        ("kinds", Reason("nothing_chosen")),
    ),
)

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "house_alarm": HOUSE,
    "alarm_choices": (CHOICES, replace(CHOICES, saved=True, last=None), WRONG_CHOICES),
    "alarm_ways": (WAYS, NO_WAYS, REFUSED_WAYS),
    "webhook_line": WEBHOOKS,
    "webhook_form": (WEBHOOK, WRONG_WEBHOOK),
}


def pages(chrome: Chrome) -> Mapping[str, tuple[object, ...]]:
    """Return examples of the pages, with the gallery's own rail around them."""
    chrome = replace(chrome, here="alarms")
    return {
        "alarms": (AlarmChoicesPage(chrome, CHOICES), AlarmChoicesPage(chrome, WRONG_CHOICES)),
        "alarm_ways": (AlarmWaysPage(chrome, WAYS), AlarmWaysPage(chrome, NO_WAYS)),
        "webhook": (WebhookPage(chrome, WEBHOOK), WebhookPage(chrome, WRONG_WEBHOOK)),
    }
