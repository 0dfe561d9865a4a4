"""A person's own switches: presence, language, digits, look."""

from datetime import timedelta

from litestar import Router, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from agent_ui import urls
from server.kit import clock
from server.kit.errors import Invalid
from server.kit.http import (
    ANYONE,
    LOCALE_COOKIE,
    AnyRequest,
    came_from,
    cookie,
    is_part,
    see_other,
    text_of,
)
from server.kit.limits import SMALL_FORM
from server.people import actions
from server.people.queries import Viewer


@post(urls.PRESENCE)
async def presence(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Redirect:
    """Come, step out or go; the rail shows it."""
    chosen = text_of(await request.form(), "presence", limit=10)
    match chosen:
        case "online" | "away" | "offline":
            await actions.set_presence(viewer.id, chosen, now=clock.now())
        case _:
            raise Invalid("not_possible", field="presence")
    return see_other(urls.RAIL if is_part(request) else came_from(request))


@post(urls.PREFERENCES, opt=ANYONE)
async def preferences(request: AnyRequest) -> Redirect:
    """Keep how somebody likes the desk; for those not signed in, the browser keeps the language."""
    form = await request.form()
    chosen = {name: text_of(form, name, limit=10) for name in actions.PREFERENCES if form.get(name)}
    answer = see_other(came_from(request))
    viewer: Viewer | None = request.scope["state"].get("viewer")
    if viewer is not None:
        await actions.set_preferences(viewer.id, **chosen)
    if chosen.get("locale") in actions.PREFERENCES["locale"]:
        answer.set_cookie(cookie(LOCALE_COOKIE, chosen["locale"], lasting=timedelta(days=365)))
    return answer


router = Router(path="/", route_handlers=[presence, preferences], request_max_body_size=SMALL_FORM)
