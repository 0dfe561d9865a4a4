"""Writes on deliveries: hold, deliver, take back, send again, settle; and what is answered automatically."""

from server.delivery.actions.acknowledge import acknowledge, answer_again
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
    "deliver",
    "hang_up",
    "hold",
    "resend",
    "settle_reported",
    "undo",
]
