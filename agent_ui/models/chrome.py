"""What surrounds every signed-in page: who is looking, and the rail of views with its counts."""

from dataclasses import dataclass

from agent_ui.models.codes import Presence, Role, ViewKey
from agent_ui.models.common import Name


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person; ``roles`` holds every role held in any team."""

    id: int
    name: str
    email: str
    roles: frozenset[Role]
    presence: Presence = "online"


@dataclass(frozen=True, slots=True)
class RailView:
    """A view of the inbox; ``name`` for teams only. ``count`` above 999 is shown as ``999+``."""

    key: ViewKey
    count: int
    name: Name | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Chrome:
    """``here`` is the key of the current view or page (``"mine"``, ``"supervision"`` …).

    ``keeps_mail`` is true when an account keeps its outgoing mail instead of sending it;
    ``failed`` counts the entries in quarantine, for those who may see them.
    """

    viewer: Viewer
    here: str
    views: tuple[RailView, ...]
    unread: int = 0
    late: int = 0
    failed: int = 0
    keeps_mail: bool = False
    notices: int = 0
