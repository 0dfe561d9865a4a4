"""The inbox and the open ticket, as view models."""

from server.desk.screens.conversation import Typed, blocked, composer, conflict, conversation
from server.desk.screens.inbox import desk, ticket_list

__all__ = ["Typed", "blocked", "composer", "conflict", "conversation", "desk", "ticket_list"]
