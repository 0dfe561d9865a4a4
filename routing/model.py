"""A trained topic model: probabilities for a text, from arrays alone; scikit-learn is needed only to train."""

import io
import json
import math
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from routing.errors import DamagedModel
from routing.features import WEIGHTS, pieces

Topic = int | str
Floats = NDArray[np.float32]

_FORMAT: Final = 1
# A model of 500 topics and the most pieces we keep stays well below; anything larger is not ours.
_LARGEST_FILE: Final = 1 << 30


@dataclass(frozen=True)
class Parts:
    """What a model is made of: `weights` has a row per piece and a column per topic."""

    topics: tuple[Topic, ...]
    vocabulary: Mapping[str, tuple[str, ...]]
    idf: Floats
    weights: NDArray[np.float16]
    bias: Floats
    temperature: float
    threshold: float
    report: Mapping[str, Any]


class TopicModel:
    """Says how likely each topic is. Immutable; safe to share between threads and to swap for a newer one."""

    def __init__(self, parts: Parts) -> None:
        _check(parts)
        self.parts = parts
        self.topics = parts.topics
        self.report = parts.report
        self.threshold = parts.threshold
        self._index: dict[str, dict[str, int]] = {}
        start = 0
        for kind in WEIGHTS:
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
        answers = self.predict_many([text for text, _ in pairs])
        return sum(
            answer[0][0] == topic for answer, (_, topic) in zip(answers, pairs, strict=True)
        ) / len(pairs)

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Give a row per text and a column per topic, in the order of `topics`."""
        rows = np.zeros((len(texts), len(self.topics)), dtype=np.float32)
        for at, text in enumerate(texts):
            where, values = self._vector(text)
            if where:
                rows[at] = np.asarray(values, dtype=np.float32) @ self.parts.weights[where].astype(
                    np.float32
                )
                rows[at] += self.parts.bias
        rows /= self.parts.temperature
        rows -= rows.max(axis=1, keepdims=True)
        np.exp(rows, out=rows)
        rows /= rows.sum(axis=1, keepdims=True)
        return rows

    def _vector(self, text: str) -> tuple[list[int], list[float]]:
        where: list[int] = []
        values: list[float] = []
        whole = 0.0
        for kind, counts in pieces(text).items():
            index = self._index[kind]
            found = [(index[piece], count) for piece, count in counts.items() if piece in index]
            if not found:
                continue
            raw = [
                (1.0 + math.log(count)) * self._idf[at] if count > 1 else self._idf[at]
                for at, count in found
            ]
            scale = WEIGHTS[kind] / math.sqrt(sum(value * value for value in raw))
            whole += WEIGHTS[kind] ** 2
            where += [at for at, _ in found]
            values += [value * scale for value in raw]
        norm = math.sqrt(whole) if whole else 1.0
        return where, [value / norm for value in values]

    def _ranked(self, chances: Floats) -> list[tuple[Topic, float]]:
        order = np.argsort(-chances, kind="stable").tolist()
        numbers = chances.tolist()
        return [(self.topics[at], numbers[at]) for at in order]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one file, whole or not at all."""
        parts = self.parts
        about = {
            "format": _FORMAT,
            "topics": parts.topics,
            "vocabulary": parts.vocabulary,
            "temperature": parts.temperature,
            "threshold": parts.threshold,
            "report": parts.report,
        }
        text = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
        target = Path(path)
        unfinished = target.with_name(f"{target.name}.unfinished")
        with unfinished.open("wb") as file:
            np.savez_compressed(
                file, about=text, idf=parts.idf, weights=parts.weights, bias=parts.bias
            )
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a saved model, or raise `DamagedModel` saying what is wrong with the file."""
        try:
            return cls(_read(Path(path)))
        except FileNotFoundError as error:
            raise DamagedModel(f"there is no topic model at {path}") from error
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            EOFError,
            zipfile.BadZipFile,
            NotImplementedError,
        ) as error:
            raise DamagedModel(
                f"the topic model at {path} cannot be read: {error!s:.200}"
            ) from error


def _read(path: Path) -> Parts:
    blob = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _LARGEST_FILE:
            raise ValueError("it is larger than any model of ours")
    with np.load(io.BytesIO(blob), allow_pickle=False) as arrays:
        about = json.loads(arrays["about"].tobytes())
        idf, weights, bias = arrays["idf"], arrays["weights"], arrays["bias"]
    if about["format"] != _FORMAT:
        raise ValueError(f"its format is {about['format']!r:.40}, ours is {_FORMAT}")
    return Parts(
        topics=tuple(about["topics"]),
        vocabulary={kind: tuple(about["vocabulary"][kind]) for kind in WEIGHTS},
        idf=idf,
        weights=weights,
        bias=bias,
        temperature=float(about["temperature"]),
        threshold=float(about["threshold"]),
        report=about["report"],
    )


def _check(parts: Parts) -> None:
    size = sum(len(words) for words in parts.vocabulary.values())
    shapes = (parts.idf.shape, parts.weights.shape, parts.bias.shape)
    if not parts.topics or shapes != ((size,), (size, len(parts.topics)), (len(parts.topics),)):
        raise ValueError(
            f"its parts do not fit together: {len(parts.topics)} topics, {size} pieces, {shapes}"
        )
    if not all(isinstance(topic, int | str) for topic in parts.topics):
        raise ValueError("its topics are no ids")
    if not all(
        np.issubdtype(array.dtype, np.floating) for array in (parts.idf, parts.weights, parts.bias)
    ):
        raise ValueError("its arrays hold no numbers")
    if not all(np.isfinite(array).all() for array in (parts.idf, parts.weights, parts.bias)):
        raise ValueError("it holds numbers that are not finite")
    if not (math.isfinite(parts.temperature) and parts.temperature > 0):
        raise ValueError("its temperature is not above zero")
