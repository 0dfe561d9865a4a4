"""Writes on deliveries: hold, deliver, take back, send again, settle."""

from server.delivery.actions.deliver import deliver
from server.delivery.actions.hold import TooLate, arrived, hold, resend, undo
from server.delivery.actions.settle import settle_reported

__all__ = ["TooLate", "arrived", "deliver", "hold", "resend", "settle_reported", "undo"]
