"""Mails as citizens send them, made in one line."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid


def mail(
    text: str = "السلام عليكم، أين وصل طلب تجديد جوازي؟",
    *,
    sender: str = "Fatima Ali <fatima@example.org>",
    to: str = "help@passports.example",
    subject: str | None = "تجديد جواز السفر",
    message_id: str | None = "",
    cc: str = "",
    in_reply_to: str = "",
    html: str = "",
    files: tuple[tuple[str, str, bytes], ...] = (),
    headers: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """Return the bytes of a mail; an empty ``message_id`` makes a new one, ``None`` leaves it out."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = to
    if cc:
        made["Cc"] = cc
    if subject is not None:
        made["Subject"] = subject
    made["Date"] = format_datetime(datetime.now(UTC))
    if message_id is not None:
        made["Message-ID"] = message_id or make_msgid(domain="example.org")
    if in_reply_to:
        made["In-Reply-To"] = in_reply_to
        made["References"] = in_reply_to
    for name, value in headers:
        made[name] = value
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    for filename, content_type, content in files:
        kind, _, subtype = content_type.partition("/")
        made.add_attachment(content, maintype=kind, subtype=subtype, filename=filename)
    return made.as_bytes()
