"""An inquiry while rules look at it: its words, worked out once, and what has been decided so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from routing.facts import PRIORITIES, Inquiry, TopicFacts
from routing.text import language, search_terms

# Rules and keywords look at this much; a megabyte of text says nothing new after it.
WORDS_READ = 20_000


class TopicTree:
    """The topics with their ancestors, built once; a parent that is missing or runs in a circle ends the path."""

    def __init__(self, topics: Sequence[TopicFacts] = ()) -> None:
        self.topics = tuple(topics)
        self.by_id: Mapping[int, TopicFacts] = {topic.id: topic for topic in topics}
        self._paths = {topic.id: self._walk(topic.id) for topic in topics}

    def _walk(self, topic: int) -> tuple[int, ...]:
        path: list[int] = []
        step: int | None = topic
        while step is not None and step in self.by_id and step not in path:
            path.append(step)
            step = self.by_id[step].parent
        return tuple(path)

    def path(self, topic: int | None) -> tuple[int, ...]:
        """Name `topic` and its ancestors, nearest first."""
        return () if topic is None else self._paths.get(topic, (topic,))

    def team(self, topic: int | None) -> int | None:
        return next((t for step in self.path(topic) if (t := self._team(step)) is not None), None)

    def _team(self, topic: int) -> int | None:
        return self.by_id[topic].team if topic in self.by_id else None

    def priority(self, topic: int | None) -> str | None:
        known = (self.by_id[step].priority for step in self.path(topic) if step in self.by_id)
        return next((priority for priority in known if priority in PRIORITIES), None)

    def policy(self, topic: int | None) -> int | None:
        known = (self.by_id[step].policy for step in self.path(topic) if step in self.by_id)
        return next((policy for policy in known if policy is not None), None)


@dataclass
class Reading:
    """Changes while rules are applied: later rules see what earlier ones decided."""

    inquiry: Inquiry
    tree: TopicTree
    topic: int | None = None
    topic_confidence: float | None = None
    priority: str = "normal"

    def __post_init__(self) -> None:
        self.settle_topic(self.inquiry.topic, self.inquiry.topic_confidence)
        self.settle_priority(self.inquiry.priority)

    def settle_topic(self, topic: int | None, confidence: float | None) -> None:
        self.topic = topic
        self.topic_confidence = confidence
        self.topic_path = self.tree.path(topic)

    def settle_priority(self, priority: str) -> None:
        self.priority = priority if priority in PRIORITIES else "normal"
        self.rank = PRIORITIES.index(self.priority)

    @cached_property
    def subject_terms(self) -> list[str]:
        return search_terms(self.inquiry.subject[:WORDS_READ])

    @cached_property
    def text_terms(self) -> list[str]:
        return search_terms(self.inquiry.text[:WORDS_READ])

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self.subject_terms).union(self.text_terms)

    @cached_property
    def spaced_subject(self) -> str:
        return f" {' '.join(self.subject_terms)} "

    @cached_property
    def spaced(self) -> str:
        # The newline keeps a phrase from reaching from the subject into the text.
        return f"{self.spaced_subject}\n {' '.join(self.text_terms)} "

    @cached_property
    def sender(self) -> str:
        return self.inquiry.sender.strip().lower()

    @cached_property
    def language(self) -> str | None:
        return self.inquiry.language or language(
            f"{self.inquiry.subject}\n{self.inquiry.text[:WORDS_READ]}"
        )
