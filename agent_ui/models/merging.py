"""Merging tickets into one another: where one may go, what stands on one that went, and the way back."""

from dataclasses import dataclass
from datetime import datetime

from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import Status
from agent_ui.models.common import Person, Reason, TicketMark


@dataclass(frozen=True, slots=True)
class MergeChoice:
    """A ticket that another may be merged into; of ``another`` person its answers reach that person alone."""

    id: int
    number: str
    subject: str
    status: Status
    contact: str
    address: str
    last_words: str
    last_message_at: datetime
    another: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class MergeChoices:
    """What a ticket may be merged into: the contact's other tickets, or what was ``asked`` for.

    ``contact`` is who asked in the ticket that goes.
    """

    ticket_id: int
    number: str
    contact: str
    form_key: str
    choices: tuple[MergeChoice, ...] = ()
    asked: str = ""
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class MergePanel:
    """The form in which a ticket is chosen; ``choices`` are fetched when it is opened."""

    ticket_id: int
    number: str
    choices: MergeChoices | None = None


@dataclass(frozen=True, slots=True)
class MergePage:
    """The same as a page of its own: page ``merge``."""

    chrome: Chrome
    choices: MergeChoices


@dataclass(frozen=True, slots=True)
class UndoMerge:
    """The way back: ``ticket_id`` becomes its own ticket again, and ``show`` is what is seen then."""

    ticket_id: int
    show: int
    form_key: str


@dataclass(frozen=True, slots=True)
class MergedInto:
    """What stands on a ticket that was merged: where its conversation goes on."""

    into: TicketMark
    at: datetime
    by: Person
    undo: UndoMerge | None = None


@dataclass(frozen=True, slots=True)
class MergedTicket:
    """One of the tickets that were merged into the open one."""

    ticket: TicketMark
    subject: str
    contact: str
    undo: UndoMerge | None = None


@dataclass(frozen=True, slots=True)
class MergeDone:
    """Said for a while after ``ticket`` was merged into ``other``, or split off from it; ``open`` is on screen now."""

    ticket: TicketMark
    other: TicketMark
    open: int
    split: bool = False
    undo: UndoMerge | None = None
    form_key: str = ""
