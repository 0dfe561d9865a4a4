"""Rules as people read, write, try and look back on them, and why a ticket is where it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import Priority
from agent_ui.models.common import Name, Reason
from agent_ui.models.routing import Question, QuestionForm

GroupKind = Literal["all", "any", "none"]


@dataclass(frozen=True, slots=True)
class RuleClause:
    """A condition in plain words, or a group of them; ``holds`` is whether it did, where that was looked at."""

    kind: GroupKind | None = None
    reason: Reason | None = None
    items: "tuple[RuleClause, ...]" = ()
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in plain words; ``warnings`` are what keeps it, or a part of it, from working."""

    id: int
    name: str
    enabled: bool
    clauses: tuple[RuleClause, ...]
    then: tuple[Reason, ...]
    warnings: tuple[Reason, ...] = ()
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class RuleCondition:
    """One condition being written: ``path`` is its place, ``question`` asks for what it needs.

    ``focused`` names the button on which the writer's hand is: ``up``, ``down`` or ``remove``.
    """

    path: str
    ask: str
    question: Question | None = None
    error: Reason | None = None
    focused: str = ""


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """A group being written; a ``section`` is one of the three that every rule has, the others lie in it.

    ``focused`` is as with conditions, or ``add``.
    """

    path: str
    kind: GroupKind
    items: "tuple[RuleCondition | RuleGroup, ...]" = ()
    section: bool = False
    nests: bool = True
    error: Reason | None = None
    focused: str = ""


@dataclass(frozen=True, slots=True)
class RuleShift:
    """How many tickets a team or topic got, and how many it would have got."""

    name: Name | None
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A ticket of last week that would have gone another way."""

    id: int
    number: str
    subject: str
    before: Reason
    after: Reason


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What last week would have looked like; ``changes`` are some of ``changed`` that the reader may see.

    ``looked_at`` is less than ``total`` where there was too much to look at everything.
    """

    total: int
    looked_at: int
    matched: int
    changed: int
    teams: tuple[RuleShift, ...] = ()
    topics: tuple[RuleShift, ...] = ()
    changes: tuple[RuleChange, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule being written, a section for each kind of group and a question for everything it may do."""

    id: int | None
    name: Question
    sections: tuple[RuleGroup, ...]
    then: tuple[Question, ...]
    asks: tuple[tuple[str, tuple[str, ...]], ...]
    notices: tuple[Reason, ...] = ()
    preview: RulePreview | None = None
    when_error: Reason | None = None
    then_error: Reason | None = None


@dataclass(frozen=True, slots=True)
class RulePage:
    """One rule being written: page ``rule``."""

    chrome: Chrome
    form: RuleForm


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What became of a rule in a dry run: what held, what it did, and what a higher rule had done before it."""

    id: int
    name: str
    outcome: str
    clauses: tuple[RuleClause, ...] = ()
    did: tuple[Reason, ...] = ()
    left: tuple[Reason, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """What would become of a message: where it would go, why, and each rule's verdict."""

    team: Name
    priority: Priority
    topic: Name | None
    verdicts: tuple[RuleVerdict, ...]
    why: tuple[Reason, ...]
    also: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """What happened to a rule in a version: what it no longer says, and what it says since."""

    what: Reason
    gone: tuple[Reason, ...] = ()
    come: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """The rules as somebody left them, and what they changed."""

    id: int
    author: str
    at: datetime
    rules: int
    edits: tuple[RuleEdit, ...] = ()
    current: bool = False


@dataclass(frozen=True, slots=True)
class RuleList:
    rules: tuple[RuleLine, ...]
    versions: tuple[RuleVersion, ...] = ()
    notices: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class RulesPage:
    """All rules and a dry run of them: page ``rules``."""

    chrome: Chrome
    list: RuleList
    try_out: QuestionForm
    trial: RuleTrial | None = None


@dataclass(frozen=True, slots=True)
class AutomaticText:
    """A text that rules may answer with; ``rules`` counts those that do."""

    id: int
    name: str
    text_ar: str
    text_en: str
    rules: int = 0


@dataclass(frozen=True, slots=True)
class AutomaticTexts:
    """The texts that rules may answer with, one of them in the form: page ``automatic_texts``."""

    chrome: Chrome
    texts: tuple[AutomaticText, ...]
    form: QuestionForm


@dataclass(frozen=True, slots=True)
class WhyStep:
    """A step of the way that a ticket took, in the order in which it was taken."""

    title: str
    lines: tuple[Reason, ...]
    at: datetime | None = None
