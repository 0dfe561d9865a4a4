"""The door to reports and their files: supervisors and administrators only."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from agent_ui import urls
from agent_ui.models import Reason
from server.kit import clock
from server.kit.errors import Forbidden, Invalid, NotFound
from server.kit.http import AnyRequest, respond, ui_for
from server.kit.settings import settings
from server.people.queries import Viewer
from server.supervision.days import KINDS, Period, instants, period
from server.supervision.queries import ratings
from server.supervision.queries import reports as queries
from server.supervision.queries.facts import BYS, By
from server.supervision.screens import exports
from server.supervision.screens import reports as screens

TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FILES = frozenset({"promises", "ratings", "report"})
CHUNK = 65_536


@get(urls.REPORTS)
async def reports(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    kind: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    first: FromQuery[str | None] = None,
    last: FromQuery[str | None] = None,
    by: FromQuery[str] = "team",
) -> Response[str]:
    """Show the report of a period; of one that cannot be meant, say why and show a usual one."""
    _only_supervisors(viewer)
    now, zone = clock.now(), _zone()
    error = None
    try:
        asked = _asked((kind, at, first, last), now=now)
    except Invalid as wrong:
        usual = kind if kind in KINDS else "days" if first or last else None
        asked, error = _asked((usual, None, None, None), now=now), Reason(wrong.code)
    found = await screens.report(viewer, asked, by=_by(by), zone=zone, now=now, error=error)
    page = await screens.report_page(viewer, found, now=now)
    return respond(request, "reports", page, part=("report", found), status=422 if error else 200)


@get(urls.REPORT_FILE)
async def report_file(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    name: FromPath[str],
    kind: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    first: FromQuery[str | None] = None,
    last: FromQuery[str | None] = None,
    by: FromQuery[str] = "team",
) -> Stream:
    """Give every promise of a period, or its table, as a file."""
    _only_supervisors(viewer)
    now, zone, ui = clock.now(), _zone(), ui_for(request)
    what, suffix = Path(name).stem, Path(name).suffix
    try:
        asked = _asked((kind, at, first, last), now=now)
    except Invalid as wrong:
        raise NotFound from wrong
    if what not in FILES or suffix not in TYPES:
        raise NotFound
    if what == "report":
        report = await screens.report(viewer, asked, by=_by(by), zone=zone, now=now)
        lines = exports.all_of(report.table, ui)
    elif what == "ratings":
        since, until = instants(asked.days, zone)
        rated = ratings.each_rating(sorted(viewer.supervised), since=since, until=until)
        lines = exports.each_rating(rated, ui)
    else:
        since, until = instants(asked.days, zone)
        promises = queries.each_promise(sorted(viewer.supervised), since=since, until=until)
        lines = exports.each(promises, ui)
    is_text = suffix == ".csv"
    content = exports.as_csv(lines, ui) if is_text else _read(await exports.as_xlsx(lines, ui))
    file = f"{asked.first.isoformat()}-{asked.last.isoformat()}-{name}"
    return Stream(
        content,
        media_type=TYPES[suffix],
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def _asked(
    words: tuple[str | None, str | None, str | None, str | None], *, now: datetime
) -> Period:
    kind, at, first, last = words
    return period(kind, at, first, last, today=now.astimezone(_zone()).date())


def _by(text: str) -> By:
    return text if text in BYS else "team"


def _zone() -> ZoneInfo:
    return ZoneInfo(settings().zone)


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
