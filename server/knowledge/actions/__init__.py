"""Write canned replies and articles, and remember what of them was used."""

from server.knowledge.actions.use import use_answer, use_piece
from server.knowledge.actions.write import (
    ChangedMeanwhile,
    archive,
    bring_back,
    go_back,
    may_write,
    save,
)

__all__ = [
    "ChangedMeanwhile",
    "archive",
    "bring_back",
    "go_back",
    "may_write",
    "save",
    "use_answer",
    "use_piece",
]
