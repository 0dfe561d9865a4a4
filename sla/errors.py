"""What can be wrong with a calendar or a clock, each with a sentence that says what to change."""


class SlaError(ValueError):
    """The root of everything this package refuses."""


class BadCalendar(SlaError):
    """Opening hours that cannot be meant: an unknown zone, a weekday that is none, a malformed window."""


class BadTarget(SlaError):
    """A promise that cannot be meant, such as less than no time."""


class NeverOpens(SlaError):
    """Open time was asked of a calendar that has none left in that direction."""


class TooFar(SlaError):
    """The answer would lie outside the years 1 to 9999."""


class NaiveInstant(SlaError):
    """An instant without a zone, which could be any of a day's worth of instants."""


class ImpossibleTransition(SlaError):
    """A clock was asked for a step that its state does not allow."""
