"""The door to reports and their files: supervisors and administrators only."""

from collections.abc import AsyncIterator
from pathlib import Path

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from agent_ui import urls
from server.kit import clock
from server.kit.errors import Forbidden, NotFound
from server.kit.http import AnyRequest, respond, ui_for, zone
from server.people.queries import Viewer
from server.supervision.days import instants
from server.supervision.queries import reports as queries
from server.supervision.screens import reports as screens

TYPES = {
    "promises.csv": "text/csv; charset=utf-8",
    "promises.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CHUNK = 65_536


@get(urls.REPORTS)
async def reports(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    first: FromQuery[str | None] = None,
    last: FromQuery[str | None] = None,
) -> Response[str]:
    """Show the report of a period."""
    _only_supervisors(viewer)
    now = clock.now()
    days, error = screens.period(first, last, today=now.astimezone(zone()).date())
    found = await screens.report(viewer, days, zone=zone(), now=now, error=error)
    page = await screens.report_page(viewer, found, now=now)
    return respond(request, "reports", page, part=("report", found), status=422 if error else 200)


@get(urls.REPORT_FILE)
async def report_file(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    name: FromPath[str],
    first: FromQuery[str | None] = None,
    last: FromQuery[str | None] = None,
) -> Stream:
    """Give every promise of a period as a file."""
    _only_supervisors(viewer)
    days, error = screens.period(first, last, today=clock.now().astimezone(zone()).date())
    if name not in TYPES or error:
        raise NotFound
    since, until = instants(days, zone())
    pages = queries.each_promise(sorted(viewer.supervised), since=since, until=until)
    ui = ui_for(request)
    is_text = name.endswith(".csv")
    content = screens.as_csv(pages, ui) if is_text else _read(await screens.as_xlsx(pages, ui))
    file = f"{days[0].isoformat()}-{days[1].isoformat()}-{name}"
    return Stream(
        content,
        media_type=TYPES[name],
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


async def _read(path: Path) -> AsyncIterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    finally:
        path.unlink(missing_ok=True)  # noqa: ASYNC240 -- must happen even when the browser has gone


def _only_supervisors(viewer: Viewer) -> None:
    if not viewer.supervised:
        raise Forbidden


handlers = [reports, report_file]
