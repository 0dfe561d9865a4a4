"""Writes of the API, one function a verb."""

from server.api.actions.change import change_ticket
from server.api.actions.reading import note_reading
from server.api.actions.tokens import Issued, MadeAlready, create_token, note_use, revoke_token

__all__ = [
    "Issued",
    "MadeAlready",
    "change_ticket",
    "create_token",
    "note_reading",
    "note_use",
    "revoke_token",
]
