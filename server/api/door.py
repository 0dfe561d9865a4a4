"""From the token to the person as whom it acts: before a parameter is read, and never by a cookie."""

from datetime import datetime
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from server.api import actions
from server.api.queries.tokens import Pass, standing
from server.api.rate import Rate
from server.kit import clock
from server.kit.errors import TawasulError
from server.kit.limits import API_REQUESTS, TOKEN_CHARACTERS
from server.people.queries import viewer_of

SCHEME = "bearer"
JSON = "application/json"

_rate = Rate(API_REQUESTS)


class NoToken(TawasulError):
    """There is no token, or none that opens anything now; which of them is nobody's business."""

    status = 401
    code = "token"


class WrongScope(TawasulError):
    """The token is good, but not for this."""

    status = 403
    code = "scope"

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class TooMany(TawasulError):
    """More requests than a minute has room for."""

    status = 429
    code = "too_many"

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class NotJson(TawasulError):
    """A body of another type than JSON."""

    status = 415
    code = "not_json"


async def with_token(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Let in whose token has the handler's scope. A handler that names none is closed."""
    now = clock.now()
    found = await _shown(connection, now=now)
    viewer = None if found is None else await viewer_of(found.user_id)
    if found is None or viewer is None:
        raise NoToken
    if (wait := _rate.wait(found.id, now=now)) is not None:
        raise TooMany(int(wait.total_seconds()) + 1)
    scope = handler.opt.get("scope", "")
    if scope not in found.scopes:
        raise WrongScope(scope)
    if handler.opt.get("writes") and not _is_json(connection):
        raise NotJson
    await actions.note_use(found.id, last=found.last_used_at, now=now)
    connection.scope["state"]["viewer"] = viewer


async def _shown(connection: ASGIConnection[Any, Any, Any, Any], *, now: datetime) -> Pass | None:
    scheme, _, token = connection.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != SCHEME or not 0 < len(token) <= TOKEN_CHARACTERS:
        return None
    return await standing(token, now=now)


def _is_json(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    return connection.headers.get("Content-Type", "").partition(";")[0].strip().lower() == JSON
