"""What a topic model is made of: arrays and numbers, checked to fit together before anything is asked of them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.features import HEARD, KINDS

Topic = int | str
Floats = NDArray[np.float32]
Halves = NDArray[np.float16]


class Network(NamedTuple):
    """One hidden layer: a row of `inner` per word or stem, a column of `outer` per topic."""

    inner: Halves
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats


@dataclass(frozen=True)
class Parts:
    """`weights` has a row per piece and a column per topic; `share` is what a network's score counts beside them."""

    topics: tuple[Topic, ...]
    kinds: tuple[float, ...]
    vocabulary: Mapping[str, tuple[str, ...]]
    idf: Floats
    weights: Halves
    bias: Floats
    temperature: float
    threshold: float
    report: Mapping[str, Any]
    network: Network | None = None
    share: float = 0.0

    @property
    def heard(self) -> int:
        """Say how many of the pieces the network hears: the first ones."""
        return sum(len(self.vocabulary[kind]) for kind in HEARD)


def check(parts: Parts) -> None:
    """Raise `ValueError` for parts that no model of ours is made of."""
    size = sum(len(words) for words in parts.vocabulary.values())
    topics = len(parts.topics)
    shapes = (parts.idf.shape, parts.weights.shape, parts.bias.shape)
    if not parts.topics or shapes != ((size,), (size, topics), (topics,)):
        raise ValueError(f"its parts do not fit together: {topics} topics, {size} pieces, {shapes}")
    if not all(isinstance(topic, int | str) for topic in parts.topics):
        raise ValueError("its topics are no ids")
    arrays = [parts.idf, parts.weights, parts.bias, *(parts.network or ())]
    if not all(np.issubdtype(array.dtype, np.floating) for array in arrays):
        raise ValueError("its arrays hold no numbers")
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("it holds numbers that are not finite")
    if parts.network is not None:
        units = len(parts.network.inner_bias)
        wanted = ((parts.heard, units), (units,), (units, topics), (topics,))
        if tuple(array.shape for array in parts.network) != wanted:
            raise ValueError("its network does not fit its words and topics")
    numbers = (parts.temperature, parts.threshold, parts.share, *parts.kinds)
    if len(parts.kinds) != len(KINDS) or not all(math.isfinite(number) for number in numbers):
        raise ValueError("its settings are no numbers")
    if parts.temperature <= 0:
        raise ValueError("its temperature is not above zero")
