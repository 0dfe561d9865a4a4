"""When it is due: pure arithmetic."""

from sla.calendar import Calendar, exceptions_for
from sla.errors import BadCalendar, ImpossibleTransition, NaiveInstant, NeverOpens, SlaError, TooFar

__all__ = [
    "BadCalendar",
    "Calendar",
    "ImpossibleTransition",
    "NaiveInstant",
    "NeverOpens",
    "SlaError",
    "TooFar",
    "exceptions_for",
]
