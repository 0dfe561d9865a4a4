"""Who reacts when somebody comes, goes, or no longer works here; filled once, by ``server.wiring``."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """A person is now ``online``, ``away`` or ``offline``."""

    user_id: int
    state: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """A person no longer works in a team; with ``team_id`` None in none at all."""

    user_id: int
    team_id: int | None


Reaction = Callable[[Sequence[PresenceChange], datetime], Awaitable[None]]
Parting = Callable[[Sequence[Leaving], datetime], Awaitable[None]]

_reactions: list[Reaction] = []
_partings: list[Parting] = []


def connect(reactions: Sequence[Reaction], partings: Sequence[Parting] = ()) -> None:
    """Replace the lists; reactions run in their order, inside the transaction of the change."""
    _reactions[:] = reactions
    _partings[:] = partings


async def react(changes: Sequence[PresenceChange], at: datetime) -> None:
    """Tell everyone who asked."""
    for reaction in _reactions:
        await reaction(changes, at)


async def part(leavings: Sequence[Leaving], at: datetime) -> None:
    """Tell everyone who asked that people have left."""
    for parting in _partings:
        await parting(leavings, at)
