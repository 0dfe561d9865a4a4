"""The doors to figures: what they mean, how they stand now, and what they were."""

from dataclasses import replace
from typing import Annotated
from zoneinfo import ZoneInfo

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from server.api.handlers.common import asks, number, reader
from server.api.screens import figures as screens
from server.api.shapes import figures as shapes
from server.kit import clock
from server.kit.errors import Forbidden, Invalid, NotFound
from server.kit.settings import settings
from server.people.queries import Viewer
from server.supervision.days import period
from server.supervision.queries.facts import BYS
from server.supervision.screens import reports, watch

Language = Annotated[
    str | None, QueryParameter(description="`ar` or `en`; otherwise what the person reads.")
]
Team = Annotated[
    str | None, QueryParameter(description="The id of a team; otherwise all that are supervised.")
]
First = Annotated[
    str | None,
    QueryParameter(name="from", description="The first day, as 2026-11-01; otherwise 29 before."),
]
Last = Annotated[
    str | None, QueryParameter(name="to", description="The last day, itself included; or today.")
]
Parted = Annotated[str, QueryParameter(description=f"One of {', '.join(BYS)}.")]


@get("/metrics", operation_id="metrics", summary="Definitions of figures", **asks("reports:read"))
async def metrics(viewer: NamedDependency[Viewer], language: Language = None) -> shapes.Metrics:
    """Say what every figure of the wall and of the reports is called, means and is counted in."""
    return screens.metrics(reader(language, viewer, now=clock.now()))


@get("/wall", operation_id="wall", summary="Figures of now", **asks("reports:read"))
async def wall(viewer: NamedDependency[Viewer], team: Team = None) -> shapes.Wall:
    """Say what is late, what will be, and who has how much, as the wall shows it."""
    now = clock.now()
    found = await watch.wall(_of_team(viewer, team), zone=_zone(), now=now)
    return screens.wall(found, now=now)


@get("/reports", operation_id="reports", summary="Figures of a period", **asks("reports:read"))
async def report(
    viewer: NamedDependency[Viewer],
    first: First = None,
    last: Last = None,
    by: Parted = "team",
    team: Team = None,
) -> shapes.Report:
    """Say what the page of reports shows of days of the office, parted by one thing."""
    now = clock.now()
    if by not in BYS:
        raise Invalid("not_possible", field="by")
    days = period("days", None, first, last, today=now.astimezone(_zone()).date())
    found = await reports.report(_of_team(viewer, team), days, by=by, zone=_zone(), now=now)
    return screens.report(found)


def _of_team(viewer: Viewer, team: str | None) -> Viewer:
    """Return the person as supervisor of one of their teams alone, if one is named."""
    if not viewer.supervised:
        raise Forbidden
    if team is None:
        return viewer
    team_id = number(team, field="team")
    if team_id not in viewer.supervised:
        raise NotFound
    return replace(viewer, supervised=frozenset({team_id}))


def _zone() -> ZoneInfo:
    return ZoneInfo(settings().zone)


handlers = [metrics, wall, report]
