"""Tell reports about mail of ours from letters, and read what they say about whom."""

import re
from dataclasses import replace

from channels.email.parse import failures, reports
from channels.email.parse.body import Content
from channels.email.parse.head import Head
from channels.message import Bounce, BouncedRecipient, BounceKind

ENCLOSING = frozenset(
    {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "message/rfc822",
     "message/global"}
)  # fmt: skip
ARRIVED = frozenset({"delivered", "relayed", "expanded"})


def judge(head: Head, content: Content, text: str) -> Bounce | None:
    """Read a machine's report if there is one, else the words of servers that only write prose."""
    kinds = {kind for kind, _ in content.reports}
    if "message/feedback-report" in kinds:
        return _complaint(content, _original(content, text))
    if "message/disposition-notification" in kinds:
        return Bounce(False, "delivered", (), _original(content, text))
    recipients = [
        one
        for kind, data in content.reports
        if kind in ("message/delivery-status", "message/global-delivery-status")
        for one in reports.delivery_status(data)
    ]
    if recipients:
        recipients = _addressed(recipients, head)
        return _from_report(recipients, text, _original(content, text))
    encloses = not kinds.isdisjoint(ENCLOSING) or any(
        file.content_type in ENCLOSING for file in content.files
    )
    if not failures.is_report(head, text, encloses=encloses):
        return None
    found = failures.recipients(head, text)
    return Bounce(True, _kind(found, text), tuple(found), _original(content, text))


def _addressed(recipients: list[BouncedRecipient], head: Head) -> list[BouncedRecipient]:
    """Take the address from the head where the report names a file or a program instead of it."""
    failed = reports.ADDRESS.findall(head.text("x-failed-recipients") or "")
    if len(recipients) != 1 or len(failed) != 1 or "@" in (recipients[0].address or ""):
        return recipients
    return [replace(recipients[0], address=failed[0])]


def _from_report(recipients: list[BouncedRecipient], text: str, original: str | None) -> Bounce:
    if all(one.action in ARRIVED for one in recipients):
        return Bounce(False, "delivered", tuple(recipients), original)
    failed = [failures.refined(one, text) for one in recipients if one.action not in ARRIVED]
    return Bounce(True, _kind(failed, text), tuple(failed), original)


def _kind(recipients: list[BouncedRecipient], text: str) -> BounceKind:
    """Call it hard if anything failed for good; a delay is soft whatever else is said."""
    if recipients and all(one.action == "delayed" for one in recipients):
        return "soft"
    classes = {one.status[0] for one in recipients if one.status}
    if not classes:
        classes = {one.smtp_code[0] for one in recipients if one.smtp_code}
    if "5" in classes:
        return "hard"
    if "4" in classes or failures.is_delay(text):
        return "soft"
    return "hard" if any(one.action == "failed" for one in recipients) else "unknown"


def _complaint(content: Content, original: str | None) -> Bounce:
    data = next(data for kind, data in content.reports if kind == "message/feedback-report")
    said = reports.fields(data)
    found = reports.ADDRESS.search(said.get("original-rcpt-to", ""))
    recipients = (BouncedRecipient(found[0]),) if found else ()
    return Bounce(False, "complaint", recipients, original)


def _original(content: Content, text: str) -> str | None:
    """Find which mail of ours it is about: enclosed, quoted in the text, or answered to."""
    for kind, data in content.reports:
        if kind in ENCLOSING and (found := reports.original_id(data)):
            return found
    for kind, data in content.reports:
        said = reports.fields(data) if kind.startswith("message/d") else {}
        if found := said.get("original-message-id"):
            return re.sub(r"[<>\s]", "", found)
    for file in content.files:
        if file.content_type in ENCLOSING and (found := reports.original_id(file.content)):
            return found
    return reports.original_id(text.encode("utf-8", "replace"))
