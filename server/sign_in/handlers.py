"""The doors: sign in, sign out, set up."""

from typing import Annotated
from urllib.parse import urlencode

from litestar import Response, Router, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason, SetUp, SignIn
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.http import (
    ANYONE,
    AnyRequest,
    cookie,
    expired,
    local_path,
    respond,
    secure_name,
    see_other,
    text_of,
    ui_for,
)
from server.kit.limits import (
    ADDRESS_CHARACTERS,
    NAME_CHARACTERS,
    PASSWORD_CHARACTERS,
    PASSWORD_LEAST,
    SESSION_LONGEST,
    SMALL_FORM,
)
from server.sign_in import actions, queries
from server.sign_in.actions import SignedIn, TooManyTries, WrongPair

COOKIE = "session"
WHY = frozenset({"session_ended", "signed_out", "role_changed"})


def token_of(request: AnyRequest) -> str | None:
    """Return the session token that the browser holds."""
    return request.cookies.get(secure_name(COOKIE))


def sign_in_path(*, back_to: str | None = None, why: str | None = None) -> str:
    """Return the way to the sign-in page and from there back."""
    query = {"next": back_to or "", "why": why or ""}
    return f"{urls.SIGN_IN}?{urlencode({k: v for k, v in query.items() if v})}"


@get(urls.SIGN_IN)
async def sign_in_page(
    request: AnyRequest,
    back_to: Annotated[str, QueryParameter(name="next")] = "",
    why: FromQuery[str] = "",
) -> Response[str] | Redirect:
    """Ask who it is; somebody signed in goes on."""
    if request.scope["state"].get("viewer") is not None:
        return see_other(local_path(back_to))
    view = SignIn(
        next=local_path(back_to) if back_to else "",
        error=Reason(why) if why in WHY else None,
    )
    return respond(request, "sign_in", view)


@post(urls.SIGN_IN)
async def sign_in(request: AnyRequest) -> Response[str] | Redirect:
    """Let in whoever knows the password."""
    form = await request.form()
    # One more than allowed is enough to be wrong; it must not be another error than "wrong".
    email = _cut(form.get("email"), ADDRESS_CHARACTERS)
    password = _cut(form.get("password"), PASSWORD_CHARACTERS)
    back_to = _cut(form.get("next"), 2000)
    address = request.client.host if request.client else ""
    match await actions.sign_in(email, password, address=address, now=clock.now()):
        case SignedIn() as signed_in:
            if old := token_of(request):
                await actions.sign_out(old)
            return _let_in(signed_in, local_path(back_to))
        case WrongPair():
            view = SignIn(email=email, error=Reason("wrong_password"), next=back_to)
            return respond(request, "sign_in", view, status=422)
        case TooManyTries(wait):
            seconds = int(wait.total_seconds()) + 1
            reason = Reason("too_many_tries", {"minutes": -(-seconds // 60)})
            view = SignIn(email=email, error=reason, next=back_to)
            return respond(
                request, "sign_in", view, status=429, headers={"Retry-After": str(seconds)}
            )


@post(urls.SIGN_OUT)
async def sign_out(request: AnyRequest) -> Redirect:
    """End the session of this browser."""
    if token := token_of(request):
        await actions.sign_out(token)
    answer = see_other(sign_in_path(why="signed_out"))
    forget_session(answer)
    return answer


@get(urls.SET_UP)
async def set_up_page(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """Ask for the first administrator's name and password."""
    until = await queries.set_up_link(token, now=clock.now())
    if until is None:
        raise LinkUsed
    return respond(request, "set_up", SetUp(token=token, expires_at=until))


@post(urls.SET_UP)
async def set_up(request: AnyRequest, token: FromPath[str]) -> Response[str] | Redirect:
    """Make the first administrator, once."""
    now = clock.now()
    until = await queries.set_up_link(token, now=now)
    if until is None:
        raise LinkUsed
    form = await request.form()
    name = _cut(form.get("name"), NAME_CHARACTERS)
    email = _cut(form.get("email"), ADDRESS_CHARACTERS)
    try:
        signed_in = await actions.set_up(
            token,
            name=name,
            email=email,
            password=_twice(form),
            locale=ui_for(request).locale,
            now=now,
        )
    except Invalid as error:
        limit = PASSWORD_LEAST if error.code == "too_short" else PASSWORD_CHARACTERS
        wrong = (error.field or "email", Reason(error.code, {"limit": limit}))
        view = SetUp(token=token, name=name, email=email, expires_at=until, errors=(wrong,))
        return respond(request, "set_up", view, status=422)
    except NotFound as error:
        raise LinkUsed from error
    return _let_in(signed_in, urls.HOME)


class LinkUsed(NotFound):
    """The set-up link was used, has expired, or never was."""

    code = "link_used"


def forget_session(answer: Response[object]) -> None:
    """Take the session token from the browser."""
    answer.set_cookie(expired(COOKIE))


def _let_in(signed_in: SignedIn, path: str) -> Redirect:
    answer = see_other(path)
    answer.set_cookie(cookie(COOKIE, signed_in.token, lasting=SESSION_LONGEST))
    return answer


def _twice(form: FormMultiDict) -> str:
    password = text_of(form, "password", limit=PASSWORD_CHARACTERS)
    if password != form.get("again"):
        raise Invalid("not_the_same", field="again")
    return password


def _cut(value: object, limit: int) -> str:
    return value[: limit + 1].replace("\x00", "") if isinstance(value, str) else ""


router = Router(
    path="/",
    route_handlers=[sign_in_page, sign_in, sign_out, set_up_page, set_up],
    opt=ANYONE,
    request_max_body_size=SMALL_FORM,
)
