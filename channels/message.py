"""The shape every channel gives to what people say, so that the desk needs to know none of them."""

import base64
import hashlib
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, Literal

BounceKind = Literal["hard", "soft", "unknown", "complaint", "delivered"]
Automatic = Literal["auto-replied", "auto-generated"]
DeliveryState = Literal["sent", "delivered", "read", "failed"]


@dataclass(frozen=True, slots=True)
class Party:
    """One address as a message names it; `name` is what its sender claims, not what we know."""

    address: str
    name: str | None = None

    @property
    def key(self) -> str:
        """The form under which two spellings of one address are the same identity."""
        local, at, domain = self.address.rpartition("@")
        if not at:
            return self.address.lower()
        with suppress(UnicodeError):  # a domain IDNA cannot spell still equals itself
            domain = domain.encode("idna").decode("ascii")
        return f"{local}@{domain}".lower()


@dataclass(frozen=True, slots=True)
class File:
    """One attachment; `filename` is already safe to show and to offer as a download."""

    filename: str | None
    content_type: str
    content: bytes
    inline: bool = False
    content_id: str | None = None

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """What a server said about one recipient; `status` is RFC 3463, `action` RFC 3464."""

    address: str | None
    status: str | None = None
    action: str | None = None
    smtp_code: str | None = None
    diagnostic: str | None = None


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report about mail of ours; complaints and receipts are reports, but no bounces."""

    is_bounce: bool
    kind: BounceKind
    recipients: tuple[BouncedRecipient, ...] = ()
    original_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that somebody said to us.

    `content_key` is equal for the same message however often and by whichever way it comes.
    `authenticated` is None where nobody checked; `automatic` is a verdict, not a header.
    """

    sender: Party | None
    to: tuple[Party, ...]
    cc: tuple[Party, ...]
    reply_to: tuple[Party, ...]
    external_id: str | None
    content_key: bytes
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    subject: str | None
    text: str
    reply_text: str
    html: str | None
    files: tuple[File, ...]
    automatic: Automatic | None
    bounce: Bounce | None
    authenticated: bool | None
    language: str | None
    said_at: datetime | None
    flags: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """What a provider says became of a message of ours."""

    external_id: str
    state: DeliveryState
    at: datetime | None = None
    recipient: str | None = None
    code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that one delivery held: a mail holds one message, a webhook body may hold a thousand."""

    messages: tuple[Inbound, ...] = ()
    statuses: tuple[DeliveryStatus, ...] = ()
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Show the delivery to people and programs; files appear by size and hash."""
        shown: dict[str, Any] = _plain(self)
        return shown


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message of ours, complete: composing it twice gives the same bytes."""

    sender: Party
    to: tuple[Party, ...]
    subject: str
    text: str
    message_id: str
    date: datetime
    cc: tuple[Party, ...] = ()
    reply_to: tuple[Party, ...] = ()
    html: str | None = None
    files: tuple[File, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    language: str = "ar"
    automatic: bool = False


def _plain(value: Any) -> Any:
    """Reduce to what JSON knows, with files by hash and instants in UTC."""
    if isinstance(value, File):
        shown = {f.name: getattr(value, f.name) for f in fields(value) if f.name != "content"}
        return shown | {"size": value.size, "sha256": value.sha256}
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, frozenset | tuple | list):
        return [_plain(item) for item in (sorted(value) if isinstance(value, frozenset) else value)]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
