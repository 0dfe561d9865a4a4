"""What one e-mail says, after reading; the JSON form of it is a published contract."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from channels.message import Automatic, Bounce, File, Party


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail; everything in it is text that can be stored, whatever the bytes were.

    `authentication` holds the Authentication-Results headers, topmost first: whom to believe
    is for the mailbox's settings to say.
    """

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: Party | None
    to: tuple[Party, ...]
    cc: tuple[Party, ...]
    reply_to: tuple[Party, ...]
    subject: str | None
    date: datetime | None
    text: str
    reply_text: str
    html: str | None
    files: tuple[File, ...]
    automatic: Automatic | None
    bounce: Bounce | None
    language: str | None
    content_key: bytes
    authentication: tuple[str, ...]
    flags: frozenset[str]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Give what `tawasul inspect email` prints."""
        return {
            "message_id": self.message_id,
            "in_reply_to": list(self.in_reply_to),
            "references": list(self.references),
            "from": _party(self.sender) if self.sender else {"name": None, "address": None},
            "to": [_party(party) for party in self.to],
            "cc": [_party(party) for party in self.cc],
            "reply_to": [_party(party) for party in self.reply_to],
            "subject": self.subject,
            "date": f"{self.date.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if self.date else None,
            "text": self.text,
            "reply_text": self.reply_text,
            "html": self.html,
            "attachments": [_file(file) for file in self.files],
            "auto_submitted": self.automatic,
            "bounce": _bounce(self.bounce) if self.bounce else None,
            "language": self.language,
            "flags": sorted(self.flags),
            "warnings": list(self.warnings),
        }


def _party(party: Party) -> dict[str, str | None]:
    return {"name": party.name, "address": party.address or None}


def _file(file: File) -> dict[str, Any]:
    return {
        "filename": file.filename,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "inline": file.inline,
        "content_id": file.content_id,
    }


def _bounce(bounce: Bounce) -> dict[str, Any]:
    return {
        "is_bounce": bounce.is_bounce,
        "kind": bounce.kind,
        "recipients": [
            {
                "address": one.address,
                "status": one.status,
                "action": one.action,
                "smtp_code": one.smtp_code,
                "diagnostic": one.diagnostic,
            }
            for one in bounce.recipients
        ],
        "original_message_id": bounce.original_message_id,
    }
