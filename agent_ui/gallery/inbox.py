"""Lists of tickets, and what a search finds."""

from dataclasses import replace
from typing import get_args

from agent_ui.gallery.people import (
    APPOINTMENT,
    COMPLAINT,
    DAN,
    FEES,
    KHALID,
    LOSS,
    NOURA,
    RENEWAL,
    SARA,
    VISA,
    ago,
    ahead,
)
from agent_ui.models import (
    ChannelKind,
    FoundTicket,
    Name,
    SearchResults,
    TicketList,
    TicketRow,
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

EMPTY_VIEWS = tuple(
    TicketList(view, (), total=0) for view in ("mine", "unassigned", "late", "all", "team-3")
)

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

EVERY_CHANNEL = tuple(
    replace(ROWS[0], id=2000 + number, channel=kind)
    for number, kind in enumerate(get_args(ChannelKind))
)
