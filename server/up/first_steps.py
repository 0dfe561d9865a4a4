"""What must have happened before the processes start."""

from agent_ui import urls
from server.db.engine import close_pool, open_pool
from server.db.migrate import migrate
from server.kit import clock
from server.kit.settings import settings
from server.sign_in.actions import create_set_up_link
from server.sign_in.queries import has_administrator


async def first_steps(*, demo: bool) -> str:
    """Bring the schema up to date; return what people should read once all is up."""
    await migrate(settings().database_url)
    await open_pool(settings().database_url, kind="tool", size=2)
    try:
        return await _demo() if demo else await _set_up()
    finally:
        await close_pool()


async def _set_up() -> str:
    if await has_administrator():
        return ""
    token = await create_set_up_link(now=clock.now())
    return f"Set up the first administrator, once, within a day: {settings().base_url}{urls.set_up(token)}\n"


async def _demo() -> str:
    """Fill an empty database; say how to sign in and how to write to the desk."""
    from server import demo
    from server.demo.office import COLLEAGUES
    from server.people.queries import user_id, users

    if await user_id(COLLEAGUES[0].email) is not None:
        return demo.news()
    if await users():
        return "People work here already, so the demo day was left out.\n"
    return await demo.seed()
