"""One answer for everybody who asks for the same, of the same rows, at about the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")
YOUNG = timedelta(seconds=1)
"""Time alone makes things late, so an answer is not given for longer than this."""


@dataclass(slots=True)
class Answer(Generic[T]):
    """What is being made, or has been, of the rows of one moment."""

    moment: str
    at: datetime
    made: "asyncio.Future[T]"


@dataclass(slots=True)
class Shared(Generic[T]):
    """The newest answer for each thing that is asked for."""

    _answers: dict[Hashable, Answer[T]] = field(default_factory=dict)

    async def begin(
        self, key: Hashable, moment: str, make: Callable[[], Awaitable[T]], *, now: datetime
    ) -> Answer[T]:
        """Return the answer that somebody has begun, or make it."""
        known = self._answers.get(key)
        if known and known.moment == moment and abs(now - known.at) < YOUNG:
            return known
        made: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._answers[key] = answer = Answer(moment, now, made)
        try:
            made.set_result(await make())
        finally:
            # Whoever waits for one that failed, or was given up, makes it anew.
            if made.cancel() and self._answers.get(key) is answer:
                del self._answers[key]
        return answer
