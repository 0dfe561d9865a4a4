"""What handlers of every feature need: who is asking, an answer as page or part, safe forms and links."""

from datetime import timedelta
from functools import cache
from typing import Any, Literal, Protocol, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.datastructures import Cookie, FormMultiDict
from litestar.enums import MediaType
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER
from litestar.types import Empty
from litestar.utils.scope.state import ScopeState

from agent_ui import urls
from agent_ui.models.codes import Digits, Locale, Theme
from agent_ui.render import Ui
from server.kit import clock
from server.kit.errors import Invalid
from server.kit.settings import settings

AnyRequest = Request[Any, Any, Any]

ANYONE = {"door": "open"}
"""``opt`` of a handler that also answers people who have not signed in."""
MACHINES = {"door": "none", "exclude_from_csrf": True}
"""``opt`` of a handler that asks nobody who they are: files, probes, webhooks with their own proof."""
PROGRAMS = {"door": "token", "exclude_from_csrf": True}
"""``opt`` of a handler that asks for a token and reads no cookie, so that no other site can make use of one."""

DIGITS = {"ar": "arab", "en": "latn"}
LOCALE_COOKIE = "locale"
CSRF_COOKIE = "csrftoken"

FRAMED = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
"""The policy of a document that holds what a stranger wrote; it may be shown in a frame of ours.

It may be measured (``allow-same-origin``), which is harmless only as long as nothing in it may run.
"""
FETCHING = {
    "Content-Security-Policy": FRAMED.replace("img-src data:", "img-src data: https:").replace(
        "sandbox allow-same-origin", "sandbox"
    ),
    "Cross-Origin-Embedder-Policy": "credentialless",
    "Referrer-Policy": "no-referrer",
}
"""What such a document is sent with when it may fetch pictures.

It belongs to no origin then: whoever is asked, we ourselves included, is asked without cookies.
"""


class Reader(Protocol):
    """What a signed-in person prefers."""

    @property
    def locale(self) -> str: ...
    @property
    def digits(self) -> str: ...
    @property
    def theme(self) -> str: ...


def secure_name(name: str) -> str:
    """Return a cookie's name; on HTTPS with the prefix that browsers let no other host set."""
    return f"__Host-{name}" if settings().secure_cookies else name


def cookie(name: str, value: str, *, lasting: timedelta) -> Cookie:
    """Return a cookie of ours: for this host alone, out of reach of scripts and of other sites' forms."""
    return Cookie(
        key=secure_name(name),
        value=value,
        max_age=int(lasting.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=settings().secure_cookies,
    )


def expired(name: str) -> Cookie:
    """Return what takes a cookie away."""
    return cookie(name, "", lasting=timedelta(0))


def ui_for(request: AnyRequest) -> Ui:
    """Return the desk as this person likes it; for strangers as their browser does."""
    reader: Reader | None = request.scope["state"].get("viewer")
    locale = reader.locale if reader else _locale_of_stranger(request)
    return Ui(
        locale=cast("Locale", locale),
        now=clock.now(),
        zone=zone(),
        digits=cast("Digits", reader.digits if reader else DIGITS[locale]),
        theme=cast("Theme", reader.theme if reader else "auto"),
        csrf_token=_csrf_token(request),
    )


def is_part(request: AnyRequest) -> bool:
    """Say whether a part of the page is asked for and not a whole document."""
    return request.headers.get("HX-Request-Type") == "partial"


def respond(
    request: AnyRequest,
    name: str,
    view: object,
    *,
    part: tuple[str, object] | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[str]:
    """Answer with page ``name``, or with a component where a part is asked for.

    ``part`` is the component and its view where they differ from the page's.
    """
    ui = ui_for(request)
    if is_part(request):
        component, its_view = part or (name, view)
        html: str = ui.component(component, its_view)
    else:
        html = ui.page(name, view)
    return Response(
        str(html),
        media_type=MediaType.HTML,
        status_code=status,
        headers={"Vary": "HX-Request-Type", **(headers or {})},
    )


def framed(html: str, *, fetching: bool = False) -> Response[str]:
    """Answer with a stranger's document, shut in: no script, no forms, nothing from elsewhere.

    With ``fetching``, pictures may come from elsewhere, and nothing else.
    """
    headers = FETCHING if fetching else {"Content-Security-Policy": FRAMED}
    return Response(html, media_type=MediaType.HTML, headers=headers)


def see_other(path: str) -> Redirect:
    """Send the browser to a path of ours with GET."""
    return Redirect(path, status_code=HTTP_303_SEE_OTHER)


def local_path(text: str | None) -> str:
    """Return the path if it is one of ours, else the home page: nobody is led away by a link to us."""
    if not text or not text.isprintable() or "\\" in text or len(text) > 2000:
        return urls.HOME
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or not text.startswith("/") or text.startswith("//"):
        return urls.HOME
    return text


def came_from(request: AnyRequest) -> str:
    """Return the path of the page that held the form."""
    referer = urlsplit(request.headers.get("Referer", ""))
    if referer.netloc != request.headers.get("Host"):
        return urls.HOME
    return local_path(referer.path + (f"?{referer.query}" if referer.query else ""))


def text_of(form: FormMultiDict, name: str, *, limit: int) -> str:
    """Return a text field; missing is empty, and longer than ``limit`` is :class:`Invalid`."""
    value = form.get(name, "")
    text = value if isinstance(value, str) else ""
    if len(text) > limit:
        raise Invalid("too_long", field=name)
    return text.replace("\x00", "")


@cache
def zone() -> ZoneInfo:
    """Return the zone in which times are shown."""
    return ZoneInfo(settings().zone)


def _locale_of_stranger(request: AnyRequest) -> Literal["ar", "en"]:
    chosen = request.cookies.get(secure_name(LOCALE_COOKIE))
    if chosen not in {"ar", "en"}:
        wanted = (
            part.split(";")[0].strip()[:2].lower()
            for part in request.headers.get("Accept-Language", "").split(",")
        )
        chosen = next((code for code in wanted if code in {"ar", "en"}), settings().locale)
    return "en" if chosen == "en" else "ar"


def _csrf_token(request: AnyRequest) -> str:
    token = ScopeState.from_scope(request.scope).csrf_token
    return request.cookies.get(secure_name(CSRF_COOKIE), "") if token is Empty else str(token)
