"""How long each handler takes."""

import time

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Histogram

from agent_ui import urls

_seconds = Histogram(
    "tawasul_http_seconds",
    "Time to answer",
    ["method", "path", "status"],
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
)


class Measure(ASGIMiddleware):
    """Times every answer but the live stream, which is meant to last."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Note the time when the answer begins."""
        path = scope["path_template"]
        start = time.perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start" and path != urls.LIVE:
                spent = time.perf_counter() - start
                _seconds.labels(
                    Request(scope).method, path, f"{message['status'] // 100}xx"
                ).observe(spent)
            await send(message)

        await next_app(scope, receive, timed)
