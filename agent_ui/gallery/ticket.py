"""An open ticket in Arabic, one in English, and a closed one."""

from agent_ui.gallery import composer, rules
from agent_ui.gallery.people import (
    DAN,
    FEES,
    INTAKE,
    KHALID,
    LOSS,
    NOURA,
    PASSPORTS,
    REEM,
    RENEWAL,
    RESIDENCY,
    SARA,
    VISA,
    ago,
    ahead,
)
from agent_ui.models import (
    Attachment,
    ChannelAccount,
    Choice,
    Choices,
    Clock,
    Composer,
    ContextPanel,
    Controls,
    Conversation,
    Delivery,
    EventLine,
    Identity,
    Item,
    Message,
    Name,
    OtherTicket,
    Reason,
    Thread,
)
from agent_ui.models.ticket import GivenRating

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
        delivery=Delivery(41, "delivered", at=ago(1389), copies=composer.COPIED),
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
    why=rules.WHY,
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
    copies=composer.COPIES,
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
    rating=GivenRating(2, "تأخر الرد كثيرًا.", ago(50)),
)
CONVERSATION = Conversation(THREAD, COMPOSER, CONTEXT)
