"""How fast one address on the network may try: counted in this process, because a flood must write nothing."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from server.kit.addresses import network
from server.kit.limits import PUBLIC_TRIES, PUBLIC_TRIES_WINDOW

KNOWN = 20_000


@dataclass(slots=True)
class Pace:
    """The tries of each address since its window began; the longest known are forgotten first."""

    _tries: OrderedDict[str, tuple[datetime, int]] = field(default_factory=OrderedDict)

    def allows(self, address: str, *, now: datetime) -> bool:
        """Count one try, and say whether it is not one too many."""
        key = network(address)
        began, tries = self._tries.get(key, (now, 0))
        if now - began >= PUBLIC_TRIES_WINDOW:
            began, tries = now, 0
            self._tries.pop(key, None)
        self._tries[key] = (began, tries + 1)
        while len(self._tries) > KNOWN:
            self._tries.popitem(last=False)
        return tries < PUBLIC_TRIES
