"""The door to the wall: supervisors and administrators only."""

from litestar import Response, get
from litestar.di import NamedDependency

from agent_ui import urls
from server.kit import clock
from server.kit.errors import Forbidden
from server.kit.http import AnyRequest, is_part, respond, zone
from server.people.queries import Viewer
from server.supervision.screens import watch as screens


@get(urls.SUPERVISION)
async def supervision(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show the wall, or the wall alone for its live refetch."""
    if not viewer.supervised:
        raise Forbidden
    now = clock.now()
    if is_part(request):
        return respond(request, "wall", await screens.wall(viewer, zone=zone(), now=now))
    return respond(request, "supervision", await screens.supervision(viewer, zone=zone(), now=now))


handlers = [supervision]
