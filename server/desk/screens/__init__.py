"""The inbox and the open ticket, as view models."""

from server.desk.screens.composing import Typed, blocked, composer
from server.desk.screens.conversation import conflict, conversation
from server.desk.screens.inbox import desk, ticket_list

__all__ = ["Typed", "blocked", "composer", "conflict", "conversation", "desk", "ticket_list"]
