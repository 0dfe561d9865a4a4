"""Writes on tokens, one function a verb."""

from server.api.actions.tokens import Issued, create_token, note_use, revoke_token

__all__ = ["Issued", "create_token", "note_use", "revoke_token"]
