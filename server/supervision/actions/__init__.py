"""Keep the daily counts that reports of long periods are made of."""

from server.supervision.actions.check import Unlike, check_days
from server.supervision.actions.count import count_days, rebuild
from server.supervision.actions.follow import follow_events

__all__ = ["Unlike", "check_days", "count_days", "follow_events", "rebuild"]
