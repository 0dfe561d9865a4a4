"""The door to the wall and to the tickets behind its figures: supervisors and administrators only."""

from typing import cast

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromQuery

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.watch import BehindPage
from server.kit import clock
from server.kit.errors import Conflict, Forbidden, Invalid, NotFound
from server.kit.http import AnyRequest, is_part, local_path, respond, see_other, text_of, zone
from server.kit.limits import FORM_KEY_CHARACTERS, REPLY_CHARACTERS
from server.people.queries import Viewer
from server.supervision.actions.message import message_teams
from server.supervision.queries.board import MEASURES, Behind, Measure
from server.supervision.screens import watch as screens
from server.tickets import actions
from server.tickets.screens.chrome import chrome

MOST_AT_ONCE = 200
TROUBLES = frozenset({"bulk_none", "bulk_reason", "bulk_text"})
VERBS = frozenset({"assign", "priority", "team", "pause", "note", "tell"})


@get(urls.SUPERVISION)
async def supervision(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    done: FromQuery[int | None] = None,
    left: FromQuery[int | None] = None,
    trouble: FromQuery[str | None] = None,
    told: FromQuery[int | None] = None,
) -> Response[str]:
    """Show the wall, or the wall alone for its live refetch."""
    _only_supervisors(viewer)
    now = clock.now()
    if is_part(request):
        return respond(request, "wall", await screens.wall(viewer, zone=zone(), now=now))
    said = _said(done, left, trouble, told)
    page = await screens.supervision(viewer, zone=zone(), now=now, said=said)
    return respond(request, "supervision", page)


@get(urls.BEHIND)
async def behind(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    measure: FromQuery[str],
    team: FromQuery[int | None] = None,
    topic: FromQuery[int | None] = None,
    channel: FromQuery[str | None] = None,
    agent: FromQuery[int | None] = None,
    after: FromQuery[int] = 0,
    done: FromQuery[int | None] = None,
    left: FromQuery[int | None] = None,
    trouble: FromQuery[str | None] = None,
    told: FromQuery[int | None] = None,
) -> Response[str]:
    """Show the tickets that a figure counts."""
    _only_supervisors(viewer)
    if measure not in MEASURES or (team is not None and team not in viewer.supervised):
        raise NotFound
    team_ids = tuple(sorted(viewer.supervised)) if team is None else (team,)
    which = Behind(cast("Measure", measure), team_ids, topic, channel, agent)
    now = clock.now()
    found = await screens.behind(which, zone=zone(), now=now, after=max(0, after))
    if is_part(request):
        return respond(request, "behind", found)
    said = _said(done, left, trouble, told)
    page = BehindPage(
        await chrome(viewer, here="supervision", now=now),
        found,
        await screens.bulk(viewer, said=said, back=screens.behind_link(which)),
    )
    return respond(request, "behind", page)


@post(urls.BULK)
async def bulk(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[None]:
    """Do one thing with every ticket that is ticked; each is an action of its own."""
    _only_supervisors(viewer)
    form = await request.form()
    verb = text_of(form, "do", limit=20)
    key = text_of(form, "form_key", limit=FORM_KEY_CHARACTERS - 32)
    if verb not in VERBS or not key:
        raise Invalid("not_possible")
    ticked = _ticked(form)
    back = local_path(text_of(form, "back", limit=500) or urls.SUPERVISION)
    joint = "&" if "?" in back else "?"
    if trouble := _trouble(verb, form, ticked):
        return cast("Response[None]", see_other(f"{back}{joint}trouble={trouble}"))
    if verb == "tell":
        text = text_of(form, "text", limit=REPLY_CHARACTERS)
        told = await message_teams(ticked, text=text, by=viewer, form_key=key, now=clock.now())
        return cast("Response[None]", see_other(f"{back}{joint}told={told}"))
    done = left = 0
    for ticket_id in ticked:
        try:
            await _do(verb, ticket_id, form, by=viewer, key=f"{key}.{verb}.{ticket_id}")
            done += 1
        except (Conflict, Invalid, NotFound):
            left += 1
    return cast("Response[None]", see_other(f"{back}{joint}done={done}&left={left}"))


async def _do(verb: str, ticket_id: int, form: FormMultiDict, *, by: Viewer, key: str) -> None:
    now = clock.now()
    match verb:
        case "assign":
            to = text_of(form, "assignee", limit=18)
            if to and not to.isdecimal():
                raise Invalid("not_possible")
            await actions.assign(
                ticket_id, to=int(to) if to else None, by=by, form_key=key, now=now
            )
        case "priority":
            priority = text_of(form, "priority", limit=20)
            await actions.set_priority(ticket_id, priority=priority, by=by, form_key=key, now=now)
        case "team":
            team = text_of(form, "team", limit=18)
            if not team.isdecimal():
                raise Invalid("not_possible")
            await actions.set_team(ticket_id, team_id=int(team), by=by, form_key=key, now=now)
        case "pause":
            reason = text_of(form, "reason", limit=REPLY_CHARACTERS)
            status = text_of(form, "status", limit=20)
            await actions.pause(
                ticket_id, status=status, reason=reason, by=by, form_key=key, now=now
            )
        case _:
            text = text_of(form, "text", limit=REPLY_CHARACTERS)
            await actions.note(ticket_id, by=by, text=text, form_key=key, now=now)


def _ticked(form: FormMultiDict) -> list[int]:
    """Return the tickets, in the order in which they are locked everywhere."""
    given = form.getall("ticket", [])
    ids = {int(one) for one in given if isinstance(one, str) and one.isdecimal() and len(one) < 19}
    return sorted(ids)[:MOST_AT_ONCE]


def _trouble(verb: str, form: FormMultiDict, ticked: list[int]) -> str | None:
    """Say what is missing before anything can be done, as a code of :data:`TROUBLES`."""
    if not ticked:
        return "bulk_none"
    words = {"pause": "reason", "note": "text", "tell": "text"}.get(verb)
    if words and not text_of(form, words, limit=REPLY_CHARACTERS).strip():
        return f"bulk_{words}"
    return None


def _said(
    done: int | None, left: int | None, trouble: str | None, told: int | None
) -> Reason | None:
    if trouble in TROUBLES:
        return Reason(trouble)
    if told is not None:
        return Reason("bulk_told", {"people": told})
    if done is None:
        return None
    return Reason("bulk_left" if left else "bulk_done", {"done": done, "left": left or 0})


def _only_supervisors(viewer: Viewer) -> None:
    if not viewer.supervised:
        raise Forbidden


handlers = [supervision, behind, bulk]
