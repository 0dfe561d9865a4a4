"""What must have happened before the processes start."""

from server.db.migrate import migrate
from server.kit.settings import settings


async def first_steps() -> str:
    """Bring the schema up to date; return what people should read once all is up."""
    await migrate(settings().database_url)
    return ""
