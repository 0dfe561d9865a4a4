"""The doors of citizens. Looking at a page stores nothing: mail programs and scanners follow every link."""

import re

from litestar import Response, Router, get, post
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.portal import LinkOver
from agent_ui.render import Ui
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.http import MACHINES, AnyRequest, see_other, ui_for
from server.kit.limits import PUBLIC_TRIES_WINDOW, RATING_COMMENT_CHARACTERS, SMALL_FORM
from server.kit.links import RATING, Link, read
from server.portal import actions, queries, screens
from server.portal.pace import Pace
from server.portal.queries import Rating

APART = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}
"""The address of such a page is its key: it must not travel on with links, nor into an index."""
MOST_CHARACTERS = 4 * RATING_COMMENT_CHARACTERS
UNSAID = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, and those that turn the direction of what stands around them."""
_pace = Pace()


@get(urls.RATING)
async def rating_page(
    request: AnyRequest,
    token: FromPath[str],
    score: FromQuery[str] = "",
    lang: FromQuery[str] = "",
    kept: FromQuery[str] = "",
) -> Response[str]:
    """Ask how it went; ``score`` is what the link in the mail chose already, and nothing is kept of it."""
    known = await _known(token)
    if known is None:
        return _over(request)
    found, ui = known[1], screens.reader(known[1], lang)
    if kept and found.score is not None:
        view = screens.thanks(found, ui, token=token, score=found.score)
        return _page(ui, "rating_thanks", view)
    return _page(ui, "rating", screens.form(found, ui, token=token, chosen=_score(score)))


@post(urls.RATING)
async def rate(
    request: AnyRequest, token: FromPath[str], lang: FromQuery[str] = ""
) -> Response[str] | Redirect:
    """Keep what a citizen says; only a form that was sent does that."""
    known = await _known(token)
    if known is None:
        return _over(request)
    if not _pace.allows(_address(request), now=clock.now()):
        return _hasty(request)
    link, found = known
    ui = screens.reader(found, lang)
    form = await request.form()
    score, comment = _score(form.get("score")), _said(form.get("comment"))
    try:
        await actions.rate(link, score=score or 0, comment=comment, now=clock.now())
    except Invalid as wrong:
        over = max(0, len(comment) - RATING_COMMENT_CHARACTERS)
        error = Reason(wrong.code, {"over": over, "limit": RATING_COMMENT_CHARACTERS})
        view = screens.form(
            found, ui, token=token, chosen=score, comment=comment[:MOST_CHARACTERS], error=error
        )
        return _page(ui, "rating", view, status=422)
    except actions.TooOften:
        return _hasty(request)
    except NotFound:
        return _over(request)
    answer = see_other(urls.rating(token, lang=lang, kept=1))
    answer.headers.update(APART)
    return answer


async def _known(token: str) -> tuple[Link, Rating] | None:
    link = read(RATING, token, now=clock.now())
    found = await queries.rating(link) if link else None
    return (link, found) if link and found else None


def _score(said: object) -> int | None:
    return int(said) if isinstance(said, str) and said in {"1", "2", "3", "4", "5"} else None


def _said(said: object) -> str:
    """Return the comment as lines of text, without what could only harm a screen or a file."""
    lines = said.replace("\r\n", "\n").replace("\r", "\n") if isinstance(said, str) else ""
    return UNSAID.sub("", lines).strip()


def _page(ui: Ui, name: str, view: object, *, status: int = 200) -> Response[str]:
    return Response(
        ui.page(name, view), media_type=MediaType.HTML, status_code=status, headers=APART
    )


def _over(request: AnyRequest) -> Response[str]:
    """Say the same to every link that leads nowhere: wrong, forged, for something else, or over."""
    if not _pace.allows(_address(request), now=clock.now()):
        return _hasty(request)
    return _page(ui_for(request), "link_over", LinkOver(), status=404)


def _hasty(request: AnyRequest) -> Response[str]:
    answer = _page(ui_for(request), "link_over", LinkOver(hasty=True), status=429)
    answer.headers["Retry-After"] = str(int(PUBLIC_TRIES_WINDOW.total_seconds()))
    return answer


def _address(request: AnyRequest) -> str:
    return request.client.host if request.client else ""


router = Router(
    path="/",
    route_handlers=[rating_page, rate],
    opt=dict(MACHINES),
    request_max_body_size=SMALL_FORM,
)
