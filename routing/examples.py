"""Lay texts out as the matrix that a topic model learns from, the way `TopicModel` will read them."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array, hstack

from routing.features import HEARD, KINDS, pieces

# Pieces seen once tell nothing about tomorrow, but without them the rest would have to explain everything.
_MOST_PIECES: Final = 200_000


class Table(NamedTuple):
    """A row per text; the first `heard` columns are those that the network hears."""

    vocabulary: dict[str, tuple[str, ...]]
    idf: NDArray[np.float32]
    matrix: csr_matrix
    heard: int


def tabulate(texts: Iterable[str], weights: tuple[float, ...]) -> Table:
    """Count the pieces of all texts, keep the commonest, and weigh them, each kind by its weight."""
    sheets = [_Sheet() for _ in KINDS]
    rows = 0
    for text in texts:
        for sheet, weight, found in zip(sheets, weights, pieces(text).values(), strict=True):
            sheet.add(found if weight else Counter())
        rows += 1
    kept = _kept([np.bincount(sheet.columns, minlength=len(sheet.index)) for sheet in sheets])
    idf = np.concatenate([np.log((1 + rows) / (1 + seen)) + 1 for _, seen in kept]).astype(
        np.float32
    )
    vocabulary = {}
    for name, sheet, (columns, _) in zip(KINDS, sheets, kept, strict=True):
        names = list(sheet.index)
        vocabulary[name] = tuple(names[column] for column in columns.tolist())
    chosen = [columns for columns, _ in kept]
    heard = sum(len(vocabulary[kind]) for kind in HEARD)
    return Table(vocabulary, idf, _weighed(sheets, chosen, idf, rows, weights), heard)


class _Sheet:
    """The counts of one kind of pieces: millions of them, so they are laid into arrays as they come."""

    def __init__(self) -> None:
        self.index: defaultdict[str, int] = defaultdict()
        self.index.default_factory = self.index.__len__
        self.columns, self.counts, self.lengths = array("i"), array("f"), array("i")

    def add(self, found: Counter[str]) -> None:
        self.columns.extend(map(self.index.__getitem__, found))
        self.counts.extend(found.values())
        self.lengths.append(len(found))


def _kept(
    seen: list[NDArray[np.int64]],
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Choose each kind's columns, with the number of texts that each is seen in."""
    everything = np.concatenate(seen)
    least = 1
    if len(everything) > _MOST_PIECES:
        least = int(np.partition(everything, -_MOST_PIECES)[-_MOST_PIECES]) + 1
        least = min(least, int(everything.max()))
    chosen = [np.flatnonzero(kind >= least) for kind in seen]
    return [(columns, kind[columns]) for columns, kind in zip(chosen, seen, strict=True)]


def _weighed(
    sheets: list[_Sheet],
    kept: list[NDArray[np.int64]],
    idf: NDArray[np.float32],
    rows: int,
    weights: tuple[float, ...],
) -> csr_matrix:
    """Scale every kind to its weight in each row, and the row to length one."""
    blocks = []
    whole = np.zeros(rows)
    start = 0
    for weight, sheet, columns in zip(weights, sheets, kept, strict=True):
        place = np.full(len(sheet.index), -1, dtype=np.int64)
        place[columns] = np.arange(len(columns))
        where = place[np.asarray(sheet.columns)]
        known = where >= 0
        row = np.repeat(np.arange(rows), np.asarray(sheet.lengths))[known]
        values = (1 + np.log(np.asarray(sheet.counts)[known])) * idf[start + where[known]]
        length = np.sqrt(np.bincount(row, weights=values**2, minlength=rows))
        whole += (length > 0) * weight**2
        scaled = values / length[row] * weight
        blocks.append(csr_matrix((scaled, (row, where[known])), shape=(rows, len(columns))))
        start += len(columns)
    scale = 1 / np.sqrt(np.where(whole > 0, whole, 1.0))
    return csr_matrix(diags_array(scale) @ hstack(blocks, format="csr"))
