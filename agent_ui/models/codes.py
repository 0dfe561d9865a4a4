"""The closed sets of codes that view models carry; the reader's words for them are in ``agent_ui.words``."""

from typing import Literal

Locale = Literal["ar", "en"]
Digits = Literal["arab", "latn"]
Theme = Literal["auto", "light", "dark"]
Role = Literal["agent", "supervisor", "administrator"]
Presence = Literal["online", "away", "offline"]
ViewKey = str  # "mine", "unassigned", "all", "late" or "team-<id>"
Status = Literal["new", "open", "pending", "on_hold", "resolved", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
ChannelKind = Literal[
    "email",
    "telegram",
    "webchat",
    "hotline",
    "messenger",
    "instagram",
    "whatsapp",
    "x",
    "app",
    "walk_in",
]
Field = Literal["status", "assignee", "team", "topic", "priority"]
Target = Literal["first_response", "next_response", "resolution"]
ClockState = Literal[
    "idle", "running", "paused", "answered", "met", "breached", "met_late", "cancelled"
]
DeliveryState = Literal[
    "held", "queued", "sending", "sent", "delivered", "read", "failed", "uncertain"
]
Direction = Literal["in", "out", "note", "call"]
Mode = Literal["reply", "note"]
Written = Literal["text", "files", "cc", "bcc"]
Waiting = Literal["citizen", "us", "nobody"]  # who has to speak next
