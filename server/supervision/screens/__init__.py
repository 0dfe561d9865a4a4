"""Build what supervisors and administrators see."""

from server.supervision.screens.watch import supervision, wall

__all__ = ["supervision", "wall"]
