"""Learn a topic model from examples. The only file that needs scikit-learn; meant for a child process.

The scores come from linear support vector machines and, with many examples, from a small network beside them, which
counts as much as it helps on examples that neither had seen. On the same examples one temperature is found that
makes probabilities of the scores, so that of the answers given with 0.9 nine in ten are right.
"""

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from routing.errors import TooFewExamples
from routing.examples import Table, tabulate
from routing.features import WEIGHTS_OF_FEW, WEIGHTS_OF_MANY
from routing.network import learn, scores
from routing.parts import Parts, Topic
from routing.text import normalise

Numbers = NDArray[np.float64]
Labels = NDArray[np.int64]

_PENALTY: Final = 0.5
_ROUNDS: Final = 6
_SEED: Final = 77
# Few examples are few ways of saying a thing, and tomorrow's will differ more than those held back do.
_MANY: Final = 4_000


class _Way(NamedTuple):
    """How to learn: what each kind of pieces weighs, and how examples are held back to learn what doubt is due.

    They are dealt into so many parts, of which some are asked about in turn.
    """

    weights: tuple[float, ...]
    network: bool
    parts: int
    asked: int
    near: float
    coldest: float


_WITH_MANY: Final = _Way(WEIGHTS_OF_MANY, network=True, parts=2, asked=1, near=0.5, coldest=0.1)
_WITH_FEW: Final = _Way(WEIGHTS_OF_FEW, network=False, parts=5, asked=5, near=0.3, coldest=0.15)
_SHARES: Final = (0.0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3)
_MOST_COMPARED: Final = 3_000
# Confident answers shall be right nine times in ten on texts of tomorrow too: ask for more today.
_SURE: Final = 0.9
_RIGHT_WHEN_SURE: Final = 0.93
_RIGHT_WHEN_ANSWERED: Final = 0.9
_LEAST_THRESHOLD: Final = 0.4
_CONFUSIONS_TOLD: Final = 30
_HOTTEST: Final = 3.0


@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]  # the library has no types
def train(pairs: Iterable[tuple[str, Topic]]) -> Parts:
    """Learn; the same pairs give the same model. One core: the sums are small, and others need the rest."""
    examples = _distinct(pairs)
    topics = sorted(
        {topic for _, topic in examples}, key=lambda topic: (isinstance(topic, str), topic)
    )
    if len(topics) < 2:
        raise TooFewExamples(
            f"a topic model needs examples of at least two topics, not {len(topics)}"
        )
    number = {topic: at for at, topic in enumerate(topics)}
    labels = np.array([number[topic] for _, topic in examples], dtype=np.int64)
    way = _WITH_MANY if len(examples) >= _MANY else _WITH_FEW
    table = tabulate((text for text, _ in examples), way.weights)
    held, said, beside = _held_back(table, labels, len(topics), way)
    share = _share(said, beside, labels[held])
    said += share * beside
    temperature = _temperature(said, labels[held], coldest=way.coldest)
    weights, bias = _machines(table.matrix, labels, len(topics))
    chances = _chances(said, temperature)
    threshold = _threshold(chances, labels[held])
    return Parts(
        topics=tuple(topics),
        kinds=way.weights,
        vocabulary=table.vocabulary,
        idf=table.idf,
        weights=weights.T.astype(np.float16),
        bias=bias.astype(np.float32),
        temperature=temperature,
        threshold=threshold,
        report=_report(chances, labels, held, topics, threshold),
        network=learn(_heard(table), labels, len(topics)) if share else None,
        share=share,
    )


def _distinct(pairs: Iterable[tuple[str, Topic]]) -> list[tuple[str, Topic]]:
    """Take out repeats and empty texts: a text seen twice would be held back and learnt at once."""
    seen: dict[tuple[str, Topic], str] = {}
    for text, topic in pairs:
        spelt = normalise(text)
        if spelt:
            seen.setdefault((spelt, topic), text)
    return [(text, topic) for (_, topic), text in seen.items()]


def _held_back(
    table: Table, labels: Labels, topics: int, way: _Way
) -> tuple[Labels, Numbers, Numbers]:
    """Score examples by machines, and by a network, that had not seen them."""
    held: list[Labels] = []
    said: list[Numbers] = []
    beside: list[Numbers] = []
    heard = _heard(table)
    for part in _parts(table.matrix, labels, way):
        rest = np.setdiff1d(np.arange(len(labels)), part)
        weights, bias = _machines(table.matrix[rest], labels[rest], topics)
        held.append(part)
        said.append(table.matrix[part] @ weights.T + bias)
        if way.network:
            network = learn(heard[rest], labels[rest], topics)
            beside.append(scores(network, heard[part]).astype(np.float64))
        else:
            beside.append(np.zeros_like(said[-1]))
    return np.concatenate(held), np.concatenate(said), np.concatenate(beside)


def _heard(table: Table) -> csr_matrix:
    """Return what the network hears, each row of length one."""
    rows = table.matrix[:, : table.heard].astype(np.float32)
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return csr_matrix(diags_array(1 / np.where(length > 0, length, 1)).astype(np.float32) @ rows)


def _parts(matrix: csr_matrix, labels: Labels, way: _Way) -> Iterator[Labels]:
    """Deal the examples out so that what nearly repeats another is held back together with it.

    People paste the same sentence with another name in it; split up, it would look as if the machines had understood.
    """
    chance = np.random.default_rng(_SEED)
    part = np.zeros(len(labels), dtype=np.int64)
    turn = 0
    for topic in np.unique(labels):
        members = chance.permutation(np.flatnonzero(labels == topic))
        groups = _near_repeats(matrix[members], way.near)
        if groups.max() == 0:
            groups = np.arange(len(members))
        part[members] = (groups + turn) % way.parts
        turn += int(groups.max()) + 1
    for held in range(way.asked):
        found = np.flatnonzero(part == held)
        if len(found):
            yield found


def _near_repeats(matrix: csr_matrix, near: float) -> Labels:
    """Group the rows that are close to the first of their group."""
    rows = matrix.shape[0]
    if rows > _MOST_COMPARED:
        return np.arange(rows)
    close = (matrix @ matrix.T).toarray() >= near
    groups = np.full(rows, -1, dtype=np.int64)
    found = 0
    for row in range(rows):
        if groups[row] < 0:
            groups[close[row] & (groups < 0)] = found
            found += 1
    return groups


def _machines(matrix: csr_matrix, labels: Labels, topics: int) -> tuple[Numbers, Numbers]:
    """Fit a machine per topic. One thread: the library shares its dice between threads."""
    weights = np.zeros((topics, matrix.shape[1]))
    bias = np.full(topics, -1.0)
    present = np.unique(labels)
    if len(present) < 2:
        bias[present] = 1.0
        return weights, bias
    machine = LinearSVC(C=_PENALTY, tol=0.01, max_iter=_ROUNDS, random_state=_SEED)
    with warnings.catch_warnings():
        # Six rounds are enough for the answers, if not for the last digit.
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(matrix, labels)
    if len(present) == 2:
        weights[present] = np.concatenate((-machine.coef_, machine.coef_))
        bias[present] = np.concatenate((-machine.intercept_, machine.intercept_))
    else:
        weights[present], bias[present] = machine.coef_, machine.intercept_
    return weights, bias


def _chances(said: Numbers, temperature: float) -> Numbers:
    raised = np.exp((said - said.max(axis=1, keepdims=True)) / temperature)
    chances: Numbers = raised / raised.sum(axis=1, keepdims=True)
    return chances


def _share(said: Numbers, beside: Numbers, labels: Labels) -> float:
    """Find how much the network's scores are to count beside the machines'."""
    if not beside.any():
        return 0.0
    surprises = [
        min(_surprise(said + share * beside, labels, at) for at in np.geomspace(0.1, 1, 12))
        for share in _SHARES
    ]
    return _SHARES[int(np.argmin(surprises))]


def _surprise(said: Numbers, labels: Labels, temperature: float) -> float:
    right = _chances(said, temperature)[np.arange(len(labels)), labels]
    return float(-np.log(right + 1e-12).mean())


def _temperature(said: Numbers, labels: Labels, *, coldest: float) -> float:
    """Find the temperature that surprises least, then cool confidence down until it keeps its promise."""
    tried = np.geomspace(coldest, _HOTTEST, 36)
    best = int(np.argmin([_surprise(said, labels, at) for at in tried]))
    right = said.argmax(axis=1) == labels
    for temperature in tried[best:]:
        sure = _chances(said, temperature).max(axis=1) >= _SURE
        if not sure.any() or right[sure].mean() >= _RIGHT_WHEN_SURE:
            return float(temperature)
    return _HOTTEST


def _threshold(chances: Numbers, labels: Labels) -> float:
    """Find the lowest probability at which answers are still right nine times in ten."""
    best = chances.max(axis=1)
    order = np.argsort(-best, kind="stable")
    right = np.cumsum((chances.argmax(axis=1) == labels)[order]) / np.arange(1, len(labels) + 1)
    good = np.flatnonzero(right >= _RIGHT_WHEN_ANSWERED)
    return float(max(best[order[good[-1]]], _LEAST_THRESHOLD)) if len(good) else _SURE


def _report(
    chances: Numbers, labels: Labels, held: Labels, topics: list[Topic], threshold: float
) -> dict[str, Any]:
    """Say how good the answers on held-back examples were, in numbers and topic ids."""
    truth, best = labels[held], chances.max(axis=1)
    answers = chances.argmax(axis=1)
    right = answers == truth

    def among(chosen: NDArray[np.bool_]) -> dict[str, float]:
        return {
            "share": float(chosen.mean()),
            "right": float(right[chosen].mean()) if chosen.any() else 0.0,
        }

    confusions = Counter(zip(truth[~right].tolist(), answers[~right].tolist(), strict=True))
    return {
        "examples": len(labels),
        "held_back": len(held),
        "accuracy": float(right.mean()),
        "sure": among(best >= _SURE),
        "answered": among(best >= threshold),
        "topics": [
            {
                "topic": topic,
                "examples": int((labels == at).sum()),
                "held_back": int((truth == at).sum()),
                "right": int((right & (truth == at)).sum()),
            }
            for at, topic in enumerate(topics)
        ],
        "confusions": [
            {"topic": topics[true], "taken_for": topics[taken], "count": count}
            for (true, taken), count in sorted(
                confusions.items(), key=lambda item: (-item[1], item[0])
            )[:_CONFUSIONS_TOLD]
        ],
    }
