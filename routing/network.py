"""A small network over words, the second opinion of a topic model: it hears what words mean together.

Learning is plain numbers, so that the same examples give the same network.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from routing.parts import Floats, Network

Labels = NDArray[np.int64]

_HIDDEN: Final = 128
_TURNS: Final = 8
_AT_ONCE: Final = 96
_SEED: Final = 77
# So much is kept from it at every step that it cannot learn any single sentence by heart.
_WORDS_UNHEARD: Final = 0.3
_UNITS_SILENT: Final = 0.4
_PACE: Final = (0.1, 0.1, 0.03, 0.03)


def learn(rows: csr_matrix, labels: Labels, topics: int) -> Network:
    """Fit a network; the pace slows down to nothing, each number by how much it has moved already."""
    dice = np.random.default_rng(_SEED)
    parts = (
        dice.standard_normal((rows.shape[1], _HIDDEN), dtype=np.float32) * np.float32(0.05),
        np.zeros(_HIDDEN, dtype=np.float32),
        dice.standard_normal((_HIDDEN, topics), dtype=np.float32) / np.float32(_HIDDEN**0.5),
        np.zeros(topics, dtype=np.float32),
    )
    moved = [np.full_like(part, 1e-8) for part in parts]
    count = rows.shape[0]
    steps = _TURNS * -(-count // _AT_ONCE)
    step = 0
    for _ in range(_TURNS):
        order = dice.permutation(count)
        for start in range(0, count, _AT_ONCE):
            chosen = order[start : start + _AT_ONCE]
            pace = 1.01 - step / steps
            step += 1
            touched, slopes = _slopes(parts, rows[chosen], labels[chosen], dice)
            for part, past, slope, rate in zip(parts, moved, slopes, _PACE, strict=True):
                # Of the words only those that were heard move.
                at = touched if part is parts[0] else slice(None)
                past[at] += slope * slope
                part[at] -= np.float32(rate * pace) * slope / np.sqrt(past[at])
    return Network(parts[0].astype(np.float16), *parts[1:])


def scores(network: Network, rows: csr_matrix) -> Floats:
    """Say what a network makes of many texts at once."""
    raised = np.maximum(rows @ network.inner.astype(np.float32) + network.inner_bias, 0)
    said: Floats = raised @ network.outer + network.outer_bias
    return said


def _slopes(
    parts: tuple[Floats, Floats, Floats, Floats],
    heard: csr_matrix,
    labels: Labels,
    dice: np.random.Generator,
) -> tuple[Labels, tuple[Floats, Floats, Floats, Floats]]:
    """Say which way each number should go, and which words this is about."""
    inner, inner_bias, outer, outer_bias = parts
    kept = dice.random(len(heard.data), dtype=np.float32) >= _WORDS_UNHEARD
    heard.data = heard.data * kept / np.float32(1 - _WORDS_UNHEARD)
    raised = heard @ inner + inner_bias
    awake = dice.random(raised.shape, dtype=np.float32) >= _UNITS_SILENT
    gate = (raised > 0) * awake / np.float32(1 - _UNITS_SILENT)
    said = raised * gate
    off = said @ outer + outer_bias
    off = np.exp(off - off.max(axis=1, keepdims=True))
    off /= off.sum(axis=1, keepdims=True)
    off[np.arange(len(labels)), labels] -= 1
    off /= len(labels)
    back = (off @ outer.T) * gate
    touched = np.unique(heard.indices)
    slopes = (heard[:, touched].T @ back, back.sum(axis=0), said.T @ off, off.sum(axis=0))
    return touched, slopes
