"""What waits in the quarantine, and what was sent."""

from agent_ui.gallery.people import ago
from agent_ui.models import (
    OutgoingList,
    OutgoingMail,
    OutgoingRow,
    Quarantine,
    QuarantineEntry,
    Reason,
    UnreadableMail,
)

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
