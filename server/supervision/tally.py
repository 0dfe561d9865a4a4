"""Add up what was counted apart: shares kept, volumes, and quantiles from histograms."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

from agent_ui.models.report import Ratings
from server.supervision.histogram import quantiles
from server.supervision.queries.facts import COUNTED, SCORES
from server.supervision.queries.reports import Promises, Volumes

SHARES = (0.5, 0.9)
Row = TypeVar("Row", Promises, Volumes)
Key = TypeVar("Key", int, str)


@dataclass(slots=True)
class Decided:
    """Promises added up, with the histograms of how long they took."""

    kept: int = 0
    broken: int = 0
    open_times: list[bytes] = field(default_factory=list)
    elapsed_times: list[bytes] = field(default_factory=list)

    def quantiles(self) -> tuple[int | None, int | None, int | None, int | None]:
        """Return median and nine tenths of open time, then of elapsed time, in seconds."""
        open_time = quantiles(b"".join(self.open_times), SHARES) or (None, None)
        elapsed = quantiles(b"".join(self.elapsed_times), SHARES) or (None, None)
        return (*open_time, *elapsed)


def decided(rows: Iterable[Promises]) -> Decided:
    """Add up promises."""
    total = Decided()
    for row in rows:
        total.kept += row.kept
        total.broken += row.broken
        total.open_times.append(row.open_times)
        total.elapsed_times.append(row.elapsed_times)
    return total


def volumes(rows: Iterable[Volumes]) -> Mapping[str, int]:
    """Add up volumes, by the ids of their metrics."""
    total = dict.fromkeys(COUNTED, 0)
    for row in rows:
        for name in COUNTED:
            total[name] += getattr(row, name)
    return total


def ratings(rows: Iterable[Volumes]) -> Ratings:
    """Add up how many were asked, and how many gave each of the points."""
    asked, scores = 0, [0] * len(SCORES)
    for row in rows:
        asked += row.asked
        for n, name in enumerate(SCORES):
            scores[n] += getattr(row, name)
    return Ratings(asked, tuple(scores))


def apart(rows: Iterable[Row], key: Callable[[Row], Key]) -> Mapping[Key, tuple[Row, ...]]:
    """Part rows by something."""
    return {one: tuple(group) for one, group in groupby(sorted(rows, key=key), key)}
