"""What reads the same for everybody who reads alike."""

from dataclasses import dataclass, field
from datetime import datetime

from agent_ui.models.codes import Digits, Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class SameForAll:
    """A part of a page with nothing of one person in it, so that it is written once a language and its digits.

    ``written`` keeps what was written for as long as the view itself is kept; ``as_of`` is the moment it is of.
    """

    as_of: datetime | None = None
    written: dict[tuple[Locale, Digits], str] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
