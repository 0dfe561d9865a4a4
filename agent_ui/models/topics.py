"""Topics as administrators write them, and how well they are recognised."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent_ui.models.chrome import Chrome
from agent_ui.models.codes import Priority
from agent_ui.models.common import Choice, Name, Reason
from agent_ui.models.routing import QuestionForm

Outcome = Literal[
    "kept", "worse", "worse_on_seeded", "too_few_examples", "took_too_long", "failed", "running"
]


@dataclass(frozen=True, slots=True)
class TopicLine:
    id: int
    name: Name
    depth: int
    team: Name | None
    priority: Priority | None
    keywords: tuple[str, ...] = ()
    examples: int = 0


@dataclass(frozen=True, slots=True)
class RemovedTopic:
    """A topic that was put away, and the one that took over."""

    id: int
    name: Name
    into: Name | None = None


@dataclass(frozen=True, slots=True)
class TopicPlace:
    """What else can be done with a topic: its promises, its place, and who takes over when it is put away."""

    id: int
    policies: tuple[tuple[int, str], ...]
    first: bool
    last: bool
    tickets: int
    below: int
    heirs: tuple[Choice, ...]
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class TopicsPage:
    """The tree of topics, with one of them in the form: page ``topics``."""

    chrome: Chrome
    topics: tuple[TopicLine, ...]
    form: QuestionForm
    place: TopicPlace | None = None
    removed: tuple[RemovedTopic, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One training: what it learnt from, how it did on held-back examples (in per cent), and what came of it."""

    at: datetime
    outcome: Outcome
    seeded: int
    corrected: int
    confirmed: int
    accuracy: float | None = None
    former_accuracy: float | None = None
    seeded_accuracy: float | None = None
    former_seeded_accuracy: float | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class RecognisedTopic:
    """How well one topic is recognised, in per cent: of what was given to it, and of what belongs to it."""

    name: Name
    examples: int
    held_back: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """A topic that is taken for another: on held-back examples, and as people corrected it on ``tickets``."""

    topic: Name
    taken_for: Name
    held_back: int
    corrected: int
    tickets: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RecognisedTopics:
    """Every topic, as it was on held-back examples."""

    topics: tuple[RecognisedTopic, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfusedTopics:
    """The pairs that are confused, the most frequent first."""

    pairs: tuple[ConfusedPair, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelVersions:
    """The latest trainings, the last first."""

    versions: tuple[ModelVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelWeek:
    """A week of new tickets: where nothing was recognised, and where people chose otherwise, in per cent."""

    begins: datetime
    tickets: int
    unsure: float
    corrected: float


@dataclass(frozen=True, slots=True)
class TopicShare:
    """A topic's share among the examples and among last week's tickets, in per cent."""

    name: Name
    taught: float
    now: float


@dataclass(frozen=True, slots=True)
class ModelDrift:
    """How what comes in moves away from what was learnt."""

    weeks: tuple[ModelWeek, ...] = ()
    shares: tuple[TopicShare, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelState:
    """The model in use: how often it was right, and how often and how right where it was sure enough to say."""

    version: ModelVersion
    answered: float
    answered_right: float
    threshold: float
    held_back: int
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class TopicModelPage:
    """How topics are recognised: page ``topic_model``."""

    chrome: Chrome
    state: ModelState | None
    topics: RecognisedTopics = RecognisedTopics()
    confused: ConfusedTopics = ConfusedTopics()
    drift: ModelDrift = ModelDrift()
    history: ModelVersions = ModelVersions()
    running: bool = False
