"""The doors of assignment: who can take what, and handing a ticket back."""

from litestar import Response, Router, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.sentences import REASONS
from server.assignment import actions, screens
from server.assignment.screens import Wrong
from server.kit import clock
from server.kit.errors import Forbidden, Invalid
from server.kit.http import AnyRequest, is_part, respond, see_other, text_of
from server.kit.limits import SMALL_FORM
from server.people.queries import Viewer

Answer = Response[str] | Response[None] | Redirect


@get(urls.ASSIGNMENT)
async def assignment(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show who can take what."""
    _only_supervisors(viewer)
    page = await screens.assignment_page(viewer, now=clock.now())
    return respond(request, "assignment", page)


@post(urls.ASSIGNMENT_TEAM, status_code=200)
async def save_way(
    request: AnyRequest, viewer: NamedDependency[Viewer], team_id: FromPath[int]
) -> Answer:
    """Save how a team hands out."""
    form = await request.form()
    now = clock.now()
    try:
        await actions.set_way(
            team_id,
            strategy=text_of(form, "strategy", limit=40),
            hourly_cap=_number(form, "hourly_cap"),
            grace_minutes=_number(form, "grace_minutes") or 0,
            patience_minutes=_number(form, "patience_minutes") or 0,
            overflow_team_id=_number(form, "overflow_team"),
            by=viewer,
            now=now,
        )
    except Invalid as error:
        return await _again(request, viewer, urls.assignment_team(team_id), error)
    return see_other(urls.ASSIGNMENT)


@post(urls.ASSIGNMENT_AGENT, status_code=200)
async def save_skills(
    request: AnyRequest, viewer: NamedDependency[Viewer], user_id: FromPath[int]
) -> Answer:
    """Save what somebody can take."""
    form = await request.form()
    now = clock.now()
    try:
        chosen = [int(one) for one in form.getall("topics", []) if str(one).isdecimal()]
        await actions.set_skills(
            user_id,
            capacity=_number(form, "capacity") or 0,
            languages=[str(one) for one in form.getall("languages", [])],
            topics=None if form.get("every_topic") else chosen,
            by=viewer,
            now=now,
        )
    except Invalid as error:
        return await _again(request, viewer, urls.assignment_agent(user_id), error)
    return see_other(urls.ASSIGNMENT)


@post(urls.DECLINE, status_code=200)
async def decline(
    request: AnyRequest, viewer: NamedDependency[Viewer], ticket_id: FromPath[int]
) -> Answer:
    """Hand a ticket back and go back to one's own."""
    form = await request.form()
    reason = text_of(form, "reason", limit=40)
    # A line break is two characters on its way here.
    words = text_of(form, "words", limit=2 * actions.WORDS).replace("\r\n", "\n")
    await actions.decline(ticket_id, reason=reason, words=words, by=viewer, now=clock.now())
    if is_part(request):
        return Response(None, status_code=200, headers={"HX-Redirect": urls.inbox("mine")})
    return see_other(urls.inbox("mine"))


async def _again(request: AnyRequest, viewer: Viewer, action: str, error: Invalid) -> Answer:
    code = error.code if error.code in REASONS else "not_possible"
    wrong = Wrong(action, error.field, Reason(code))
    page = await screens.assignment_page(viewer, now=clock.now(), wrong=wrong)
    return respond(request, "assignment", page, status=422)


def _number(form: FormMultiDict, name: str) -> int | None:
    text = text_of(form, name, limit=9)
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise Invalid("not_possible", field=name)
    return int(text)


def _only_supervisors(viewer: Viewer) -> None:
    if not viewer.supervised:
        raise Forbidden


router = Router(
    path="/",
    route_handlers=[assignment, save_way, save_skills, decline],
    request_max_body_size=SMALL_FORM,
)
