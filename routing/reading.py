"""An inquiry while rules look at it: its words, worked out once, and what has been decided so far."""

from dataclasses import dataclass
from functools import cached_property

from routing.facts import PRIORITIES, Inquiry
from routing.text import language, search_terms
from routing.topics import TopicTree

# Rules and keywords look at this much; a megabyte of text says nothing new after it.
WORDS_READ = 20_000


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
