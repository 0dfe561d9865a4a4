"""The topics as a tree, and the topic of a text by the keywords that administrators gave each one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from routing.facts import PRIORITIES, TopicFacts
from routing.text import search_terms

# Below half of everything hit, no topic is clear.
THRESHOLD: Final = 0.5
_SUBJECT_WEIGHT: Final = 2.0


class TopicScore(NamedTuple):
    """A topic's share of all keywords hit, and its keywords among them, as they were written."""

    topic: int
    score: float
    hits: tuple[str, ...]


class _Keyword(NamedTuple):
    topic: int
    written: str
    words: int
    spaced: str


class TopicTree:
    """The topics with their ancestors, built once and asked often.

    A parent that is missing, or that leads in a circle, ends the path: a broken tree decides less, never fails.
    """

    def __init__(self, topics: Sequence[TopicFacts] = ()) -> None:
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
        return next((facts.team for facts in self._lineage(topic) if facts.team is not None), None)

    def priority(self, topic: int | None) -> str | None:
        return next(
            (facts.priority for facts in self._lineage(topic) if facts.priority in PRIORITIES), None
        )

    def policy(self, topic: int | None) -> int | None:
        return next(
            (facts.policy for facts in self._lineage(topic) if facts.policy is not None), None
        )

    def _lineage(self, topic: int | None) -> Iterator[TopicFacts]:
        return (self.by_id[step] for step in self.path(topic) if step in self.by_id)

    @cached_property
    def keywords(self) -> Mapping[str, tuple[_Keyword, ...]]:
        """Every keyword by its first word's stem."""
        index: dict[str, list[_Keyword]] = {}
        for topic in self.by_id.values():
            for written in dict.fromkeys(topic.keywords):
                terms = search_terms(written)
                if terms:
                    entry = _Keyword(topic.id, written, len(terms), f" {' '.join(terms)} ")
                    index.setdefault(terms[0], []).append(entry)
        return {first: tuple(entries) for first, entries in index.items()}


def classify(
    text: str, topics: TopicTree | Sequence[TopicFacts], *, subject: str = ""
) -> list[TopicScore]:
    """Rank the topics whose keywords stand in the text, best first; empty when none is clear.

    A keyword counts by its number of words, twice in the subject, and less when several topics share it. What
    speaks for a topic speaks for the topics below it too; between two that are equally likely, the topic above both
    is the answer.
    """
    tree = topics if isinstance(topics, TopicTree) else TopicTree(topics)
    return rank(search_terms(subject), search_terms(text), tree)


def rank(subject: Collection[str], text: Collection[str], tree: TopicTree) -> list[TopicScore]:
    """Do what `classify` does for words that are stems already."""
    own, hits = _hits(subject, text, tree)
    total = sum(own.values())
    if not total:
        return []
    scores = [
        TopicScore(
            topic, sum(own.get(step, 0.0) for step in tree.path(topic)) / total, tuple(hits[topic])
        )
        for topic in own
    ]
    scores.sort(key=lambda score: (-score.score, -len(tree.path(score.topic)), score.topic))
    best = scores[0]
    rivals = [
        score.topic
        for score in scores
        if score.score == best.score and score.topic not in tree.path(best.topic)
    ]
    if rivals:
        return _above([best.topic, *rivals], scores, tree)
    return scores if best.score >= THRESHOLD else []


def _hits(
    subject: Collection[str], text: Collection[str], tree: TopicTree
) -> tuple[dict[int, float], dict[int, list[str]]]:
    head, body = f" {' '.join(subject)} ", f" {' '.join(text)} "
    found: list[tuple[_Keyword, float]] = []
    for first in tree.keywords.keys() & {*subject, *text}:
        for keyword in tree.keywords[first]:
            if keyword.spaced in head:
                found.append((keyword, keyword.words * _SUBJECT_WEIGHT))
            elif keyword.spaced in body:
                found.append((keyword, float(keyword.words)))
    sharing: dict[str, int] = {}
    for keyword, _ in found:
        sharing[keyword.spaced] = sharing.get(keyword.spaced, 0) + 1
    own: dict[int, float] = {}
    hits: dict[int, list[str]] = {}
    for keyword, weight in sorted(found):
        own[keyword.topic] = own.get(keyword.topic, 0.0) + weight / sharing[keyword.spaced]
        hits.setdefault(keyword.topic, []).append(keyword.written)
    return own, hits


def _above(rivals: list[int], scores: list[TopicScore], tree: TopicTree) -> list[TopicScore]:
    paths = [tree.path(topic) for topic in rivals]
    shared = next((step for step in paths[0] if all(step in path for path in paths)), None)
    if shared is None:
        return []
    below = [score for score in scores if shared in tree.path(score.topic)]
    hits = tuple(dict.fromkeys(hit for score in below for hit in score.hits))
    joint = min(1.0, sum(score.score for score in below if score.topic in rivals))
    if joint < THRESHOLD:
        return []
    return [TopicScore(shared, joint, hits), *(score for score in scores if score.topic != shared)]
