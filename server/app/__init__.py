"""The web process: every feature's handlers behind one door."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from socket import socket
from typing import Any

import uvicorn
from litestar import Litestar, Request
from litestar.config.csrf import CSRFConfig
from litestar.di import Provide
from litestar.static_files import create_static_files_router

from agent_ui import stylesheet, urls
from server import wiring
from server.admin.handlers import router as admin
from server.admin.rules import router as rules
from server.admin.topics import router as topics
from server.api.description import described
from server.api.handlers import router as api
from server.api.handlers.tokens import pages as api_tokens
from server.app import errors, headers, probes, styles
from server.app.door import Door
from server.app.measure import Measure
from server.app.present import keep_people_present
from server.assignment.handlers import router as assignment
from server.db.engine import close_pool, open_pool
from server.desk.handlers import router as desk
from server.kit.heap import keep_what_stands
from server.kit.http import CSRF_COOKIE, MACHINES, secure_name
from server.kit.limits import FORM
from server.kit.secrets import keys
from server.kit.settings import Settings, settings
from server.knowledge.handlers import router as knowledge
from server.knowledge.queries.likes import helping
from server.live.handlers import router as live
from server.live.hub import Hub
from server.people.handlers import router as people
from server.people.queries import Viewer
from server.portal.handlers import router as portal
from server.search.handlers import search
from server.search.pool import searching
from server.sign_in.handlers import router as sign_in
from server.supervision.handlers import router as supervision

POOL = 10
COULD_NOT_START = 3
LAST_SECONDS = 3
"""How long requests may take to finish once the process is told to stop."""


def create_app() -> Litestar:
    """Put the web process together from the settings."""
    wiring.connect()
    files = create_static_files_router(
        path=urls.STATIC, directories=[stylesheet.STATIC], opt=dict(MACHINES)
    )
    scripts = create_static_files_router(
        path=urls.scripts(stylesheet.scripts_version()),
        directories=[stylesheet.STATIC / "js"],
        name="scripts",
        opt=dict(MACHINES),
    )
    app = Litestar(
        route_handlers=[
            sign_in,
            people,
            live,
            probes.router,
            styles.stylesheet_file,
            files,
            scripts,
            desk,
            search,
            supervision,
            admin,
            rules,
            topics,
            assignment,
            knowledge,
            api,
            api_tokens,
            portal,
        ],
        middleware=[Measure(), Door()],
        csrf_config=CSRFConfig(
            secret=keys("csrf")[0].hex(),
            cookie_name=secure_name(CSRF_COOKIE),
            cookie_secure=settings().secure_cookies,
            cookie_httponly=True,
        ),
        dependencies={"viewer": Provide(_viewer, sync_to_thread=False)},
        exception_handlers=errors.HANDLERS,
        before_send=[headers.secure],
        lifespan=[_running, searching, helping],
        request_max_body_size=FORM,
        openapi_config=described(),
        include_in_schema=False,
        logging_config=None,
    )
    app.state.hub = Hub(settings().database_url)
    app.state.readiness = probes.Readiness(app.state.hub)
    return app


def serve(given: Settings, *, listening: Sequence[socket] | None = None) -> None:
    """Serve until told to stop; open streams are ended first, so that stopping is quick."""
    app = create_app()
    config = uvicorn.Config(
        app,
        host=given.host,
        port=given.port,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_SECONDS,
    )
    server = Server(config, app.state.hub)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=None if listening is None else list(listening))
    if not server.started:
        raise SystemExit(COULD_NOT_START)


class Server(uvicorn.Server):
    """A server that begins with a settled heap, and lets go of its streams before it waits for its requests."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        keep_what_stands()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._hub.end()
        await super().shutdown(sockets)


@asynccontextmanager
async def _running(app: Litestar) -> AsyncIterator[None]:
    """Hold the pool, the hub and the noting of who is here for as long as the process serves."""
    await open_pool(settings().database_url, kind="web", size=POOL)
    hub: Hub = app.state.hub
    tasks = [asyncio.create_task(hub.run()), asyncio.create_task(keep_people_present(hub))]
    try:
        yield
    finally:
        hub.end()
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
        await close_pool()


def _viewer(request: Request[Any, Any, Any]) -> Viewer:
    viewer: Viewer = request.state.viewer
    return viewer
