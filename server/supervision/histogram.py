"""Lengths of time in fixed buckets, each 3 % wider than the one before: a quantile is right within 1.5 %.

PostgreSQL counts into them (:data:`BUCKET`), so a histogram travels as bytes; writing one behind the other adds them.
"""

import math
from typing import Any

import numpy as np

GROWTH = 1.03
_LN = math.log(GROWTH)
BUCKET = (
    f"CASE WHEN {{seconds}} < 1 THEN 0 ELSE 1 + floor(ln({{seconds}}::float) / {_LN!r})::int END"
)
"""The bucket of a length of time, in SQL; 0 holds what took less than a second."""
PAIRS = "string_agg(int2send({bucket}::smallint) || int4send({count}::int), ''::bytea ORDER BY {bucket})"
_PAIR = np.dtype([("bucket", ">i2"), ("count", ">i4")])


def quantiles(pairs: bytes, shares: tuple[float, ...]) -> tuple[int, ...] | None:
    """Return the lengths in seconds that these shares of what was counted did not exceed; none of nothing."""
    if not pairs:
        return None
    counts = _counts(pairs)
    reached = np.cumsum(counts)
    ranks = [max(1, math.ceil(share * reached[-1])) for share in shares]
    return tuple(_middle(int(bucket)) for bucket in np.searchsorted(reached, ranks))


def folded(pairs: bytes) -> bytes:
    """Return the same with one pair a bucket, where many histograms were written behind each other."""
    counts = _counts(pairs)
    (buckets,) = np.nonzero(counts)
    found = np.empty(buckets.size, _PAIR)
    found["bucket"], found["count"] = buckets, counts[buckets]
    return found.tobytes()


def size(pairs: bytes) -> int:
    """Return how many lengths were counted."""
    return int(np.frombuffer(pairs, _PAIR)["count"].sum())


def _counts(pairs: bytes) -> Any:
    found = np.frombuffer(pairs, _PAIR)
    return np.bincount(found["bucket"], weights=found["count"])


def _middle(bucket: int) -> int:
    """Return the length whose distance from both ends of a bucket is the same share of them."""
    return round(2 * GROWTH**bucket / (GROWTH + 1)) if bucket else 0
