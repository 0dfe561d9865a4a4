"""Ring again for journals that wait although nobody works on them: a bell may always get lost."""

from server.intake.queries import unrung
from server.kit import clock
from server.kit.jobs import ring


async def sweep() -> None:
    """Look once."""
    for account_id in await unrung(now=clock.now()):
        await ring("drain", account_id)
