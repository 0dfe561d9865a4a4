"""Read what supervisors watch and administrators promise."""

from server.supervision.queries.wall import (
    DueTicket,
    Held,
    Load,
    TeamCounts,
    due,
    held,
    loads,
    not_leaving,
    teams,
)

__all__ = [
    "DueTicket",
    "Held",
    "Load",
    "TeamCounts",
    "due",
    "held",
    "loads",
    "not_leaving",
    "teams",
]
