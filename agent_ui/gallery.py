"""Examples of every component and page in every state, for looking at and for tests.

The people, tickets and addresses are invented; the moment is fixed, so that two runs look alike.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

from agent_ui import (
    gallery_alarms,
    gallery_composer,
    gallery_help,
    gallery_mail,
    gallery_report,
    gallery_rules,
    gallery_shifts,
    gallery_supervision,
    gallery_topics,
)
from agent_ui.models import (
    AccountHealth,
    AccountList,
    AgentLoad,
    AgentSkills,
    AssignmentPage,
    Attachment,
    Call,
    ChannelAccount,
    ChannelKind,
    ChannelsPage,
    Choice,
    Choices,
    Chrome,
    Clock,
    ClockState,
    Composer,
    Conflict,
    ContextPanel,
    Controls,
    Conversation,
    Delivery,
    DeliveryState,
    Desk,
    ErrorPage,
    EventLine,
    FoundTicket,
    Identity,
    Item,
    Message,
    Name,
    OtherTicket,
    Outgoing,
    OutgoingList,
    OutgoingMail,
    OutgoingRow,
    Person,
    Promise,
    Quarantine,
    QuarantineEntry,
    QuarantinePage,
    Question,
    QuestionForm,
    RailView,
    Reason,
    Search,
    SearchResults,
    SetUp,
    SignIn,
    Supervision,
    TeamLoad,
    TeamWay,
    Thread,
    TicketList,
    TicketRow,
    UnreadableMail,
    Viewer,
    Wall,
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

ROWS = (
    TicketRow(
        id=1042,
        number="1042",
        contact="فاطمة الزهراني",
        channel="email",
        subject="تأخر تجديد جواز السفر وموعد الرحلة قريب",
        last_words="السلام عليكم، رحلتي يوم الخميس ولم يصلني الجواز حتى الآن",
        last_message_at=ago(8),
        status="open",
        priority="urgent",
        topic=RENEWAL,
        unread=True,
        assignee=SARA,
        due_at=ahead(38),
    ),
    TicketRow(
        id=1039,
        number="1039",
        contact="عبدالله بن سعد",
        channel="telegram",
        subject="بلاغ فقدان",
        last_words="فقدت جوازي في المطار أمس، ماذا أفعل؟",
        last_message_at=ago(52),
        status="open",
        priority="high",
        topic=LOSS,
        unread=True,
        assignee=SARA,
        due_at=ago(40),
        late=True,
    ),
    TicketRow(
        id=1037,
        number="1037",
        contact="Maria Santos",
        channel="whatsapp",
        subject="Exit visa",
        last_words="Thank you. Do I need to bring the original or is a copy enough?",
        last_message_at=ago(95),
        status="open",
        topic=VISA,
        assignee=DAN,
        due_at=ahead(80),
    ),
    TicketRow(
        id=1031,
        number="1031",
        contact="محمد الغامدي",
        channel="email",
        subject="تعديل بيانات",
        last_words="أرفقنا لكم النموذج المطلوب، نرجو تعبئته وإرساله",
        last_message_at=ago(190),
        status="pending",
        topic=Name("تحديث بيانات", "Data update"),
        assignee=SARA,
        due_at=ahead(900),
        paused=True,
        waiting="citizen",
    ),
    TicketRow(
        id=1028,
        number="1028",
        contact="+966 55 012 3456",
        channel="hotline",
        subject="مكالمة فائتة",
        last_words="مكالمة فائتة",
        last_message_at=ago(240),
        status="new",
        due_at=ahead(310),
    ),
    TicketRow(
        id=1017,
        number="1017",
        contact="Ahmed Hassan Mohamed Abdelrahman Al-Sharif",
        channel="app",
        subject="Booking an appointment for a family of five in the main branch",
        last_words="هل يمكن تغيير الموعد إلى يوم الأحد؟ The app shows an error E-204 كل مرة",
        last_message_at=ago(1500),
        status="open",
        topic=APPOINTMENT,
        assignee=KHALID,
        due_at=ahead(2900),
    ),
    TicketRow(
        id=1009,
        number="1009",
        contact="هند العمري",
        channel="walk_in",
        subject="استرداد رسوم",
        last_words="راجعت الفرع وطُلب منها إيصال السداد",
        last_message_at=ago(4000),
        status="on_hold",
        topic=FEES,
        assignee=SARA,
        due_at=None,
        paused=True,
    ),
    TicketRow(
        id=998,
        number="998",
        contact="noreply@bank.example",
        channel="x",
        subject="",
        last_words="",
        last_message_at=ago(60 * 24 * 400),
        status="resolved",
        topic=COMPLAINT,
        assignee=NOURA,
        waiting="nobody",
    ),
)
LIST = TicketList(
    view="mine",
    rows=(replace(ROWS[0], current=True), *ROWS[1:]),
    next_after="1700000000-998",
    total=12,
)

MAILBOX = ChannelAccount(1, "email", "بريد خدمة المراجعين", "care@passports.example")
CONTROLS = Controls(
    assignee=Choices(
        "assignee",
        (
            Choice(""),
            Choice("1", SARA.name, selected=True, presence="online"),
            Choice("2", KHALID.name, presence="online"),
            Choice("3", NOURA.name, presence="away"),
            Choice("4", DAN.name, presence="offline"),
            Choice("5", REEM.name, presence="online"),
        ),
    ),
    status=Choices(
        "status",
        tuple(
            Choice(code, selected=code == "open")
            for code in ("open", "pending", "on_hold", "resolved", "closed")
        ),
    ),
    topic=Choices(
        "topic",
        (
            Choice(""),
            Choice("1", Name("جواز السفر", "Passport")),
            Choice("2", RENEWAL, selected=True, depth=1),
            Choice("3", LOSS, depth=1),
            Choice("4", VISA),
            Choice("5", FEES),
        ),
    ),
    priority=Choices(
        "priority",
        tuple(
            Choice(code, selected=code == "urgent") for code in ("low", "normal", "high", "urgent")
        ),
    ),
    team=Choices(
        "team",
        (
            Choice("1", PASSPORTS, selected=True),
            Choice("2", RESIDENCY),
            Choice("3", INTAKE, note=Reason("nobody_online")),
        ),
    ),
)
FIXED = Controls(
    assignee=Choices("assignee", (Choice(""),), allowed=False),
    status=Choices("status", (Choice("closed", selected=True),), allowed=False),
    topic=Choices("topic", (), allowed=False),
    priority=Choices("priority", (Choice("normal", selected=True),), allowed=False),
    team=Choices("team", (Choice("3", INTAKE, selected=True),), error=Reason("not_possible")),
    may_take=True,
)
CLOCKS = (
    Clock(
        "first_response",
        "met",
        ago(1200),
        started_at=ago(1500),
        met_at=ago(1390),
        allowed=14400,
        used=6600,
    ),
    Clock("next_response", "running", ahead(38), started_at=ago(202), allowed=14400, used=12120),
    Clock("resolution", "running", ahead(1620), started_at=ago(1500), allowed=172800, used=90000),
)
ITEMS: tuple[Item, ...] = (
    EventLine(1, "ticket_created", ago(1500), {"channel": "email"}),
    Message(
        id=501,
        seq=2,
        direction="in",
        at=ago(1500),
        author="فاطمة الزهراني",
        address="fatima.z@mail.example",
        text=(
            "السلام عليكم ورحمة الله وبركاته\n\nتقدمت بطلب تجديد جواز السفر قبل ثلاثة أسابيع برقم"
            " الطلب RN-20461187 وسددت الرسوم، ولم يصلني أي إشعار حتى الآن.\n\n"
            "رحلتي يوم الخميس القادم. أرجو إفادتي بموعد التسليم.\n\nفاطمة"
        ),
        rest="--\nفاطمة أحمد الزهراني\n+966 55 012 3456",
        has_html=True,
        attachments=(
            Attachment(1, "إيصال السداد.pdf", "application/pdf", 184_320),
            Attachment(2, "passport-scan-front.jpg", "image/jpeg", 2_411_724),
        ),
    ),
    EventLine(3, "routed", ago(1499), {"team": PASSPORTS}),
    EventLine(4, "assigned", ago(1499), {"to": SARA}),
    Message(
        id=502,
        seq=5,
        direction="out",
        at=ago(1390),
        author="سارة العتيبي",
        text=(
            "وعليكم السلام ورحمة الله\n\nطلبكم قيد الطباعة، ونتوقع وصوله إلى فرع العليا خلال يومي"
            " عمل. ستصلكم رسالة نصية فور جاهزيته."
        ),
        delivery=Delivery(41, "delivered", at=ago(1389), copies=gallery_composer.COPIED),
    ),
    Message(
        id=503,
        seq=6,
        direction="note",
        at=ago(1380),
        author="سارة العتيبي",
        text="تواصلت مع المطبعة: الدفعة تخرج يوم الثلاثاء. إن تأخرت نصدر وثيقة سفر مؤقتة.\n[صورة: batch.png]",
        pictures=(Attachment(3, "batch.png", "image/png", 88_000),),
    ),
    EventLine(7, "status_changed", ago(1379), {"from": "open", "to": "pending"}, SARA),
    Message(
        id=504,
        seq=8,
        direction="in",
        at=ago(8),
        author="فاطمة الزهراني",
        address="fatima.z@mail.example",
        text="السلام عليكم، رحلتي يوم الخميس ولم يصلني الجواز حتى الآن. هل أستطيع استلامه من الفرع؟",
        rest="> طلبكم قيد الطباعة، ونتوقع وصوله إلى فرع العليا خلال يومي عمل.",
        fresh=True,
    ),
    EventLine(9, "status_changed", ago(8), {"from": "pending", "to": "open"}),
)
THREAD = Thread(
    id=1042,
    number="1042",
    subject="تأخر تجديد جواز السفر وموعد الرحلة قريب",
    status="open",
    priority="urgent",
    team=PASSPORTS,
    account=MAILBOX,
    contact="فاطمة الزهراني",
    created_at=ago(1500),
    controls=CONTROLS,
    items=ITEMS,
    last_seq=9,
    form_key="4f7c",
    topic=RENEWAL,
    assignee=SARA,
    clocks=CLOCKS,
    why=gallery_rules.WHY,
    tags=("عائلة", "VIP"),
    may_try_rules=True,
)
COMPOSER = Composer(
    account=MAILBOX.name,
    ticket_id=1042,
    channel="email",
    to="fatima.z@mail.example",
    form_key="b71e",
    seen_seq=9,
    attachments_allowed=True,
    copies=gallery_composer.COPIES,
    quotes=False,
    signature="سارة العتيبي\nإدارة الجوازات",
)
CONTEXT = ContextPanel(
    contact_id=77,
    contact="فاطمة الزهراني",
    identities=(
        Identity("email", "fatima.z@mail.example", verified=True),
        Identity("hotline", "+966 55 012 3456"),
        Identity("telegram", "@fatima_z"),
    ),
    tickets=(
        OtherTicket(871, "871", "استفسار عن رسوم التجديد", "closed", ago(60 * 24 * 90)),
        OtherTicket(655, "655", "Change of the delivery address", "resolved", ago(60 * 24 * 200)),
    ),
    followers=(KHALID,),
    since=ago(60 * 24 * 700),
    language="ar",
    contact_class="vip",
    may_change_class=True,
)
CONVERSATION = Conversation(THREAD, COMPOSER, CONTEXT)


def _deliveries() -> tuple[Item, ...]:
    made: list[Item] = []
    for number, state in enumerate(get_args(DeliveryState)):
        error = {
            "failed": Reason("recipient_gone"),
            "queued": Reason("cannot_connect"),
        }.get(state)
        delivery = Delivery(
            60 + number,
            state,
            until=ahead(0.2) if state == "held" else None,
            retry_at=ahead(5) if state == "queued" else None,
            error=error,
        )
        made.append(
            Message(
                id=600 + number,
                seq=20 + number,
                direction="out",
                at=ago(60 - number),
                author="Daniel Reyes",
                text="Yes, a copy is enough. Please bring it to counter 4, Sunday to Thursday.",
                delivery=delivery,
            )
        )
    return tuple(made)


ENGLISH = replace(
    CONVERSATION,
    thread=replace(
        THREAD,
        id=1037,
        number="1037",
        subject="Exit visa: original or copy?",
        contact="Maria Santos",
        account=ChannelAccount(2, "whatsapp", "WhatsApp", "+966 11 555 0100"),
        items=(
            Message(
                id=599,
                seq=10,
                direction="in",
                at=ago(95),
                author="Maria Santos",
                address="+63 917 555 0101",
                channel="whatsapp",
                verified=False,
                whole_bytes=61_000_000,
                text=(
                    "Thank you. Do I need to bring the original or is a copy enough?\n"
                    "https://passports.example/visa?step=2"
                ),
            ),
            Message(
                id=597,
                seq=11,
                direction="call",
                at=ago(90),
                author="Maria Santos",
                channel="hotline",
                text="",
                call=Call(answered=True, waited=48, talked=372),
            ),
            Message(
                id=596,
                seq=12,
                direction="call",
                at=ago(80),
                author="Maria Santos",
                channel="hotline",
                text="",
                call=Call(answered=False, waited=95),
            ),
            Message(
                id=595,
                seq=13,
                direction="in",
                at=ago(70),
                author="Mail Delivery System",
                text="I am out of the office until Sunday.",
                automatic=True,
            ),
            *_deliveries(),
            EventLine(40, "something_new", ago(2)),
            EventLine(
                41,
                "clock_breached",
                ago(1),
                {"clock": "resolution", "due_at": "2026-11-22T07:02:00+00:00"},
            ),
        ),
        clocks=(
            Clock("first_response", "met_late", ago(900)),
            Clock("next_response", "breached", ago(40), started_at=ago(300)),
            Clock("resolution", "paused", None, paused_because=Reason("status_pending")),
        ),
        watching=(KHALID, NOURA),
        notice=Reason("already_taken", {"actor": KHALID}),
        earlier_before=10,
    ),
    composer=replace(
        COMPOSER,
        ticket_id=1037,
        channel="whatsapp",
        to="+63 917 555 0101",
        text="A copy is enough.",
        attachments_allowed=True,
        copies=None,
        quotes=None,
        kept=(Attachment(7, "visa.pdf", "application/pdf", 90_112),),
        conflict=Conflict((ITEMS[-2], ITEMS[-1]), 11),
    ),
    context=replace(
        CONTEXT,
        contact="Maria Santos",
        tickets=(),
        followers=(),
        language="en",
        contact_class="ordinary",
    ),
)
CLOSED = replace(
    CONVERSATION,
    thread=replace(
        THREAD, controls=FIXED, subject="", topic=None, assignee=None, clocks=(), items=ITEMS[:2]
    ),
    composer=replace(
        COMPOSER,
        blocked=Reason("closed"),
        mode="note",
        error=Reason("empty"),
        attachments_allowed=False,
        copies=None,
        quotes=None,
        signature="",
    ),
)

HEALTH = (
    AccountHealth(
        1,
        "email",
        "بريد خدمة المراجعين",
        "care@passports.example",
        "connected",
        ago(3000),
        last_in=ago(2),
        last_out=ago(11),
        answers_stopped=True,
    ),
    AccountHealth(
        2,
        "telegram",
        "Telegram",
        "@passports_bot",
        "waiting",
        ago(6),
        last_in=ago(9),
        waiting_in=14,
        error=Reason("timeout"),
        retry_at=ahead(1),
    ),
    AccountHealth(
        3,
        "email",
        "بريد الشكاوى",
        "complaints@passports.example",
        "failed",
        ago(64),
        last_in=ago(70),
        waiting_out=3,
        failed=2,
        error=Reason("sign_in_refused"),
    ),
    AccountHealth(4, "hotline", "الخط الساخن", "920000000", "off", ago(9000)),
    AccountHealth(5, "email", "بريد العرض", "demo@passports.example", "kept", ago(9000)),
)


def _promise(row: TicketRow, minutes: float) -> Promise:
    return Promise(
        id=row.id,
        number=row.number,
        contact=row.contact,
        channel=row.channel,
        subject=row.subject or row.last_words,
        target="next_response" if row.unread else "resolution",
        due_at=ahead(minutes),
        status=row.status,
        team=PASSPORTS if row.assignee is SARA else RESIDENCY,
        priority=row.priority,
        assignee=row.assignee,
        late=minutes < 0,
    )


WALL = Wall(
    late_count=5,
    soon_count=4,
    later_count=61,
    open_count=134,
    unassigned_count=7,
    late=(_promise(ROWS[1], -40), _promise(ROWS[6], -18), _promise(ROWS[4], -3)),
    soon=(_promise(ROWS[0], 38), _promise(ROWS[2], 52)),
    later=(_promise(ROWS[5], 190),),
    agents=(
        AgentLoad(SARA, "online", 12, 4, 1, 9, 15),
        AgentLoad(KHALID, "online", 15, 2, 0, 6, 15),
        AgentLoad(NOURA, "away", 8, 6, 2, 11, 15),
        AgentLoad(DAN, "offline", 0, 1),
        AgentLoad(REEM, "online", 5, 0, 0, 14, 15),
    ),
    teams=(
        TeamLoad(1, PASSPORTS, 86, 3, 3, 2, 4, 5),
        TeamLoad(2, RESIDENCY, 41, 4, 2, 2, 2, 3),
        TeamLoad(3, INTAKE, 7, 0, 0, 0, 0, 2),
    ),
    accounts=HEALTH[:3],
    as_of=NOW,
    answers_stuck=3,
    topics=gallery_supervision.LATE_PARTS,
    channels=gallery_supervision.LATE_CHANNELS,
    longest=gallery_supervision.WAITS,
    flow=gallery_supervision.FLOW,
    bulk=gallery_supervision.BULK,
)
QUIET_WALL = Wall(0, 0, 0, 0, 0, teams=(TeamLoad(3, INTAKE, 0, 0, 0, 0),))

ENTRIES = Quarantine(
    (
        QuarantineEntry(
            9,
            "email",
            "بريد خدمة المراجعين",
            ago(33),
            48_122,
            5,
            Reason("unreadable", {"detail": "multipart boundary missing"}),
            sender="scanner@branch.example",
            subject="Scan_0021",
            form_key="q9",
        ),
        QuarantineEntry(
            8, "telegram", "Telegram", ago(600), 900, 5, Reason("took_too_long"), form_key="q8"
        ),
    ),
    next_after="8",
    unreadable=(
        UnreadableMail(
            4,
            "email",
            "بريد خدمة المراجعين",
            "INBOX",
            2107,
            Reason("refused", {"answer": "FETCH failed: Internal error occurred."}),
            5,
            ago(900),
            None,
            form_key="u4",
        ),
        UnreadableMail(
            5,
            "email",
            "Passports",
            "صور",
            12,
            Reason("refused", {"answer": "[SERVERBUG]"}),
            2,
            ago(70),
            ago(-10),
            form_key="u5",
        ),
    ),
)
MAILS = OutgoingList(
    (
        OutgoingRow(
            31,
            "fatima.z@mail.example",
            "رد: تأخر تجديد جواز السفر",
            ago(11),
            1042,
            "1042",
            current=True,
        ),
        OutgoingRow(30, "m.santos@mail.example", "Re: Exit visa", ago(300), 1037, "1037"),
        OutgoingRow(29, "x@mail.example", "Receipt", ago(3000)),
    ),
    next_after="29",
)
MAIL = OutgoingMail(
    31,
    "care@passports.example",
    "fatima.z@mail.example",
    "رد: تأخر تجديد جواز السفر",
    ago(11),
    "وعليكم السلام ورحمة الله\n\nطلبكم قيد الطباعة.",
    message_id="<t1042.8f3a@passports.example>",
    ticket_id=1042,
    number="1042",
)
EMPTY_VIEWS = tuple(
    TicketList(view, (), total=0) for view in ("mine", "unassigned", "late", "all", "team-3")
)

TRY_OUT = QuestionForm("/rules", "try_out", (Question("subject"),), ("try",))
ASKED = (
    Question("name", value="سفر قريب"),
    Question(
        "if_channel", "many", options=(Choice("email", selected=True), Choice("x")), of="channel"
    ),
    Question(
        "then_topic", "one", options=(Choice("", selected=True), Choice("3", PASSPORTS, depth=1))
    ),
    Question("if_earlier", "number", "3", error=Reason("not_possible")),
    Question("then_stop", "yes", "yes"),
    Question("keywords", "long", "جواز"),
    Question("languages", "many", options=(Choice("ar"),), of="language", error=Reason("required")),
)
ASKED_FORM = QuestionForm(
    "/rules/7", "rule", ASKED, ("save", "preview"), notices=(Reason("never_matches"),)
)
TOPIC_FORM = QuestionForm("/topics/3", "topic", ASKED[:1], name=PASSPORTS)
WAY_FORM = QuestionForm("/assignment/teams/3", "way", (Question("grace_minutes", "number", "15"),))
SKILLS = AgentSkills(
    4, "أمل الشهري", "online", 3, 15, 41, QuestionForm("/assignment/people/4", "skills", ASKED[6:])
)
WAY = TeamWay(3, PASSPORTS, 2, Reason("everyone_full"), WAY_FORM, (SKILLS,))
FOUND = tuple(
    FoundTicket(
        row,
        ((row.contact, False),),
        ((row.number[:3], True), (row.number[3:], False)),
        ((row.subject, False),),
        (("… ", False), (row.last_words[:12], True), (row.last_words[12:], False)),
    )
    for row in ROWS
)
RESULTS = SearchResults("جواز السفر", FOUND, next_after="1x")
PAGES: Mapping[str, tuple[object, ...]] = {
    "assignment": (AssignmentPage(CHROME, (WAY,)), AssignmentPage(CHROME, ())),
    "search": (
        Search(CHROME, RESULTS),
        Search(CHROME, SearchResults("")),
        Search(CHROME, RESULTS, CONVERSATION),
    ),
    "desk": (
        Desk(CHROME, LIST, CONVERSATION),
        Desk(replace(CHROME, viewer=AGENT, here="all"), LIST, ENGLISH),
        Desk(CHROME, LIST),
        Desk(
            replace(CHROME, here="late", views=CHROME.views[:4], keeps_mail=False, failed=0),
            EMPTY_VIEWS[2],
        ),
        Desk(CHROME, LIST, CLOSED),
    ),
    "supervision": (
        Supervision(replace(CHROME, here="supervision"), WALL),
        Supervision(replace(CHROME, here="supervision"), QUIET_WALL),
    ),
    "outgoing": (
        Outgoing(replace(CHROME, here="outgoing"), MAILS, MAIL),
        Outgoing(replace(CHROME, here="outgoing"), OutgoingList(())),
    ),
    "quarantine": (
        QuarantinePage(replace(CHROME, here="quarantine"), ENTRIES),
        QuarantinePage(replace(CHROME, here="quarantine"), Quarantine(())),
    ),
    "channels": (
        ChannelsPage(replace(CHROME, here="channels"), AccountList(HEALTH)),
        ChannelsPage(replace(CHROME, here="channels"), AccountList(())),
    ),
    "sign_in": (
        SignIn(),
        SignIn("sara@passports.example", Reason("wrong_password"), next="/inbox/mine"),
    ),
    "set_up": (
        SetUp("once", expires_at=ahead(60)),
        SetUp(
            "once",
            "سارة",
            "sara@",
            errors=(
                ("email", Reason("not_an_address")),
                ("password", Reason("too_short", {"limit": 10})),
            ),
        ),
    ),
    "error": (
        *(ErrorPage(status) for status in (400, 403, 404, 405, 409, 413, 422, 500, 503)),
        ErrorPage(429, retry_after=240, signed_in=True, reference="8f3a-11"),
        ErrorPage(403, Reason("not_in_team", {"team": PASSPORTS}), signed_in=True),
        ErrorPage(418),
    ),
    **gallery_supervision.pages(CHROME),
    **gallery_alarms.pages(CHROME),
    **gallery_help.pages(CHROME),
    **gallery_composer.pages(CHROME),
    **gallery_report.pages(CHROME),
    **gallery_mail.pages(CHROME),
    **gallery_shifts.pages(CHROME),
    **gallery_rules.pages(CHROME),
    **gallery_topics.pages(CHROME),
}


EVERY_CHANNEL = tuple(
    replace(ROWS[0], id=2000 + number, channel=kind)
    for number, kind in enumerate(get_args(ChannelKind))
)
# Every component that takes a view model of its own, by name.
COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "found_ticket": FOUND,
    "question": ASKED,
    "question_form": (TRY_OUT, ASKED_FORM, TOPIC_FORM),
    "agent_skills": (SKILLS,),
    "team_way": (WAY, replace(WAY, waiting=0, because=None, agents=())),
    "search_results": (
        RESULTS,
        SearchResults(""),
        SearchResults("كلمة", notices=(Reason("search_no_such_status", {"said": "كلمة"}),)),
        SearchResults('"<b>"', older=True, notices=(Reason("search_cut_short"),)),
        replace(RESULTS, older=True, after="1x", next_after=None),
    ),
    "chrome": (CHROME, replace(CHROME, viewer=AGENT, keeps_mail=False)),
    "rail_view": CHROME.views,
    "viewer": (VIEWER, AGENT),
    "ticket_list": (
        LIST,
        replace(LIST, status="pending", after="x", name=PASSPORTS, total=2000),
        replace(LIST, rows=EVERY_CHANNEL, total=None),
        *EMPTY_VIEWS,
        replace(EMPTY_VIEWS[0], status="closed"),
    ),
    "ticket_row": ROWS,
    "conversation": (CONVERSATION, ENGLISH, CLOSED),
    "thread": (THREAD, ENGLISH.thread, CLOSED.thread),
    "clock": (
        *(Clock("resolution", state, ahead(90)) for state in get_args(ClockState)),
        *CLOCKS,
        *ENGLISH.thread.clocks,
    ),
    "message": tuple(item for item in (*ITEMS, *ENGLISH.thread.items) if isinstance(item, Message)),
    "event_line": tuple(
        item for item in (*ITEMS, *ENGLISH.thread.items) if isinstance(item, EventLine)
    ),
    "call": (Call(True, waited=3, talked=61), Call(False), Call(True, outbound=True, talked=30)),
    "attachment": (
        Attachment(1, "a.pdf", "application/pdf", 12),
        Attachment(2, "صورة.jpg", "image/jpeg", 5_000_000_000),
        Attachment(3, "x", "", 0),
    ),
    "delivery": tuple(
        item.delivery
        for item in ENGLISH.thread.items
        if isinstance(item, Message) and item.delivery
    ),
    "composer": (
        COMPOSER,
        gallery_composer.REFUSED,
        ENGLISH.composer,
        CLOSED.composer,
        replace(COMPOSER, channel="hotline"),
    ),
    "context_panel": (CONTEXT, ENGLISH.context),
    "identity": CONTEXT.identities,
    "other_ticket": (*CONTEXT.tickets, replace(CONTEXT.tickets[0], linked=True)),
    "wall": (WALL, QUIET_WALL),
    "promise": (*WALL.late, *WALL.soon),
    "team_load": WALL.teams,
    "agent_load": WALL.agents,
    "account_health": HEALTH,
    "account_list": (AccountList(HEALTH), AccountList(())),
    "quarantine": (ENTRIES, Quarantine(())),
    "quarantine_entry": ENTRIES.entries,
    "unreadable_mail": ENTRIES.unreadable,
    "outgoing_list": (MAILS, OutgoingList(())),
    "outgoing_row": MAILS.rows,
    "outgoing_mail": (MAIL, replace(MAIL, has_html=False, message_id="", ticket_id=None)),
    "sign_in": PAGES["sign_in"],
    "set_up": PAGES["set_up"],
    "error_page": PAGES["error"],
    **gallery_supervision.COMPONENTS,
    **gallery_alarms.COMPONENTS,
    **gallery_help.COMPONENTS,
    **gallery_composer.COMPONENTS,
    **gallery_report.COMPONENTS,
    **gallery_mail.COMPONENTS,
    **gallery_shifts.COMPONENTS,
    **gallery_rules.COMPONENTS,
    **gallery_topics.COMPONENTS,
}
