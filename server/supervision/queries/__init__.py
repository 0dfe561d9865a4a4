"""Read what supervisors watch and administrators promise."""

from server.supervision.queries.wall import (
    DueTicket,
    Load,
    TeamCounts,
    due,
    loads,
    not_leaving,
    teams,
)

__all__ = ["DueTicket", "Load", "TeamCounts", "due", "loads", "not_leaving", "teams"]
