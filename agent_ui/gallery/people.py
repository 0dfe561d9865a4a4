"""The people, teams and topics of the examples, and who is looking at them."""

from datetime import UTC, datetime, timedelta

from agent_ui.models import (
    Chrome,
    Name,
    Person,
    RailView,
    Viewer,
)

NOW = datetime(2026, 11, 22, 7, 42, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def ahead(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


SARA = Person(1, "سارة العتيبي")
KHALID = Person(2, "خالد المطيري")
NOURA = Person(3, "نورة القحطاني")
DAN = Person(4, "Daniel Reyes")
REEM = Person(5, "ريم الشهري")

PASSPORTS = Name("الجوازات", "Passports")
RESIDENCY = Name("الإقامة والتأشيرات", "Residency and visas")
INTAKE = Name("الاستقبال", "Intake")
RENEWAL = Name("تجديد جواز", "Renewal")
LOSS = Name("بلاغ فقدان", "Loss report")
APPOINTMENT = Name("المواعيد", "Appointment")
FEES = Name("الرسوم", "Fees")
VISA = Name("التأشيرات", "Visa")
COMPLAINT = Name("شكوى", "Complaint")

VIEWER = Viewer(
    1, "سارة العتيبي", "sara@passports.example", frozenset({"supervisor", "administrator"})
)
AGENT = Viewer(4, "Daniel Reyes", "daniel@passports.example", frozenset({"agent"}), "away")
CHROME = Chrome(
    viewer=VIEWER,
    here="mine",
    views=(
        RailView("mine", 12, unread=True),
        RailView("unassigned", 7),
        RailView("all", 1432),
        RailView("late", 3),
        RailView("team-1", 86, PASSPORTS),
        RailView("team-2", 41, RESIDENCY),
        RailView("team-3", 0, INTAKE),
    ),
    unread=4,
    late=3,
    failed=2,
    keeps_mail=True,
)
