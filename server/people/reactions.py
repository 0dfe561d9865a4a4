"""Who reacts when somebody comes or goes; filled once, by ``server.wiring``."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """A person is now ``online``, ``away`` or ``offline``."""

    user_id: int
    state: str


Reaction = Callable[[Sequence[PresenceChange], datetime], Awaitable[None]]

_reactions: list[Reaction] = []


def connect(reactions: Sequence[Reaction]) -> None:
    """Replace the list; reactions run in its order, inside the transaction of the change."""
    _reactions[:] = reactions


async def react(changes: Sequence[PresenceChange], at: datetime) -> None:
    """Tell everyone who asked."""
    for reaction in _reactions:
        await reaction(changes, at)
