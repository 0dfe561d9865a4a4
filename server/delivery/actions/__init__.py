"""Writes on deliveries: hold, deliver, take back, send again, settle; and what is said automatically."""

from server.delivery.actions.acknowledge import acknowledge, answer_again
from server.delivery.actions.ask import ask_due, expect_rating
from server.delivery.actions.deliver import deliver
from server.delivery.actions.hold import TakenBack, TooLate, arrived, hold, resend, undo
from server.delivery.actions.lines import hang_up
from server.delivery.actions.settle import settle_reported

__all__ = [
    "TakenBack",
    "TooLate",
    "acknowledge",
    "answer_again",
    "arrived",
    "ask_due",
    "deliver",
    "expect_rating",
    "hang_up",
    "hold",
    "resend",
    "settle_reported",
    "undo",
]
