"""The page on which administrators make tokens and revoke them."""

from litestar import Response, Router, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from agent_ui import urls
from agent_ui.models import Reason
from agent_ui.models.programs import NewToken, TokenForm
from server.api import actions
from server.api.screens.tokens import tokens_page
from server.kit import clock
from server.kit.errors import Forbidden, Invalid
from server.kit.http import AnyRequest, respond, see_other
from server.kit.limits import (
    ADDRESS_CHARACTERS,
    FORM_KEY_CHARACTERS,
    NAME_CHARACTERS,
    SMALL_FORM,
    TOKEN_LONGEST_DAYS,
)
from server.people.queries import Viewer, user_id

DAYS_DIGITS = 4
LIMITS = {"token_days": TOKEN_LONGEST_DAYS}


@get(urls.API_TOKENS)
async def page(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Show all tokens."""
    _only_administrators(viewer)
    shown = await tokens_page(viewer, form=TokenForm(email=viewer.email), now=clock.now())
    return respond(request, "api_tokens", shown, part=("api_tokens", shown.tokens))


@post(urls.API_TOKENS, status_code=200)
async def make(request: AnyRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Make a token and show it, this once; it is in no address, and the answer is kept nowhere."""
    _only_administrators(viewer)
    sent = await request.form()
    form, now = _form(sent), clock.now()
    try:
        made = await actions.create_token(
            await user_id(form.email) or 0,
            scopes=form.scopes,
            name=form.name,
            days=int(form.days) if form.days.isascii() and form.days.isdecimal() else 0,
            by=viewer,
            now=now,
            form_key=_typed(sent, "form_key", FORM_KEY_CHARACTERS),
        )
    except actions.MadeAlready as error:
        again = TokenForm(email=viewer.email, errors=(("form_key", Reason(error.code)),))
        shown = await tokens_page(viewer, form=again, now=now)
        return respond(
            request, "api_tokens", shown, part=("api_tokens", shown.tokens), status=error.status
        )
    except Invalid as error:
        wrong = TokenForm(
            form.email,
            form.name,
            form.days,
            form.scopes,
            (
                (
                    error.field or "name",
                    Reason(error.code, {"limit": LIMITS.get(error.code, NAME_CHARACTERS)}),
                ),
            ),
        )
        shown = await tokens_page(viewer, form=wrong, now=now)
        return respond(request, "api_tokens", shown, part=("api_tokens", shown.tokens), status=422)
    new = NewToken(form.name, form.email, made.token, made.expires_at)
    shown = await tokens_page(viewer, form=TokenForm(email=viewer.email), made=new, now=now)
    return respond(request, "api_tokens", shown, part=("api_tokens", shown.tokens))


@post(urls.REVOKE, status_code=200)
async def revoke(viewer: NamedDependency[Viewer], token_id: FromPath[int]) -> Redirect:
    """Let a token open nothing any more."""
    _only_administrators(viewer)
    await actions.revoke_token(token_id, by=viewer.id, now=clock.now())
    return see_other(urls.API_TOKENS)


def _form(sent: FormMultiDict) -> TokenForm:
    """Read what was typed; one character more than allowed is enough to be refused."""
    return TokenForm(
        _typed(sent, "email", ADDRESS_CHARACTERS),
        _typed(sent, "name", NAME_CHARACTERS),
        _typed(sent, "days", DAYS_DIGITS),
        frozenset(one for one in sent.getall("scope", []) if isinstance(one, str)),
    )


def _typed(sent: FormMultiDict, name: str, limit: int) -> str:
    value = sent.get(name)
    return value.replace("\x00", "").strip()[: limit + 1] if isinstance(value, str) else ""


def _only_administrators(viewer: Viewer) -> None:
    if not viewer.administrator:
        raise Forbidden


pages = Router(path="/", route_handlers=[page, make, revoke], request_max_body_size=SMALL_FORM)
