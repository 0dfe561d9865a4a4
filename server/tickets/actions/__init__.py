"""Writes on tickets, one function a verb; each is one transaction that writes its events."""

from server.tickets.actions.answer import (
    Written,
    mark_read,
    note,
    opened,
    reply,
)
from server.tickets.actions.change import (
    assign,
    close_resolved,
    set_priority,
    set_status,
    set_team,
    set_topic,
)
from server.tickets.actions.collect import collect_blobs, forget_form_keys
from server.tickets.actions.common import Merged, NewerThings
from server.tickets.actions.copies import Copy, WrongCopy, copies
from server.tickets.actions.files import Upload, WrongPicture, keep, keep_again
from server.tickets.actions.invite import invite
from server.tickets.actions.merge import hold_merges, lock_with_root, merge, undo_merge
from server.tickets.actions.no_reply import need_no_reply
from server.tickets.actions.pause import pause
from server.tickets.actions.preference import set_contact_class
from server.tickets.actions.receive import (
    Received,
    ReceivedFile,
    also_came_by,
    know_blobs,
    last_words,
    receive,
)
from server.tickets.actions.split import split
from server.tickets.actions.standing import recount_waiting
from server.tickets.actions.tags import set_tags

__all__ = [
    "Copy",
    "Merged",
    "NewerThings",
    "Received",
    "ReceivedFile",
    "Upload",
    "Written",
    "WrongCopy",
    "WrongPicture",
    "also_came_by",
    "assign",
    "close_resolved",
    "collect_blobs",
    "copies",
    "forget_form_keys",
    "hold_merges",
    "invite",
    "keep",
    "keep_again",
    "know_blobs",
    "last_words",
    "lock_with_root",
    "mark_read",
    "merge",
    "need_no_reply",
    "note",
    "opened",
    "pause",
    "receive",
    "recount_waiting",
    "reply",
    "set_contact_class",
    "set_priority",
    "set_status",
    "set_tags",
    "set_team",
    "set_topic",
    "split",
    "undo_merge",
]
