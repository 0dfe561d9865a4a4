"""Writes of the intake: the journal, the drain, the quarantine."""

from server.intake.actions.drain import drain
from server.intake.actions.journal import Delivery, Fetched, journal, journal_fetched
from server.intake.actions.quarantine import make_ticket, retry

__all__ = [
    "Delivery",
    "Fetched",
    "drain",
    "journal",
    "journal_fetched",
    "make_ticket",
    "retry",
]
