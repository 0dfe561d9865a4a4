"""Mail kept by an account that sends nothing, so that a demonstration can show it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OutgoingRow:
    id: int
    to: str
    subject: str
    at: datetime
    ticket_id: int | None = None
    number: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class OutgoingList:
    rows: tuple[OutgoingRow, ...]
    next_after: str | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One kept mail; its HTML part is shown in a frame fetched from ``urls.outgoing_body``."""

    id: int
    sender: str
    to: str
    subject: str
    at: datetime
    text: str
    has_html: bool = True
    message_id: str = ""
    ticket_id: int | None = None
    number: str = ""
