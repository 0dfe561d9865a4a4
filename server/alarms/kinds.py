"""The kinds of things that people are told of, and one such thing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Kind = Literal["warning", "breach", "escalation", "trouble"]
"""A promise is nearly broken, is broken, is broken and still open; something is wrong with the house."""
KINDS: tuple[Kind, ...] = get_args(Kind)
PRESSING = {"none": (), "urgent": ("urgent",), "high": ("urgent", "high")}
"""Which priorities disturb somebody's quiet hours, by what that person chose."""
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell: a step of a ticket's clock, or an alarm."""

    kind: Kind
    at: datetime
    ticket_id: int | None = None
    target: str | None = None
    turn: int | None = None
    percent: int | None = None
    due_at: datetime | None = None
    alarm_id: int | None = None


def kind_of(percent: int) -> Kind:
    """Say what a step means; at 100 per cent a promise is broken."""
    if percent < WHOLE:
        return "warning"
    return "breach" if percent == WHOLE else "escalation"
