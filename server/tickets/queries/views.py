"""Which views of the inbox a person has, and which groups of tickets each is merged from."""

from dataclasses import dataclass
from typing import Literal

from server.kit.errors import Invalid, NotFound
from server.people.queries import Viewer

Kind = Literal["mine", "unassigned", "all", "late", "team"]

ACTIVE = ("new", "open", "pending", "on_hold")
STATUSES = (*ACTIVE, "resolved", "closed")


@dataclass(frozen=True, slots=True)
class View:
    """One view as one person sees it: its tickets are those of ``team_ids`` in ``statuses``."""

    key: str
    kind: Kind
    team_ids: tuple[int, ...]
    statuses: tuple[str, ...]
    tag: str = ""


def view(key: str, *, viewer: Viewer, status: str | None = None, tag: str | None = None) -> View:
    """Read a view from a link; one of another team does not exist for this viewer."""
    if status is not None and status not in STATUSES:
        raise Invalid("not_possible", field="status")
    statuses = ACTIVE if status is None else (status,)
    match key:
        case "mine" | "unassigned" | "all" | "late":
            return View(key, key, viewer.team_ids, statuses, tag or "")
        case _:
            return View(key, "team", (_team(key, viewer),), statuses, tag or "")


def _team(key: str, viewer: Viewer) -> int:
    prefix, _, number = key.partition("-")
    for team_id in viewer.team_ids:
        if prefix == "team" and number == str(team_id):
            return team_id
    raise NotFound
