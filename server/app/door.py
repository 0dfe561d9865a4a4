"""Nobody gets in unless a handler says otherwise: from the cookie to the viewer, before anything is read."""

from litestar import Request
from litestar.enums import ScopeType
from litestar.exceptions import NotAuthorizedException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from agent_ui import urls
from server.app import present
from server.kit import clock
from server.people.queries import Viewer, viewer_of
from server.sign_in import actions, queries
from server.sign_in.handlers import token_of


class Door(ASGIMiddleware):
    """Sets ``request.state.viewer``; a handler's ``opt`` says who else may pass (``server.kit.http``)."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let in, or raise what becomes the way to the sign-in page."""
        door = scope["route_handler"].opt.get("door", "closed")
        if door not in {"none", "token"}:
            token = token_of(Request(scope))
            viewer = await _enter(token, use=scope["path"] != urls.LIVE) if token else None
            if viewer is None and door != "open":
                raise NotAuthorizedException
            scope["state"]["viewer"] = viewer

            async def look_again() -> Viewer | None:
                """Ask once more, for a stream that has just opened; whoever opens one is here."""
                again = await _enter(token, use=False) if token else None
                if again is not None:
                    await present.note([again.id])
                return again

            scope["state"]["look_again"] = look_again
        await next_app(scope, receive, send)


async def _enter(token: str, *, use: bool) -> Viewer | None:
    """Return the person; ``use`` is false for what a browser does without anybody touching it."""
    now = clock.now()
    session = await queries.session(token, now=now)
    if session is None:
        return None
    if use:
        await actions.keep_session(token, seen_at=session.seen_at, now=now)
    return await viewer_of(session.user_id)
