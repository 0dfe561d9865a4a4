"""Say how a promise stands: how urgent it is, how much of it is left, and in which words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Urgency = Literal["late", "soon", "calm"]
SOON = timedelta(hours=1)
WHOLE = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Due:
    """How a promise stands.

    ``share`` is the per cent of time left, for the ring; a late one shows an empty ring.
    ``soon`` is how many seconds before its time it becomes urgent.
    """

    at: datetime
    urgency: Urgency
    share: int
    soon: int = 0


def due(
    at: datetime, *, now: datetime, warn_at: datetime | None = None, since: datetime | None = None
) -> Due:
    """Return how a promise stands now; without a start, eight hours are a whole ring."""
    warn_at = warn_at or at - SOON
    soon = max(0, round((at - warn_at).total_seconds()))
    if now > at:
        return Due(at, "late", 0, soon)
    whole = at - since if since and since < at else WHOLE
    share = max(4, min(100, round(100 * ((at - now) / whole))))
    return Due(at, "soon" if now >= warn_at else "calm", share, soon)
