"""How tickets find their way: topics, rules, who can take what, and the forms in which it is said."""

from dataclasses import dataclass
from typing import Literal

from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import Presence
from agent_ui.models.common import Choice, Name, Reason

Kind = Literal["text", "long", "number", "one", "many", "yes", "times", "dates", "moment"]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that a form asks; ``name`` is its field and the word for it, ``of`` names what options are.

    ``yes`` is a box to tick, ``one`` a list to choose from, ``many`` boxes for several, ``moment`` a day and a time,
    ``times`` and ``dates`` a beginning and, in ``until``, an end. ``word`` is the word for a field of another name.
    """

    name: str
    kind: Kind = "text"
    value: str = ""
    options: tuple[Choice, ...] = ()
    of: str = ""
    error: Reason | None = None
    word: str = ""
    until: str = ""
    focused: bool = False


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """Questions, and what may be done with the answers: the first button is the one for Enter."""

    action: str
    title: str
    questions: tuple[Question, ...]
    does: tuple[str, ...] = ("save",)
    name: Name | str | None = None
    notices: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentSkills:
    """One person: what they carry now, what they were given in a week, and the form for what they can take."""

    id: int
    name: str
    presence: Presence
    waiting: int
    capacity: int
    taken_week: int
    form: QuestionForm


@dataclass(frozen=True, slots=True)
class TeamWay:
    """How a team hands out; ``waiting`` counts tickets for which nobody could be found, mostly ``because``."""

    id: int
    name: Name
    waiting: int
    because: Reason | None
    form: QuestionForm
    agents: tuple[AgentSkills, ...] = ()


@dataclass(frozen=True, slots=True)
class AssignmentPage:
    """Who can take what, for supervisors: page ``assignment``."""

    chrome: Chrome
    teams: tuple[TeamWay, ...]
