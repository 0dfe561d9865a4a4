"""Ring again for what waits although nobody works on it: a bell may always get lost."""

from zoneinfo import ZoneInfo

from server.intake.queries import unrung
from server.intake.queries.reconciliation import unreconciled
from server.kit import clock
from server.kit.jobs import ring
from server.kit.settings import settings


async def sweep() -> None:
    """Look once for journals."""
    for account_id in await unrung(now=clock.now()):
        await ring("drain", account_id)


async def look_at_mailboxes() -> None:
    """Look once for mailboxes that are to be compared: every night, and when somebody asks."""
    for account_id in await unreconciled(now=clock.now(), zone=ZoneInfo(settings().zone)):
        await ring("reconcile", account_id)
