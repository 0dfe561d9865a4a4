"""Which drawing, which key and which verb goes with what; the same in every language."""

from agent_ui.catalogue import mark as _

POINTING = frozenset(
    {
        "reply",
        "reply-all",
        "send",
        "send-horizontal",
        "arrow-left",
        "arrow-right",
        "chevron-left",
        "chevron-right",
        "channel-telegram",
        "undo-2",
        "log-out",
        "panel-left",
        "panel-right",
        "list-filter",
        "history",
        "route",
    }
)
VIEW_ICONS = {
    "mine": "inbox",
    "unassigned": "circle-dashed",
    "all": "layers",
    "late": "alarm-clock",
}
VIEW_KEYS = {"mine": "g m", "unassigned": "g u", "all": "g a", "late": "g l"}
STATUSES = ("new", "open", "pending", "on_hold", "resolved", "closed")
FIELD_ICONS = {
    "status": "circle-dot",
    "assignee": "user-round",
    "team": "users",
    "topic": "tag",
    "priority": "flag",
}
FIELD_VERBS = {
    "status": "status",
    "assignee": "assign",
    "team": "team",
    "topic": "topic",
    "priority": "priority",
}
FIELD_KEYS = {"status": "s", "assignee": "a", "topic": "o", "priority": "p"}
DELIVERY_ICONS = {
    "queued": "clock",
    "sending": "send-horizontal",
    "sent": "check",
    "delivered": "check-check",
    "read": "eye",
}
FILE_ICONS = (("image/", "image"), ("application/pdf", "file-text"), ("text/", "file-text"))
KEYS = (
    ("J", _("Next ticket")),
    ("K", _("Previous ticket")),
    ("Enter", _("Open it")),
    ("Esc", _("Back to the list")),
    ("/", _("Search")),
    ("R", _("Reply")),
    ("Shift R", _("Reply to all")),
    ("I", _("Internal note")),
    ("Ctrl Enter", _("Send")),
    ("Shift C", _("Copy the answer to whoever wrote last")),
    ("Z", _("Undo sending or merging")),
    ("T", _("Take this ticket")),
    ("S", _("Change the status")),
    ("A", _("Assign")),
    ("O", _("Change the topic")),
    ("P", _("Change the priority")),
    ("M", _("Merge into another ticket")),
    ("G M", _("Go to: assigned to me")),
    ("G U", _("Go to: unassigned")),
    ("G A", _("Go to: all tickets")),
    ("G L", _("Go to: late")),
    ("G S", _("Go to: supervision")),
    ("G K", _("Go to: knowledge")),
    ("/…", _("In an answer: canned replies")),
    ("[", _("Narrow list of views")),
    ("]", _("Hide what stands beside the ticket")),
    ("?", _("Show these keys")),
)
# Why somebody hands a ticket back.
DECLINES = (
    ("not_my_topic", _("Another topic than mine")),
    ("not_my_language", _("A language I do not speak")),
    ("knows_the_person", _("I know the person")),
    ("too_much", _("Too much at once")),
    ("other", _("Another reason")),
)
# What narrows a search: as typed in English, as typed in Arabic, what it does.
SEARCH = (
    ('"…"', '"…"', _("these words together, in this order")),
    ("-word", "-كلمة", _("without this word")),
    ("from:", "من:", _("who wrote: a name or an address")),
    ("topic:", "موضوع:", _("a topic and what lies under it")),
    ("status:", "حالة:", _("for example open, pending, closed")),
    ("channel:", "قناة:", _("for example e-mail, hotline")),
    ("before: after:", "قبل: بعد:", _("a date, as 2026-11-22")),
    ("has:attachment", "فيه:مرفق", _("tickets with files")),
)
# What is empty, why, and what to do next: icon, title, text.
EMPTY_VIEWS = {
    "mine": (
        "inbox",
        _("Nothing is waiting for you"),
        _("Tickets that are assigned to you appear here. Unassigned ones are one view further."),
    ),
    "unassigned": (
        "circle-check",
        _("Every ticket has somebody"),
        _("New ones appear here when nobody could be found for them."),
    ),
    "late": (
        "circle-check",
        _("Nothing is late"),
        _("A ticket comes here the moment one of its promises is broken."),
    ),
    "all": (
        "inbox",
        _("No tickets yet"),
        _("As soon as somebody writes or calls, their ticket appears here."),
    ),
}
EMPTY_TEAM = (
    "users",
    _("This team has no tickets"),
    _("Tickets that are handed to the team appear here."),
)
EMPTY_STATUS = (
    "list-filter",
    _("No ticket has this status"),
    _("Choose another status, or every status."),
)


def file_icon(media_type: str) -> str:
    """Return the drawing for a file of this type."""
    return next((icon for start, icon in FILE_ICONS if media_type.startswith(start)), "file")
