"""Machine-readable reports: delivery status (RFC 3464), complaints (RFC 5965), read notices."""

import re
from dataclasses import dataclass

from channels.email.parse import limits, words
from channels.message import BouncedRecipient

FIELD = re.compile(
    rb"^([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)", re.MULTILINE
)
BLOCK = re.compile(rb"\r?\n[ \t]*(?:\r?\n[ \t]*)+")
ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
REFUSED = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
TOGETHER = re.compile(
    r"(?<![\d.])([45]\d\d)[\s\-#(:]{1,3}(?:[\w.@<>]{1,60}\s)?#?\(?([45]\.\d{1,3}\.\d{1,3})(?!\.?\d)"
)
SMTP_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[\s\-#:;,.)]|$)")
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,128}@[\w-]{1,63}(?:\.[\w-]{1,63})*")
MESSAGE_ID = re.compile(
    rb"^[> \t]*message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?<?([^<>\s]{3,500})>?",
    re.MULTILINE | re.IGNORECASE,
)
ACTIONS = frozenset({"failed", "delayed", "delivered", "relayed", "expanded", "expired"})


@dataclass(frozen=True, slots=True)
class Said:
    """What one answer of a server holds: `5.1.1`, `550` and its words."""

    status: str | None
    code: str | None


def fields(block: bytes) -> dict[str, str]:
    """Read `Name: value` lines; the first of a name wins."""
    found: dict[str, str] = {}
    for name, value in FIELD.findall(block):
        found.setdefault(name.decode("ascii").lower(), words.text(value))
    return found


def delivery_status(data: bytes) -> list[BouncedRecipient]:
    """Read every recipient's fate from a delivery-status part."""
    recipients = []
    for block in BLOCK.split(data[: limits.REPORT_BYTES].strip())[: limits.RECIPIENTS + 1]:
        said = fields(block)
        if "final-recipient" in said or "original-recipient" in said or (
            "action" in said and "status" in said
        ):  # fmt: skip
            recipients.append(_recipient(said))
    return recipients


def _recipient(said: dict[str, str]) -> BouncedRecipient:
    diagnostic = said.get("diagnostic-code")
    action = re.split(r"[\s;(]", said.get("action", "").lower())[0]
    spoken = answer(diagnostic or "")
    declared = ENHANCED.search(said.get("status", ""))
    status = declared[1] if declared else None
    if spoken.status and (status is None or (
        status.endswith(".0.0") and spoken.status[0] == status[0]
    )):  # fmt: skip
        status = spoken.status
    named = [
        address
        for field in ("final-recipient", "x-actual-recipient", "original-recipient")
        if (address := _address(said.get(field)))
    ]
    return BouncedRecipient(
        address=next((one for one in named if "@" in one), named[0] if named else None),
        status=status,
        action=action if action in ACTIONS else None,
        smtp_code=spoken.code,
        diagnostic=re.sub(r"^\s*[\w-]+\s*;\s*", "", diagnostic) if diagnostic else None,
    )


def _address(value: str | None) -> str | None:
    """Take the address out of `rfc822; <a@b>`."""
    if not value:
        return None
    found = ADDRESS.search(value.partition(";")[2] or value)
    if found:
        return found[0]
    bare = value.partition(";")[2].strip(" <>")
    return bare or None


def answer(text: str) -> Said:
    """Find the codes of a refusal in a server's words, first where both kinds stand together."""
    both = TOGETHER.search(text)
    if both and both[1][0] == both[2][0]:
        return Said(both[2], both[1])
    status, code = REFUSED.search(text), SMTP_CODE.search(text)
    return Said(status[1] if status else None, code[1] if code else None)


def original_id(data: bytes) -> str | None:
    """Find the Message-ID of the mail that a report encloses."""
    found = MESSAGE_ID.search(data[: limits.REPORT_BYTES])
    return found[1].decode("utf-8", "replace") if found else None
