"""Writes of the intake: the journal, the drain, the quarantine, the reconciliation."""

from server.intake.actions.drain import drain
from server.intake.actions.journal import Delivery, Fetched, journal, journal_fetched
from server.intake.actions.quarantine import make_ticket, retry
from server.intake.actions.reconcile import ask_to_reconcile, reconcile
from server.intake.actions.unreadable import ask_again, forget_vanished, remember_unreadable

__all__ = [
    "Delivery",
    "Fetched",
    "ask_again",
    "ask_to_reconcile",
    "drain",
    "forget_vanished",
    "journal",
    "journal_fetched",
    "make_ticket",
    "reconcile",
    "remember_unreadable",
    "retry",
]
