"""What whole pages are made of, one per template in ``templates/pages``."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from agent_ui.models.chrome import Chrome
from agent_ui.models.common import Reason
from agent_ui.models.inbox import TicketList
from agent_ui.models.intake import AccountList, Quarantine
from agent_ui.models.outgoing import OutgoingList, OutgoingMail
from agent_ui.models.supervision import Wall
from agent_ui.models.ticket import Conversation

if TYPE_CHECKING:
    from agent_ui.models.watch import Bulk


@dataclass(frozen=True, slots=True)
class Desk:
    """The inbox, with or without an open ticket: page ``desk``."""

    chrome: Chrome
    list: TicketList
    conversation: Conversation | None = None


@dataclass(frozen=True, slots=True)
class Supervision:
    chrome: Chrome
    wall: Wall
    bulk: "Bulk"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Mail that was kept instead of being sent: page ``outgoing``; one open at a time."""

    chrome: Chrome
    mails: OutgoingList
    mail: OutgoingMail | None = None


@dataclass(frozen=True, slots=True)
class QuarantinePage:
    chrome: Chrome
    quarantine: Quarantine


@dataclass(frozen=True, slots=True)
class ChannelsPage:
    chrome: Chrome
    accounts: AccountList


@dataclass(frozen=True, slots=True)
class SignIn:
    """``error`` is about the pair of address and password, never about one of them."""

    email: str = ""
    error: Reason | None = None
    next: str = ""


@dataclass(frozen=True, slots=True)
class SetUp:
    """The first administrator's own page, behind a one-time link."""

    token: str
    name: str = ""
    email: str = ""
    expires_at: datetime | None = None
    errors: tuple[tuple[str, Reason], ...] = ()

    def error(self, field: str) -> Reason | None:
        """Return what is wrong with one field."""
        return dict(self.errors).get(field)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """``status`` is the HTTP status; ``reference`` what to tell those who look after the system.

    ``public`` is on a citizen's page, where nobody signs in.
    """

    status: int
    reason: Reason | None = None
    reference: str = ""
    retry_after: int | None = None
    signed_in: bool = False
    public: bool = False
