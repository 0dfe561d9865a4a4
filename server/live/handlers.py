"""The stream that tells a browser what to look at again."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Protocol

import msgspec
from litestar import Request, Router, get
from litestar.response import ServerSentEvent, ServerSentEventMessage

from agent_ui import urls
from server.kit.limits import STREAM, STREAM_KEEP_ALIVE
from server.live.hub import Hub, Listener

RETRY_MILLISECONDS = 1000


class Hearer(Protocol):
    """What the stream has to know of the person."""

    @property
    def id(self) -> int: ...
    @property
    def team_ids(self) -> tuple[int, ...]: ...


@get(urls.LIVE)
async def live(request: Request[Any, Any, Any]) -> ServerSentEvent:
    """Open a stream for the signed-in person."""
    events = stream(request.app.state.hub, request.state.viewer, request.state.look_again)
    return ServerSentEvent(events, headers={"X-Accel-Buffering": "no"})


async def stream(
    hub: Hub, viewer: Hearer, look_again: Callable[[], Awaitable[Hearer | None]]
) -> AsyncGenerator[ServerSentEventMessage, None]:
    """Yield what changed for this person; a comment whenever it goes quiet.

    The clean-up is synchronous: what is awaited when a browser goes away is cut off.
    """
    until = asyncio.get_running_loop().time() + STREAM.total_seconds()
    with hub.listen(viewer.id, viewer.team_ids) as listener:
        # A role that changed since the request was let in has not been heard of; ask once more.
        now_is = await look_again()
        if now_is is None or now_is.team_ids != viewer.team_ids:
            return
        yield ServerSentEventMessage(event="hello", data="{}", retry=RETRY_MILLISECONDS)
        while (left := until - asyncio.get_running_loop().time()) > 0 and not listener.over:
            try:
                async with asyncio.timeout(min(left, STREAM_KEEP_ALIVE.total_seconds())):
                    await listener.news.wait()
            except TimeoutError:
                yield ServerSentEventMessage(comment="quiet", data=None)
            else:
                for message in _said(listener):
                    yield message


def _said(listener: Listener) -> list[ServerSentEventMessage]:
    tickets, presence, resync = listener.take()
    if listener.over:
        return []
    if resync:
        return [ServerSentEventMessage(event="resync", data="{}")]
    said = []
    if tickets:
        data = msgspec.json.encode({"tickets": tickets, "inbox": True}).decode()
        said.append(ServerSentEventMessage(event="tickets", data=data))
    if presence:
        said.append(ServerSentEventMessage(event="presence", data="{}"))
    return said


router = Router(path="/", route_handlers=[live])
