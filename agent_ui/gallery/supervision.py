"""Examples of what supervisors and administrators see of promises; the gallery shows them with its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from agent_ui.gallery import alarms
from agent_ui.models import Choice, Chrome, Name, Person, Promise, Reason
from agent_ui.models.terms import (
    CalendarForm,
    CalendarLine,
    CalendarPage,
    ChannelHours,
    DayHours,
    Period,
    PolicyFacts,
    PolicyForm,
    PolicyLine,
    PolicyPage,
    PolicyStep,
    TeamLead,
    Terms,
    TermsPage,
    TermsPreview,
    TermsVersion,
)
from agent_ui.models.watch import (
    AccountLine,
    AccountsPage,
    Behind,
    BehindPage,
    Bulk,
    ClockAccount,
    ClockAccounts,
    Flow,
    FlowHour,
    LatePart,
    LongestWait,
    Notice,
    NoticeItem,
    Notices,
    NoticesPage,
    TeamMessage,
)

NOW = datetime(2026, 11, 22, 7, 42, tzinfo=UTC)
SAVED = NOW - timedelta(days=3)
RENEWAL = Name("تجديد جواز", "Renewal")

CALENDARS = (
    CalendarLine(
        1, "ساعات العمل", "Asia/Riyadh", 162_000, 41, 2, "سلمى الفارس", SAVED, True,
        closes_at=NOW + timedelta(hours=5),
        unconfirmed=(
            ("عيد الفطر", date(2027, 3, 9), date(2027, 3, 12)), ("يوم عرفة", date(2027, 5, 15), date(2027, 5, 15))
        ),
        week=(DayHours(6, "07:30-12:00 12:30-15:30"), DayHours(0, "07:30-15:30")),
        ahead=(
            Period("2027-02-08", "2027-03-08", "10:00-15:00", "رمضان", False, date(2027, 2, 8), date(2027, 3, 8)),
            Period("2027-03-09", "2027-03-09", "", "عيد الفطر", True, date(2027, 3, 9), date(2027, 3, 9)),
        ),
    ),
    CalendarLine(
        2, "Evenings", "Europe/London", 43_200, 0, 0, "", SAVED, False, opens_at=NOW + timedelta(hours=9)
    ),
    CalendarLine(3, "Never", "UTC", 0, 1, 1, "", SAVED, False),
)  # fmt: skip
PASSPORTS = Name("الجوازات", "Passports")
STEPS = (
    (Reason("step_close", {"minutes": 30}), Reason("step_agent")),
    (Reason("step_percent", {"percent": 75}), Reason("step_lead")),
    (
        Reason("step_percent", {"percent": 100}),
        Reason("step_supervisors"),
        Reason("step_raise_next"),
        Reason("step_give_queue"),
    ),
    (
        Reason("step_late", {"minutes": 60}),
        Reason("step_team", {"team": PASSPORTS}),
        Reason("step_raise", {"priority": "urgent"}),
        Reason("step_give_team", {"team": PASSPORTS}),
        Reason("step_tag", {"tag": "متأخرة"}),
    ),
    (
        Reason("step_late", {"minutes": 240}),
        Reason("step_office", {"address": "director@authority.example"}),
        Reason("step_give_user", {"person": "هدى الراشد"}),
    ),
    (Reason("step_late", {"minutes": 480}), Reason("step_user", {"person": "هدى الراشد"})),
)
FACTS = PolicyFacts(
    "ساعات العمل",
    (("first_response", 3600), ("resolution", 86_400)),
    "urgent",
    "email",
    RENEWAL,
    PASSPORTS,
    "help@authority.example",
    "vip",
    own_hours=True,
    pauses_in=("pending", "on_hold"),
    steps=STEPS,
    starts_at=SAVED,
    ends_at=NOW + timedelta(days=40),
)
PLAIN = PolicyFacts("Evenings", (("next_response", 14_400),), starts_at=NOW + timedelta(days=9))
POLICIES = (
    PolicyLine(1, "العاجلة", FACTS, "سلمى الفارس", SAVED),
    PolicyLine(2, "Standard", PLAIN, "", SAVED, "planned"),
    PolicyLine(3, "Late", PLAIN, "", SAVED, "over"),
    PolicyLine(
        4, "E-mail", PLAIN, "", SAVED, hidden_by=Reason("policy_hidden", {"name": "Standard"})
    ),
)
LEADS = (
    TeamLead(1, PASSPORTS, ((7, "هدى الراشد"), (8, "Daniel Reyes")), 7, "Evenings"),
    TeamLead(2, Name("الوارد", "Intake"), (), error=Reason("not_in_team", {"team": PASSPORTS})),
)
TERMS = Terms(
    POLICIES, CALENDARS, 1200, LEADS, (ChannelHours("email"), ChannelHours("hotline", "Evenings"))
)
PREVIEW = TermsPreview(5200, 2000, 340, 12, 3)
VERSIONS = (
    TermsVersion(NOW, "سلمى الفارس", phase="in_force", week_seconds=162_000, exceptions=41),
    TermsVersion(SAVED, "", week_seconds=144_000),
)
POLICY_VERSIONS = (
    TermsVersion(NOW, "سلمى الفارس", PLAIN, "planned"),
    TermsVersion(NOW, "سلمى الفارس", FACTS, "in_force"),
    TermsVersion(SAVED, "", FACTS),
)
DAYS = tuple(
    DayHours(day, "07:30-12:00 12:30-15:30" if day not in {4, 5} else "")
    for day in (6, 0, 1, 2, 3, 4, 5)
)
CALENDAR = CalendarForm(
    1,
    "ساعات العمل",
    "Asia/Riyadh",
    DAYS,
    (
        Period(
            "2027-02-08", "2027-03-08", "09:00-14:00", "رمضان", True, date(2027, 2, 8), date(2027, 3, 8)
        ),
        Period("2027-09-23", "2027-09-23", "", "اليوم الوطني", False, date(2027, 9, 23), date(2027, 9, 23)),
        Period(),
    ),
    countries=("SA", "EG"),
    zones=("Asia/Riyadh", "Africa/Cairo"),
    versions=VERSIONS,
    remarks=(Reason("over_midnight", {"day": Name("الأحد", "Sunday")}),),
    preview=PREVIEW,
    checked="0a1b",
)  # fmt: skip
WRONG_CALENDAR = CalendarForm(
    0,
    "",
    "Riyadh",
    (DayHours(0, "9 to five", Reason("hours_unreadable", {"example": "07:30-12:00"})), *DAYS[1:]),
    (Period("2027-03-08", "2027-02-08", error=Reason("range_inverted")),),
    countries=("SA",),
    errors=(
        ("name", Reason("required")),
        ("zone", Reason("zone_unknown")),
        ("days", Reason("never_opens")),
        ("periods", Reason("too_many_days", {"limit": 3000})),
    ),
)
POLICY = PolicyForm(
    2,
    "Standard",
    "3",
    "Evenings",
    (("first_response", "4"), ("next_response", "8"), ("resolution", "")),
    frozenset({"pending"}),
    (
        PolicyStep("75", "agent"),
        PolicyStep("30", "agent", "close"),
        PolicyStep("100", "lead", raise_to="next"),
        PolicyStep("60", "team-1", "late", give_to="team-1", tag="متأخرة"),
        PolicyStep("120", "office", "late", address="director@authority.example"),
        PolicyStep("150", "user-7", raise_to="urgent", give_to="user-7"),
        PolicyStep("400", "", give_to="queue"),
        PolicyStep(),
    ),
    calendars=("Evenings", "ساعات العمل"),
    topics=(("4", RENEWAL, 1),),
    topic="4",
    team="1",
    account="9",
    contact_class="vip",
    own_hours=True,
    starts="2027-01-01",
    ends="2027-03-08",
    phase="planned",
    teams=(("1", PASSPORTS),),
    accounts=(("9", "help@authority.example"),),
    people=((7, "هدى الراشد"),),
    preview=TermsPreview(10, 10, 0, 0, 0),
    checked="0a1b",
    versions=POLICY_VERSIONS,
)
WRONG_POLICY = replace(
    POLICY,
    id=0,
    name="",
    preview=None,
    versions=(),
    steps=(
        PolicyStep("many", error=Reason("percent", {"limit": 1000})),
        PolicyStep("1", "", error=Reason("step_nothing")),
    ),
    errors=(
        ("topic", Reason("choice_gone")),
        ("team", Reason("choice_gone")),
        ("account", Reason("choice_gone")),
        ("starts", Reason("starts_past")),
        ("ends", Reason("range_inverted")),
        ("name", Reason("required")),
        ("position", Reason("not_a_number")),
        ("calendar", Reason("no_calendar")),
        ("first_response", Reason("not_a_number")),
        ("allowed", Reason("nothing_promised")),
    ),
)

BULK = Bulk(
    "b1",
    (Choice("1", "سارة العتيبي", presence="online"), Choice("4", "Daniel Reyes", presence="away")),
    Reason("bulk_left", {"done": 3, "left": 1}),
    "/supervision",
    (Choice("3", "الاستقبال"), Choice("4", "الجوازات")),
)
NOTHING_TICKED = Bulk("b2")
LATE_PARTS = (LatePart(4, 2, 4, RENEWAL), LatePart(1, 0))
LATE_CHANNELS = (LatePart(5, 2, channel="email"),)
WAITS = (
    LongestWait(
        1042, "1042", "فاطمة الزهراني", "email", PASSPORTS, NOW - timedelta(hours=7), "سارة"
    ),
    LongestWait(1037, "1037", "Maria Santos", "whatsapp", PASSPORTS, NOW - timedelta(hours=3)),
)
FLOW = Flow(
    61,
    48,
    tuple(FlowHour(hour, hour * 2, hour) for hour in range(11)),
)
PROMISES = tuple(
    Promise(
        3000 + n, str(3000 + n), "فاطمة الزهراني", "email", "تأخر الجواز", "first_response",
        NOW - timedelta(minutes=10 * n), "open", PASSPORTS, late=True,
    )
    for n in range(3)
)  # fmt: skip
BEHIND = Behind(
    "late",
    PROMISES,
    PASSPORTS,
    RENEWAL,
    "email",
    Person(1, "سارة العتيبي"),
    "/supervision/tickets?measure=late&after=200",
)
NOTHING_BEHIND = Behind("waiting", ())
ITEMS = (
    NoticeItem(1042, "1042", "فاطمة الزهراني", "تأخر الجواز", "first_response", 100, NOW),
    NoticeItem(1037, "1037", "Maria Santos", "Exit visa", "resolution", 75),
)
MESSAGES = (TeamMessage("هدى الراشد", "نبدأ اليوم ببلاغات الفقدان.", NOW - timedelta(minutes=9)),)
NOTICES = Notices(
    (
        *alarms.NOTICES,
        Notice(2, NOW - timedelta(minutes=3), 100, ITEMS),
        Notice(
            3,
            NOW - timedelta(minutes=9),
            0,
            (),
            messages=MESSAGES,
        ),
        Notice(1, NOW - timedelta(hours=3), 1, ITEMS[1:], unread=False, acknowledged=True),
    )
)

DAY = date(2026, 11, 22)
LINES = (
    AccountLine(
        "started",
        NOW - timedelta(hours=3),
        {
            "cause": "citizen_message",
            "allowed": 135_000,
            "policy": "الالتزام المعتاد",
            "calendar": "ساعات العمل",
        },
    ),
    AccountLine(
        "counted",
        NOW - timedelta(hours=3),
        {"exception": True},
        DAY,
        NOW - timedelta(hours=1),
        7200,
        "رمضان",
    ),
    AccountLine("paused", NOW - timedelta(hours=1), {"cause": "status_pending"}),
    AccountLine("closed_day", NOW, {}, DAY, occasion="عيد الفطر"),
    AccountLine("counted", NOW, {"folded": True}, DAY, NOW, 90_000),
    AccountLine("brand_new", NOW, {"cause": "nobody_knows"}),
    AccountLine("due", NOW, {"allowed": 14_400}),
    AccountLine("late", NOW, {"used": 1, "allowed": 2}, open=600),
)
ACCOUNTS = ClockAccounts(
    1042,
    "1042",
    (
        ClockAccount("first_response", 1, "breached", LINES),
        ClockAccount("next_response", 2, "met", LINES[:2]),
    ),
    awaited=True,
    form_key="n1",
    seen_seq=9,
    error=Reason("empty_text"),
)

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "terms": (TERMS, replace(TERMS, editable=False, retired=TERMS.policies[:1]), Terms()),
    "calendar_line": CALENDARS,
    "policy_line": POLICIES,
    "policy_facts": (FACTS, PLAIN),
    "calendar_form": (CALENDAR, WRONG_CALENDAR),
    "policy_form": (POLICY, WRONG_POLICY),
    "team_message": MESSAGES,
    "bulk": (BULK, NOTHING_TICKED),
    "late_part": (*LATE_PARTS, *LATE_CHANNELS),
    "longest_wait": WAITS,
    "flow": (FLOW, Flow(0, 0, ())),
    "behind": (BEHIND, NOTHING_BEHIND),
    "notices": (NOTICES, Notices()),
    "notice": NOTICES.rows,
    "clock_accounts": (ACCOUNTS, ClockAccounts(1, "1")),
    "clock_account": ACCOUNTS.accounts,
}


def pages(chrome: Chrome) -> Mapping[str, tuple[object, ...]]:
    """Return examples of the pages, with the gallery's own rail around them."""
    chrome = replace(chrome, here="terms", notices=2)
    return {
        "behind": (
            BehindPage(chrome, BEHIND, BULK),
            BehindPage(chrome, NOTHING_BEHIND, NOTHING_TICKED),
        ),
        "accounts": (AccountsPage(chrome, ACCOUNTS), AccountsPage(chrome, ClockAccounts(1, "1"))),
        "notices": (NoticesPage(chrome, NOTICES), NoticesPage(chrome, Notices())),
        "terms": (TermsPage(chrome, TERMS), TermsPage(chrome, Terms())),
        "calendar": (CalendarPage(chrome, CALENDAR), CalendarPage(chrome, WRONG_CALENDAR)),
        "policy": (PolicyPage(chrome, POLICY), PolicyPage(chrome, WRONG_POLICY)),
    }
