"""The web process, served over real HTTP in the test's own loop."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from litestar import Litestar

from server.app import Server, create_app

PASSWORD = "seven green lamps"


@dataclass(frozen=True, slots=True)
class Web:
    """One served process."""

    app: Litestar
    server: Server
    url: str

    def browser(self) -> httpx.AsyncClient:
        """Return a client that keeps cookies and asks for pages, without following redirects."""
        return httpx.AsyncClient(base_url=self.url, headers={"Accept": "text/html"}, timeout=10)


@asynccontextmanager
async def served() -> AsyncIterator[Web]:
    """Serve on a free port until the block ends."""
    app = create_app()
    config = uvicorn.Config(
        app,
        port=0,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    server = Server(config, app.state.hub)
    with server.capture_signals():
        running = asyncio.create_task(server._serve())
        while not server.started:
            if running.done():
                running.result()
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield Web(app, server, f"http://127.0.0.1:{port}")
        finally:
            server.should_exit = True
            await running


async def form_token(browser: httpx.AsyncClient, path: str = "/sign-in") -> str:
    """Return the token that the forms of a page carry."""
    page = await browser.get(path)
    found = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert found, f"{path} has no form: {page.status_code}"
    return found[1]


async def sign_in(
    browser: httpx.AsyncClient, email: str, password: str = PASSWORD, **fields: str
) -> httpx.Response:
    """Send the sign-in form."""
    token = await form_token(browser)
    data = {"_csrf_token": token, "email": email, "password": password, **fields}
    return await browser.post("/sign-in", data=data)
