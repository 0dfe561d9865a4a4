"""What each agent's share would have been, had every ticket been as likely to go to anybody who was there."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Given:
    """A ticket was given to an agent."""

    at: datetime
    agent_id: int


@dataclass(frozen=True, slots=True)
class There:
    """An agent was there, from the first instant up to, not including, the second."""

    agent_id: int
    since: datetime
    until: datetime


def expected(given: Iterable[Given], there: Iterable[There]) -> dict[int, float]:
    """Part every ticket evenly among those who were there; shares add up to the number of tickets.

    Whoever was given a ticket was there at that moment, whatever is written.
    """
    ordered = sorted(given, key=lambda one: one.at)
    spans: dict[int, list[There]] = defaultdict(list)
    for span in there:
        spans[span.agent_id].append(span)
    for own in spans.values():
        own.sort(key=lambda span: span.since)
    begins = sorted(span.since for own in spans.values() for span in own)
    ends = sorted(span.until for own in spans.values() for span in own)
    shares: dict[int, float] = defaultdict(float)
    parts = []
    for one in ordered:
        many = bisect_right(begins, one.at) - bisect_right(ends, one.at)
        if not _was_there(spans.get(one.agent_id, []), one.at):
            many += 1
            shares[one.agent_id] += 1 / many
        parts.append(1 / many)
    times = [one.at for one in ordered]
    sums = [0.0, *accumulate(parts)]
    for agent_id, own in spans.items():
        for span in own:
            shares[agent_id] += (
                sums[bisect_left(times, span.until)] - sums[bisect_left(times, span.since)]
            )
    return dict(shares)


def _was_there(spans: list[There], at: datetime) -> bool:
    behind = bisect_right(spans, at, key=lambda span: span.since)
    return behind > 0 and at < spans[behind - 1].until
