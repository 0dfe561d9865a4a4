"""Read one e-mail from its bytes: any bytes, without raising and without hanging."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from channels.email.parse import (
    authentication,
    automatic,
    body,
    bounce,
    dates,
    html_text,
    identity,
    ids,
    language,
    limits,
    mime,
    reply,
    suspicion,
)
from channels.email.parse.head import Head
from channels.email.parse.mail import ParsedMail
from channels.email.settings import Settings
from channels.message import File, Inbound, Parsed

__all__ = [
    "AUTHENTICATION_HEADER",
    "OVERSIZED_HEADER",
    "ParsedMail",
    "inspect",
    "parse",
    "read",
    "to_inbound",
]

# Said by whoever fetched the mail, beside its bytes: only a part of so many bytes was taken,
# and what our own listener found out about the sender.
OVERSIZED_HEADER = "x-oversized-bytes"
AUTHENTICATION_HEADER = "x-authenticated"


def parse(raw: bytes) -> ParsedMail:
    """Read a mail; whatever is odd about it becomes a warning."""
    root, warnings = mime.split(raw)
    head = Head(root.headers)
    content = body.read(root)
    source, plain = content.html, content.plain
    marked = body.cleaned(source, content) if source is not None else None
    html = reply.unmarked(marked) if marked is not None else None
    letter = _tidy(plain if plain is not None else html_text.to_text(marked or ""))
    text = letter if plain is not None else reply.unmarked(letter)
    said = reply.trimmed(letter if plain is None else reply.unmarked(letter), subject=head.subject)
    report = bounce.judge(head, content, text)
    return ParsedMail(
        message_id=head.message_id,
        in_reply_to=tuple(ids.many(" ".join(head.all("in-reply-to")))),
        references=tuple(ids.many(" ".join(head.all("references")))),
        sender=head.sender,
        to=head.parties("to"),
        cc=head.parties("cc"),
        reply_to=head.parties("reply-to"),
        subject=head.subject,
        date=dates.parse(head.text("date") or ""),
        text=text,
        reply_text=said,
        html=html,
        files=tuple(_placed(file, html) for file in content.files),
        automatic=automatic.judge(head, report),
        bounce=report,
        language=language.guess(said) or language.guess(head.subject or ""),
        content_key=identity.content_key(
            message_id=head.message_id,
            sender=head.sender,
            date=head.first("date"),
            letter=(plain, source),
            files=content.files,
        ),
        authentication=head.all("authentication-results"),
        flags=frozenset(content.flags | suspicion.flags(head, html)),
        warnings=tuple(dict.fromkeys(warnings + content.warnings))[: limits.WARNINGS],
    )


def to_inbound(mail: ParsedMail, settings: Settings) -> Inbound:
    """Give the mail the shape that all channels share, judged by one mailbox's settings."""
    sender = mail.sender if mail.sender and mail.sender.address else None
    return Inbound(
        sender=sender,
        to=tuple(party for party in mail.to if party.address),
        cc=tuple(party for party in mail.cc if party.address),
        reply_to=tuple(party for party in mail.reply_to if party.address),
        external_id=mail.message_id,
        content_key=mail.content_key,
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        subject=mail.subject,
        text=mail.text,
        reply_text=mail.reply_text,
        html=mail.html,
        files=mail.files,
        automatic=mail.automatic,
        bounce=mail.bounce,
        authenticated=authentication.verdict(
            mail.authentication, believe=settings.authserv_id, sender=sender
        ),
        language=mail.language,
        said_at=mail.date,
        flags=mail.flags,
        warnings=mail.warnings,
    )


def read(raw: bytes, headers: Mapping[str, str], settings: Settings) -> Parsed:
    """Read one journal entry, with what was noted beside it when it was taken in."""
    message = to_inbound(parse(raw), settings)
    noted = {name.lower(): value for name, value in headers.items()}
    if noted.get(AUTHENTICATION_HEADER) in ("pass", "fail"):
        message = replace(message, authenticated=noted[AUTHENTICATION_HEADER] == "pass")
    if size := noted.get(OVERSIZED_HEADER):
        message = replace(
            message,
            flags=message.flags | {"oversized"},
            warnings=(f"mail of {size} bytes is over the limit; only its start was fetched",
                      *message.warnings),
        )  # fmt: skip
    return Parsed(messages=(message,), warnings=message.warnings)


def inspect(raw: bytes) -> dict[str, Any]:
    """Say what the parser makes of a mail."""
    return parse(raw).as_json()


def _tidy(text: str) -> str:
    return text.replace("\0", "").strip("\n")


def _placed(file: File, html: str | None) -> File:
    """Mark files that the letter itself shows."""
    shown = bool(html and file.content_id and f"cid:{file.content_id}" in html)
    return replace(file, inline=True) if shown and not file.inline else file
