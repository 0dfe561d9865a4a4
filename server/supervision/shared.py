"""One answer for everybody who asks for the same, of the same rows, at about the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Generic, TypeVar

from server.kit.work import transaction
from server.supervision.queries.wall import one_moment

T = TypeVar("T")
YOUNG = timedelta(seconds=1)
"""Time alone makes things late, so an answer is not given for longer than this."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was made of the rows of one moment; ``turn`` says which questions came before."""

    turn: int
    moment: str
    at: datetime
    made: T


@dataclass(slots=True)
class _Place(Generic[T]):
    """Where those wait who ask for the same thing: one makes it at a time."""

    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    newest: Answer[T] | None = None


class Shared(Generic[T]):
    """The newest answer for each thing that is asked for, as long as it is young."""

    def __init__(self) -> None:
        self._places: dict[Hashable, _Place[T]] = {}
        self._turns = count()

    async def ask(self, key: Hashable, make: Callable[[], Awaitable[T]], *, now: datetime) -> T:
        """Return what somebody else has made since this was asked, or of the same rows, or make it.

        ``make`` runs in a transaction that sees one moment. Whoever waits holds no connection, and however many
        wait, they are content with the next answer: its rows are newer than their question.
        """
        asked = next(self._turns)
        self._forget(now)
        place = self._places.setdefault(key, _Place())
        async with place.door:
            known = place.newest if place.newest and _is_young(place.newest, now) else None
            if known and known.turn > asked:
                return known.made
            # Whoever asks from here on may ask for newer rows than those that are about to be seen.
            turn = next(self._turns)
            async with transaction():
                moment = await one_moment()
                if known and known.moment == moment:
                    return known.made
                place.newest = Answer(turn, moment, now, await make())
                return place.newest.made

    def _forget(self, now: datetime) -> None:
        for key, place in list(self._places.items()):
            if not place.door.locked() and not (place.newest and _is_young(place.newest, now)):
                del self._places[key]


def _is_young(answer: Answer[T], now: datetime) -> bool:
    return abs(now - answer.at) < YOUNG
