"""A trained topic model: probabilities for a text, from arrays alone; scikit-learn is needed only to train."""

import math
import os
from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np

from routing import model_file
from routing.features import HEARD, KINDS, pieces
from routing.parts import Floats, Network, Parts, Topic, check


class TopicModel:
    """Says how likely each topic is. Immutable; safe to share between threads and to swap for a newer one."""

    def __init__(self, parts: Parts) -> None:
        check(parts)
        self.parts = parts
        self.topics = parts.topics
        self.report = parts.report
        self.threshold = parts.threshold
        self._index: dict[str, dict[str, int]] = {}
        start = 0
        for kind in KINDS:
            words = parts.vocabulary[kind]
            self._index[kind] = {word: start + at for at, word in enumerate(words)}
            start += len(words)
        self._idf: list[float] = parts.idf.tolist()

    @classmethod
    def train(cls, pairs: Iterable[tuple[str, Topic]]) -> Self:
        """Learn from texts and their topics; loads scikit-learn, so let a child process do it."""
        from routing.training import train

        return cls(train(pairs))

    def predict(self, text: str) -> list[tuple[Topic, float]]:
        """Name every topic with its probability, best first; a text that says nothing makes all equal."""
        return self.predict_many((text,))[0]

    def predict_many(self, texts: Sequence[str]) -> list[list[tuple[Topic, float]]]:
        return [self._ranked(chances) for chances in self.probabilities(texts)]

    def choose(self, text: str) -> tuple[Topic, float] | None:
        """Name the best topic, or abstain when its probability is below the model's threshold."""
        topic, chance = self.predict(text)[0]
        return (topic, chance) if chance >= self.threshold else None

    def accuracy(self, pairs: Sequence[tuple[str, Topic]]) -> float:
        """Say which share of `pairs` the first answer gets right: how a new model is compared with the old."""
        if not pairs:
            return 0.0
        best = self.probabilities([text for text, _ in pairs]).argmax(axis=1)
        right: int = sum(
            self.topics[at] == topic for at, (_, topic) in zip(best.tolist(), pairs, strict=True)
        )
        return right / len(pairs)

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Give a row per text and a column per topic, in the order of `topics`."""
        rows = np.zeros((len(texts), len(self.topics)), dtype=np.float32)
        for at, text in enumerate(texts):
            where, values, heard = self._vector(text)
            if where:
                row = np.asarray(values, dtype=np.float32)
                rows[at] = row @ self.parts.weights[where].astype(np.float32) + self.parts.bias
                if self.parts.network is not None:
                    rows[at] += self.parts.share * _said(
                        self.parts.network, where[:heard], row[:heard]
                    )
        rows /= self.parts.temperature
        rows -= rows.max(axis=1, keepdims=True)
        np.exp(rows, out=rows)
        rows /= rows.sum(axis=1, keepdims=True)
        return rows

    def _vector(self, text: str) -> tuple[list[int], list[float], int]:
        """Return where the text's pieces are, what each counts, and how many of them the network hears."""
        where: list[int] = []
        values: list[float] = []
        heard = 0
        whole = 0.0
        found = pieces(text)
        for kind, weight in zip(KINDS, self.parts.kinds, strict=True):
            index = self._index[kind]
            known = [
                (index[piece], count) for piece, count in found[kind].items() if piece in index
            ]
            if not known:
                continue
            raw = [
                (1.0 + math.log(count)) * self._idf[at] if count > 1 else self._idf[at]
                for at, count in known
            ]
            scale = weight / math.sqrt(sum(value * value for value in raw))
            whole += weight**2
            where += [at for at, _ in known]
            values += [value * scale for value in raw]
            if kind in HEARD:
                heard = len(where)
        norm = math.sqrt(whole) if whole else 1.0
        return where, [value / norm for value in values], heard

    def _ranked(self, chances: Floats) -> list[tuple[Topic, float]]:
        order = np.argsort(-chances, kind="stable").tolist()
        numbers = chances.tolist()
        return [(self.topics[at], numbers[at]) for at in order]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one file, whole or not at all."""
        model_file.save(self.parts, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a saved model, or raise `DamagedModel` saying what is wrong with the file."""
        return cls(model_file.load(path))


def _said(network: Network, where: list[int], row: Floats) -> Floats:
    length = math.sqrt(float(row @ row))
    raised = network.inner_bias.copy()
    if length:
        raised += (row / length) @ network.inner[where].astype(np.float32)
    np.maximum(raised, 0, out=raised)
    said: Floats = raised @ network.outer + network.outer_bias
    return said
