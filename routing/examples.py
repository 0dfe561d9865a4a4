"""Lay texts out as the matrix that a topic model learns from, the way `TopicModel` will read them."""

from array import array
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from routing.features import WEIGHTS, pieces

# With many texts, a piece seen once is a slip of the pen.
_MANY: Final = 2_000
_MOST_PIECES: Final = 150_000
_KINDS: Final = tuple(WEIGHTS)


class Table(NamedTuple):
    vocabulary: dict[str, tuple[str, ...]]
    idf: NDArray[np.float32]
    matrix: csr_matrix


def tabulate(texts: Iterable[str]) -> Table:
    """Count the pieces of all texts, keep the telling ones, and weigh them."""
    index: dict[tuple[int, str], int] = {}
    columns, counts, ends = array("i"), array("f"), array("q", [0])
    for text in texts:
        for kind, found in enumerate(pieces(text).values()):
            for piece, count in found.items():
                columns.append(index.setdefault((kind, piece), len(index)))
                counts.append(count)
        ends.append(len(columns))
    rows = len(ends) - 1
    seen = np.bincount(np.asarray(columns), minlength=len(index))
    kept = _kept(index, seen, rows)
    position = np.full(len(index), -1, dtype=np.int64)
    position[kept] = np.arange(len(kept))
    kinds = np.array([kind for kind, _ in index], dtype=np.int64)[kept]
    idf = (np.log((1 + rows) / (1 + seen[kept])) + 1).astype(np.float32)
    names = list(index)
    vocabulary = {
        name: tuple(names[at][1] for at in kept[kinds == kind].tolist())
        for kind, name in enumerate(_KINDS)
    }
    matrix = _weighed(
        np.asarray(columns), np.asarray(counts), np.asarray(ends), position, kinds, idf
    )
    return Table(vocabulary, idf, matrix)


def _kept(
    index: dict[tuple[int, str], int], seen: NDArray[np.int64], rows: int
) -> NDArray[np.int64]:
    """Choose the columns, kind by kind, in the order that the vocabulary has."""
    kinds = np.array([kind for kind, _ in index], dtype=np.int64)
    chosen = np.flatnonzero(seen >= (2 if rows >= _MANY else 1))
    if len(chosen) > _MOST_PIECES:
        chosen = np.sort(chosen[np.argsort(-seen[chosen], kind="stable")[:_MOST_PIECES]])
    return chosen[np.argsort(kinds[chosen], kind="stable")]


def _weighed(
    columns: NDArray[np.int32],
    counts: NDArray[np.float32],
    ends: NDArray[np.int64],
    position: NDArray[np.int64],
    kinds: NDArray[np.int64],
    idf: NDArray[np.float32],
) -> csr_matrix:
    """Scale every kind to its weight in each row, and the row to length one."""
    rows = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
    places = position[columns]
    known = places >= 0
    rows, places = rows[known], places[known]
    values = (1 + np.log(counts[known])) * idf[places]
    groups = rows * len(_KINDS) + kinds[places]
    length = np.sqrt(
        np.bincount(groups, weights=values**2, minlength=(len(ends) - 1) * len(_KINDS))
    )
    weights = np.array([WEIGHTS[name] for name in _KINDS])
    whole = np.sqrt(((length.reshape(-1, len(_KINDS)) > 0) * weights**2).sum(axis=1))
    values = values / length[groups] * weights[kinds[places]] / whole[rows]
    return csr_matrix((values, (rows, places)), shape=(len(ends) - 1, len(idf)))
