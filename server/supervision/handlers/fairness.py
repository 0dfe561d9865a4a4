"""The door to the report of fairness: supervisors only."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from agent_ui import urls
from server.kit import clock
from server.kit.errors import Forbidden, NotFound
from server.kit.http import AnyRequest, respond, ui_for, zone
from server.people.queries import Viewer
from server.supervision.screens import fairness as screens


@get(urls.FAIRNESS)
async def fairness(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    first: FromQuery[str | None] = None,
    last: FromQuery[str | None] = None,
) -> Response[str]:
    """Show how evenly work was handed out in a period."""
    _only_supervisors(viewer)
    now = clock.now()
    found = await screens.fairness(viewer, first, last, zone=zone(), now=now)
    page = await screens.fairness_page(viewer, found, now=now)
    status = 422 if found.error else 200
    return respond(request, "fairness", page, part=("fairness", found), status=status)


@get(urls.FAIRNESS_FILE)
async def fairness_file(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    first: FromQuery[str | None] = None,
    last: FromQuery[str | None] = None,
) -> Response[str]:
    """Give the report as a file."""
    _only_supervisors(viewer)
    found = await screens.fairness(viewer, first, last, zone=zone(), now=clock.now())
    if found.error:
        raise NotFound
    name = screens.file_name(found.first, found.last)
    return Response(
        "".join(screens.as_csv(found, ui_for(request))),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _only_supervisors(viewer: Viewer) -> None:
    if not viewer.supervised:
        raise Forbidden


handlers = [fairness, fairness_file]
