"""How often one token may ask one web process: as often as the bound says, evenly or all at once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
REMEMBERED = 10_000


@dataclass(slots=True)
class Rate:
    """What is left to each token; one that has been quiet for a minute has everything left."""

    each_minute: int
    _left: dict[int, tuple[float, datetime]] = field(default_factory=dict)

    def wait(self, token_id: int, *, now: datetime) -> timedelta | None:
        """Count a request, or say how long to wait; a refused one does not count."""
        left, at = self._left.pop(token_id, (float(self.each_minute), now))
        passed = max(now - at, timedelta(0)) / MINUTE
        left = min(float(self.each_minute), left + passed * self.each_minute)
        refused = left < 1
        # The one that asked last is at the end, so that the first is the one to forget.
        self._left[token_id] = (left if refused else left - 1, now)
        if len(self._left) > REMEMBERED:
            del self._left[next(iter(self._left))]
        return MINUTE * (1 - left) / self.each_minute if refused else None
