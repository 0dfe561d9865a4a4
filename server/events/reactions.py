"""Who reacts to which events; filled once, by ``server.wiring``."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about a ticket. ``data`` holds ids, codes and numbers only, never a word a person wrote."""

    ticket_id: int
    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    actor_id: int | None = None


Reaction = Callable[[Sequence[Event], datetime], Awaitable[None]]

_reactions: list[tuple[frozenset[str], Reaction]] = []


def connect(table: Sequence[tuple[frozenset[str], Reaction]]) -> None:
    """Replace the table; reactions run in its order, inside the transaction of the event."""
    _reactions[:] = table


async def react(events: Sequence[Event], at: datetime) -> None:
    """Hand every reaction the events of its kinds, all at once."""
    for kinds, reaction in _reactions:
        if concerned := [event for event in events if event.kind in kinds]:
            await reaction(concerned, at)
