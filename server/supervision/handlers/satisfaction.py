"""The doors to what citizens said of how it went, and to which teams ask: supervisors only."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from server.kit import clock
from server.kit.errors import Forbidden, Invalid
from server.kit.http import AnyRequest, respond, see_other, text_of, zone
from server.kit.limits import RATING_HOURS
from server.people.queries import Viewer
from server.supervision.actions.asking import set_asking
from server.supervision.screens import satisfaction as screens

LONGEST = 60
NARROWING = ("team", "topic", "channel", "agent", "priority")
"""What answers can be narrowed by, as the lines of a report's table are parted."""


@get(urls.SATISFACTION)
async def satisfaction(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    low: FromQuery[str] = "",
    after: FromQuery[int] = 0,
) -> Response[str]:
    """Show the answers of some days, all or those who were not satisfied."""
    _only_supervisors(viewer)
    now = clock.now()
    asked = {
        name: said
        for name in ("first", "last", *NARROWING)
        if (said := request.query_params.get(name, "").replace("\x00", "")[:LONGEST])
    }
    found = await screens.satisfaction(
        viewer, asked, low=bool(low), after=max(0, after), zone=zone(), now=now
    )
    page = await screens.satisfaction_page(viewer, found, now=now)
    status = 422 if found.error else 200
    return respond(request, "satisfaction", page, part=("satisfaction", found), status=status)


@get(urls.ASKING)
async def asking(
    request: AnyRequest, viewer: NamedDependency[Viewer], saved: FromQuery[str] = ""
) -> Response[str]:
    """Show which teams ask, when, and what is written."""
    _only_supervisors(viewer)
    now = clock.now()
    found = await screens.asking(viewer, zone=zone(), now=now, saved=bool(saved))
    page = await screens.asking_page(viewer, found, now=now)
    return respond(request, "asking", page, part=("asking", found))


@post(urls.ASKING_TEAM, status_code=200)
async def save_asking(
    request: AnyRequest, viewer: NamedDependency[Viewer], team_id: FromPath[int]
) -> Response[str] | Redirect:
    """Save whether one team asks."""
    _only_supervisors(viewer)
    form = await request.form()
    hours = text_of(form, "hours", limit=20).strip()
    try:
        await set_asking(
            team_id,
            asks=form.get("asks") == "yes",
            hours=int(hours) if hours.isdecimal() else 0,
            by=viewer,
        )
    except Invalid as wrong:
        now = clock.now()
        reason = Reason(wrong.code, {"limit": RATING_HOURS})
        found = await screens.asking(viewer, zone=zone(), now=now, wrong=(team_id, hours, reason))
        page = await screens.asking_page(viewer, found, now=now)
        return respond(request, "asking", page, part=("asking", found), status=422)
    return see_other(f"{urls.ASKING}?saved=1")


def _only_supervisors(viewer: Viewer) -> None:
    if not viewer.supervised:
        raise Forbidden


handlers = [satisfaction, asking, save_asking]
