"""Tell the topic of an inquiry by the keywords that administrators gave each topic."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from routing.facts import TopicFacts
from routing.text import search_terms

# One keyword may stand in a message by chance beside another topic's: half a lead is no answer.
THRESHOLD: Final = 0.5
_SUBJECT_WEIGHT: Final = 2.0


class TopicScore(NamedTuple):
    topic: int
    score: float
    hits: tuple[str, ...]


def classify(text: str, topics: Sequence[TopicFacts], *, subject: str = "") -> list[TopicScore]:
    """Rank the topics whose keywords stand in the text, best first; empty when none is clear.

    Scores are shares of all that was hit, so they add up to one at most; `hits` are keywords as written.
    """
    return rank(search_terms(subject), search_terms(text), topics)


def rank(
    subject: Collection[str], text: Collection[str], topics: Sequence[TopicFacts]
) -> list[TopicScore]:
    """Do what `classify` does for words that are stems already."""
    head, body = f" {' '.join(subject)} ", f" {' '.join(text)} "
    weights: list[tuple[float, TopicFacts, tuple[str, ...]]] = []
    for topic in topics:
        hits: list[str] = []
        weight = 0.0
        for keyword in topic.keywords:
            needle, words = _needle(keyword)
            if not words:
                continue
            if needle in head:
                weight += words * _SUBJECT_WEIGHT
                hits.append(keyword)
            elif needle in body:
                weight += words
                hits.append(keyword)
        if hits:
            weights.append((weight, topic, tuple(hits)))
    total = sum(weight for weight, _, _ in weights)
    scores = [TopicScore(topic.id, weight / total, hits) for weight, topic, hits in weights]
    scores.sort(key=lambda score: (-score.score, score.topic))
    return scores if scores and scores[0].score >= THRESHOLD and not _tied(scores) else []


def _tied(scores: list[TopicScore]) -> bool:
    return len(scores) > 1 and scores[0].score == scores[1].score


@lru_cache(maxsize=1 << 14)
def _needle(keyword: str) -> tuple[str, int]:
    terms = search_terms(keyword)
    return f" {' '.join(terms)} ", len(terms)
