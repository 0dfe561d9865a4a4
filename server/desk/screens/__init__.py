"""The inbox and the open ticket, as view models."""

from server.desk.screens.composing import Typed, blocked, composer
from server.desk.screens.conversation import conflict, conversation
from server.desk.screens.inbox import desk, ticket_list
from server.desk.screens.merging import marks, merge_choices, written_number

__all__ = [
    "Typed",
    "blocked",
    "composer",
    "conflict",
    "conversation",
    "desk",
    "marks",
    "merge_choices",
    "ticket_list",
    "written_number",
]
