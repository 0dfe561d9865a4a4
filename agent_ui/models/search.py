"""What a search found."""

from dataclasses import dataclass

from agent_ui.models.chrome import Chrome
from agent_ui.models.common import Reason
from agent_ui.models.inbox import TicketRow
from agent_ui.models.ticket import Conversation

Pieces = tuple[tuple[str, bool], ...]
"""A text in pieces; ``True`` marks what was looked for."""


@dataclass(frozen=True, slots=True)
class FoundTicket:
    """A ticket with the words that were looked for, as they were written."""

    row: TicketRow
    contact: Pieces
    number: Pieces
    subject: Pieces
    words: Pieces


@dataclass(frozen=True, slots=True)
class SearchResults:
    """One page of what was found; ``asked`` is what was typed, empty before anything was.

    ``older`` says that the search went further back than two years, ``notices`` what could not be done.
    """

    asked: str
    found: tuple[FoundTicket, ...] = ()
    older: bool = False
    after: str | None = None
    next_after: str | None = None
    notices: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """The page of the search: page ``search``."""

    chrome: Chrome
    results: SearchResults
    conversation: Conversation | None = None
