"""Examples of what is said about mailboxes as a whole; the gallery shows them with its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent_ui.models import Chrome, Reason
from agent_ui.models.reconciliation import (
    ReconciledFolder,
    Reconciliation,
    ReconciliationPage,
)

AT = datetime(2026, 11, 22, 0, 31, tzinfo=UTC)
FOLDERS = (
    ReconciledFolder(1, "بريد خدمة المراجعين", "INBOX", AT, 12_400, 12_400, 12_398, 2),
    ReconciledFolder(1, "بريد خدمة المراجعين", "", AT, None, 310, 309, 0, 1),
    ReconciledFolder(
        2, "Complaints", "INBOX", AT - timedelta(days=1), 41, 38, 37, missing=3, lost=1
    ),
    ReconciledFolder(3, "Visas", "Inbox/الأرشيف", AT, error=Reason("sign_in_refused")),
)
COUNTED = Reconciliation(FOLDERS)
LOOKING = Reconciliation(FOLDERS[:2], looking=True)
NEVER = Reconciliation(())

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "reconciliation": (COUNTED, LOOKING, NEVER),
    "reconciled_folder": FOLDERS,
}


def pages(chrome: Chrome) -> Mapping[str, tuple[object, ...]]:
    """Return examples of the page, with the gallery's own rail around it."""
    chrome = replace(chrome, here="reconciliation")
    return {
        "reconciliation": tuple(
            ReconciliationPage(chrome, view) for view in (COUNTED, LOOKING, NEVER)
        )
    }
