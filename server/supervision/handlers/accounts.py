"""The door to how a ticket's promises were reckoned: for everybody who may see the ticket."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from agent_ui import urls
from server.kit import clock
from server.kit.http import AnyRequest, is_part, respond
from server.people.queries import Viewer
from server.supervision.screens import accounts as screens


@get(urls.ACCOUNTS)
async def accounts(
    request: AnyRequest, viewer: NamedDependency[Viewer], ticket_id: FromPath[int]
) -> Response[str]:
    """Show every promise of a ticket line by line."""
    now = clock.now()
    if is_part(request):
        found = await screens.accounts(ticket_id, viewer=viewer, now=now)
        return respond(request, "clock_accounts", found)
    page = await screens.accounts_page(ticket_id, viewer=viewer, now=now)
    return respond(request, "accounts", page)


handlers = [accounts]
