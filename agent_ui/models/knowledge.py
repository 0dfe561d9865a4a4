"""Canned replies and articles, and what helps with one answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import Locale, Status
from agent_ui.models.common import Choice, Name, Reason
from agent_ui.models.search import Pieces

Kind = Literal["reply", "article"]


@dataclass(frozen=True, slots=True)
class KnowledgeLine:
    """A piece in the list; no ``teams`` are all teams, ``words`` is how it begins."""

    id: int
    kind: Kind
    title: Name
    words: Pieces
    saved_at: datetime
    shortcut: str = ""
    topics: tuple[Name, ...] = ()
    teams: tuple[Name, ...] | None = None
    uses: int = 0
    author: str = ""
    may_write: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True)
class KnowledgeList:
    """All pieces of a kind that the viewer's teams use; ``gone`` has just been archived."""

    kind: Kind
    lines: tuple[KnowledgeLine, ...] = ()
    asked: str = ""
    may_write: bool = False
    archived: bool = False
    gone: KnowledgeLine | None = None
    notice: Reason | None = None


@dataclass(frozen=True, slots=True)
class KnowledgeListPage:
    chrome: Chrome
    list: KnowledgeList


@dataclass(frozen=True, slots=True)
class KnowledgePiece:
    """A piece to read."""

    line: KnowledgeLine
    body_ar: str
    body_en: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class KnowledgePiecePage:
    chrome: Chrome
    piece: KnowledgePiece


@dataclass(frozen=True, slots=True)
class KnowledgeVersion:
    """One saving; ``current`` is how it stands."""

    version: int
    author: str
    saved_at: datetime
    title: Name
    body_ar: str
    body_en: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class KnowledgePreview:
    """A canned reply as one ticket would fill it."""

    number: str
    body_ar: str
    body_en: str


@dataclass(frozen=True, slots=True)
class KnowledgeForm:
    """``id`` 0 is a new piece; ``version`` is what its author had before them.

    ``every_team`` is offered to those who may write for all; ``names`` are the words in braces, Arabic and English.
    """

    id: int
    kind: Kind
    form_key: str
    version: int = 0
    title_ar: str = ""
    title_en: str = ""
    body_ar: str = ""
    body_en: str = ""
    shortcut: str = ""
    address: str = ""
    topics: tuple[Choice, ...] = ()
    teams: tuple[Choice, ...] = ()
    every_team: bool = False
    may_every_team: bool = False
    names: tuple[tuple[str, str], ...] = ()
    ticket: str = ""
    preview: KnowledgePreview | None = None
    errors: tuple[tuple[str, Reason], ...] = ()
    versions: tuple[KnowledgeVersion, ...] = ()
    archived: bool = False

    def error(self, field: str) -> Reason | None:
        """Return what is wrong with one field."""
        return dict(self.errors).get(field)


@dataclass(frozen=True, slots=True)
class KnowledgeFormPage:
    chrome: Chrome
    form: KnowledgeForm


@dataclass(frozen=True, slots=True)
class SuggestedPiece:
    """A canned reply or an article that fits; ``languages`` are those it can be put in, the fitting one first."""

    ticket_id: int
    id: int
    kind: Kind
    title: Name
    words: str
    language: Locale
    languages: tuple[Locale, ...]
    reasons: tuple[Reason, ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class SimilarTicket:
    """A solved ticket and the answer it was given."""

    ticket_id: int
    id: int
    number: str
    subject: str
    answer: str
    status: Status
    solved_at: datetime
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class AnswerHelp:
    """What may help with the answer to one ticket; ``notice`` is why there is nothing to see."""

    ticket_id: int
    replies: tuple[SuggestedPiece, ...] = ()
    articles: tuple[SuggestedPiece, ...] = ()
    tickets: tuple[SimilarTicket, ...] = ()
    notice: Reason | None = None


@dataclass(frozen=True, slots=True)
class AnswerHelpPage:
    chrome: Chrome
    number: str
    help: AnswerHelp


@dataclass(frozen=True, slots=True)
class ReplyChoice:
    """A canned reply in the list above the composer; ``other`` is its second language, if it has one."""

    id: int
    title: Name
    shortcut: str
    words: str
    language: Locale
    other: Locale | None = None


@dataclass(frozen=True, slots=True)
class ReplyChoices:
    """What `/word` may mean."""

    asked: str
    choices: tuple[ReplyChoice, ...] = ()
