"""The door of the search."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from agent_ui import urls
from server.kit import clock
from server.kit.http import AnyRequest, is_part, respond
from server.people.queries import Viewer
from server.search import screens


@get(urls.SEARCH)
async def search(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    q: FromQuery[str] = "",
    older: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[str]:
    """Show what was found, or what may be asked."""
    now = clock.now()
    further, begin = older == "1", after or None
    if is_part(request):
        found = await screens.results(viewer, asked=q, older=further, after=begin, now=now)
        return respond(request, "search_results", found)
    page = await screens.search_page(viewer, asked=q, older=further, after=begin, now=now)
    return respond(request, "search", page)
