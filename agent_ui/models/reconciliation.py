"""What lies on the mail servers and what became of it, as numbers."""

from dataclasses import dataclass
from datetime import datetime

from agent_ui.models.chrome import Chrome
from agent_ui.models.common import Reason


@dataclass(frozen=True, slots=True)
class ReconciledFolder:
    """One folder as it was last counted; without a ``folder`` it is what was handed over to us.

    ``on_server`` is ``None`` where no server keeps the mail; ``error`` says why nothing could be counted.
    """

    account_id: int
    account: str
    folder: str
    at: datetime
    on_server: int | None = None
    taken_over: int = 0
    in_tickets: int = 0
    quarantined: int = 0
    waiting: int = 0
    missing: int = 0
    lost: int = 0
    error: Reason | None = None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """``looking`` while somebody's question is still to be answered."""

    folders: tuple[ReconciledFolder, ...]
    looking: bool = False


@dataclass(frozen=True, slots=True)
class ReconciliationPage:
    chrome: Chrome
    reconciliation: Reconciliation
