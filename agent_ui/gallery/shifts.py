"""Examples of who works when and of fair shares; the gallery shows them with its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from agent_ui.models import Choice, Chrome, Name, Reason
from agent_ui.models.fairness import (
    AgentShare,
    Fairness,
    FairnessPage,
    HandedBack,
    TeamFairness,
)
from agent_ui.models.shifts import (
    ShiftDay,
    ShiftForm,
    ShiftFormPage,
    ShiftRow,
    Shifts,
    ShiftsPage,
    TeamShifts,
)
from agent_ui.models.terms import DayHours, Period

NOW = datetime(2026, 11, 22, 7, 42, tzinfo=UTC)
SUNDAY = date(2026, 11, 22)
WEEK = tuple(SUNDAY + timedelta(days=n) for n in range(7))
PASSPORTS = Name("الجوازات", "Passports")

MORNINGS = tuple(
    ShiftDay("07:30-12:00 12:30-15:30" if n < 5 else "", special=False) for n in range(7)
)
NIGHTS = (
    *(ShiftDay("22:00-06:00") for _ in range(3)),
    ShiftDay("", special=True),
    ShiftDay("20:00-24:00", special=True),
    ShiftDay(""),
    ShiftDay(""),
)
ROWS = (
    ShiftRow(1, "سارة العتيبي", "online", own=False, on_shift=True, days=MORNINGS),
    ShiftRow(4, "Daniel Reyes", "away", own=True, on_shift=False, days=NIGHTS),
)
TEAM = TeamShifts(
    1,
    PASSPORTS,
    ROWS,
    (2, 2, 2, 1, 2, 0, 0),
    WEEK,
    SUNDAY,
    "ساعات العمل",
    ("ساعات العمل", "Evenings"),
)
NOBODY = TeamShifts(
    2, Name("الاستقبال", "Intake"), (), (0,) * 7, WEEK, SUNDAY, error=Reason("no_calendar")
)
SHIFTS = Shifts(
    WEEK, (TEAM, NOBODY), SUNDAY, SUNDAY - timedelta(days=7), SUNDAY + timedelta(days=7)
)
DAYS = tuple(
    DayHours(day, "22:00-06:00" if day in {6, 0, 1} else "") for day in (6, 0, 1, 2, 3, 4, 5)
)
FORM = ShiftForm(
    4,
    "Daniel Reyes",
    own=True,
    zone="Asia/Riyadh",
    days=DAYS,
    periods=(Period("2026-11-25", "2026-11-25", "", "إجازة"), Period()),
    zones=("Asia/Riyadh", "Europe/London"),
    others=(Choice("1", Name("سارة العتيبي", "سارة العتيبي"), selected=True),),
    author="هدى الراشد",
    saved_at=NOW - timedelta(days=3),
)
WRONG = replace(
    FORM,
    days=(
        replace(
            DAYS[0], hours="9 to five", error=Reason("hours_unreadable", {"example": "07:30-12:00"})
        ),
        *DAYS[1:],
    ),
    periods=(Period("2026-11-25", "2026-11-20", error=Reason("range_inverted")),),
    errors=(("zone", Reason("zone_unknown")), ("week", Reason("never_works"))),
    saved_at=None,
)
SHARES = (
    AgentShare("أمل الشهري", 126_000, 48, 45.3, 3, 1, 2, 2, 0, 900_000, 58.3, 61.0),
    AgentShare("Daniel Reyes", 90_000, 29, 31.7, 0, 0, 4, 0, 5, 575_000, 41.7, 39.0),
)
FAIR = TeamFairness(
    1,
    PASSPORTS,
    SHARES,
    AgentShare("", 216_000, 77, 77.0, 3, 1, 6, 2, 5, 1_475_000),
    Reason(
        "shares_uneven", {"agent": "أمل الشهري", "more": 3, "other": "Daniel Reyes", "fewer": 3}
    ),
)
QUIET = TeamFairness(
    2, Name("الاستقبال", "Intake"), (), AgentShare("", 0, 0, 0.0), Reason("nothing_given")
)
BACK = (
    HandedBack(1042, "1042", "أمل الشهري", "other", NOW - timedelta(hours=3), "هذا يخص مكتب جدة"),
    HandedBack(1039, "1039", "Daniel Reyes", "not_my_language", NOW - timedelta(days=2)),
)
FAIRNESS = Fairness(date(2026, 10, 24), SUNDAY, (FAIR, QUIET), BACK)
NO_PERIOD = Fairness(date(2026, 10, 24), SUNDAY, (), error=Reason("range_inverted"))

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "shifts": (SHIFTS, replace(SHIFTS, teams=())),
    "team_shifts": (TEAM, NOBODY),
    "shift_row": ROWS,
    "shift_form": (FORM, WRONG),
    "fairness": (FAIRNESS, NO_PERIOD),
    "team_fairness": (FAIR, QUIET),
    "handed_back": BACK,
}


def pages(chrome: Chrome) -> Mapping[str, tuple[object, ...]]:
    """Return examples of the pages, with the gallery's own rail around them."""
    return {
        "shifts": (
            ShiftsPage(replace(chrome, here="shifts"), SHIFTS),
            ShiftsPage(replace(chrome, here="shifts"), replace(SHIFTS, teams=())),
        ),
        "shift": (
            ShiftFormPage(replace(chrome, here="shifts"), FORM),
            ShiftFormPage(replace(chrome, here="shifts"), WRONG),
        ),
        "fairness": (
            FairnessPage(replace(chrome, here="fairness"), FAIRNESS),
            FairnessPage(replace(chrome, here="fairness"), NO_PERIOD),
        ),
    }
