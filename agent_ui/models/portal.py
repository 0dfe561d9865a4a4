"""The pages of citizens: nobody signs in, and a link in a mail leads to each."""

from dataclasses import dataclass
from datetime import datetime

from agent_ui.models.common import Reason


@dataclass(frozen=True, slots=True)
class RatingForm:
    """How did we handle it? ``office`` asks about the request ``number``; ``chosen`` is one of five points.

    ``given`` is the answer that stands so far; ``action`` is where the form goes, ``other`` the same page in the
    other language.
    """

    office: str
    number: str
    action: str
    other: str
    until: datetime
    limit: int
    chosen: int | None = None
    comment: str = ""
    given: int | None = None
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class RatingThanks:
    """The answer has been kept; ``back`` leads to where it may be changed."""

    office: str
    number: str
    score: int
    back: str
    other: str
    until: datetime


@dataclass(frozen=True, slots=True)
class LinkOver:
    """A link that leads nowhere, whatever the reason; or, with ``hasty``, too many tries from one address."""

    hasty: bool = False
