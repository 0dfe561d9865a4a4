"""The door to one's own notices."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from agent_ui import urls
from server.kit import clock
from server.kit.http import AnyRequest, is_part, respond, see_other, ui_for
from server.people.queries import Viewer
from server.service_levels import actions
from server.supervision.screens import notices as screens


@get(urls.NOTICES)
async def notices(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show what this person was told."""
    if is_part(request):
        return respond(request, "notices", await screens.notices(viewer))
    return respond(request, "notices", await screens.notices_page(viewer, now=clock.now()))


@get(urls.NOTICE_BELL)
async def newest(
    request: AnyRequest, viewer: NamedDependency[Viewer]
) -> Response[dict[str, object] | None]:
    """Say what a browser may say by itself."""
    return Response(await screens.newest(viewer, ui_for(request), now=clock.now()))


@post(urls.NOTICES)
async def read(viewer: NamedDependency[Viewer]) -> Redirect:
    """Mark them all as seen."""
    await actions.read_notices(viewer, now=clock.now())
    return see_other(urls.NOTICES)


@post(urls.NOTICE_ACTION)
async def acknowledge(viewer: NamedDependency[Viewer], notice_id: FromPath[int]) -> Redirect:
    """Take note, so that nobody further up is told."""
    await actions.acknowledge(notice_id, by=viewer, now=clock.now())
    return see_other(urls.NOTICES)


handlers = [notices, newest, read, acknowledge]
