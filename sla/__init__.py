"""When it is due: pure arithmetic.

``Calendar`` counts open time. ``Clock`` is one target running for one ticket, ``react`` says what a
happening does to all clocks of a ticket, ``replay`` rebuilds a clock from its transitions and
``account`` explains it line by line. Nothing here reads a clock or does I/O: every instant is an
argument, every answer a value, every reason a code with parameters.
"""

from sla.calendar import Calendar, Span, exceptions_for
from sla.clock import (
    Clock,
    Kind,
    State,
    Step,
    Target,
    Transition,
    left_at,
    used_at,
    warning_times,
)
from sla.errors import (
    BadCalendar,
    BadTarget,
    ImpossibleTransition,
    NaiveInstant,
    NeverOpens,
    SlaError,
    TooFar,
)
from sla.explain import Line, account
from sla.happenings import react
from sla.hours import Window
from sla.moments import last_call, moment
from sla.record import clock_data, clock_of, replay, transition_data, transition_of
from sla.remarks import Remark, remarks, unmeant
from sla.ticket import Happening, Outcome, Targets, What

__all__ = [
    "BadCalendar",
    "BadTarget",
    "Calendar",
    "Clock",
    "Happening",
    "ImpossibleTransition",
    "Kind",
    "Line",
    "NaiveInstant",
    "NeverOpens",
    "Outcome",
    "Remark",
    "SlaError",
    "Span",
    "State",
    "Step",
    "Target",
    "Targets",
    "TooFar",
    "Transition",
    "What",
    "Window",
    "account",
    "clock_data",
    "clock_of",
    "exceptions_for",
    "last_call",
    "left_at",
    "moment",
    "react",
    "remarks",
    "replay",
    "transition_data",
    "transition_of",
    "unmeant",
    "used_at",
    "warning_times",
]
