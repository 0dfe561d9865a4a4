"""Write canned replies and articles, and remember what of them was used."""

from server.knowledge.actions.use import use_answer, use_piece
from server.knowledge.actions.write import (
    ChangedMeanwhile,
    archive,
    bring_back,
    checked,
    go_back,
    save,
)

__all__ = [
    "ChangedMeanwhile",
    "archive",
    "bring_back",
    "checked",
    "go_back",
    "save",
    "use_answer",
    "use_piece",
]
