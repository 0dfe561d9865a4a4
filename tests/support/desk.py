"""A browser at the desk, without a network: the app answers in the test's own loop."""

from typing import Any

import httpx
from litestar import Litestar

from server.kit.http import secure_name
from server.people.queries import Viewer
from server.sign_in.handlers import COOKIE
from tests.support import factories as make

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Browser:
    """Somebody signed in, with a page open."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def page(self, path: str, **headers: str) -> httpx.Response:
        """Open a whole page."""
        return await self.client.get(path, headers={"Accept": "text/html", **headers})

    async def part(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a part of a page, as htmx does."""
        return await self.client.get(path, headers=PARTIAL | headers)

    async def send(
        self, path: str, data: dict[str, Any] | None = None, *, whole: bool = False, **more: Any
    ) -> httpx.Response:
        """Send a form, as htmx does, or with ``whole`` as a browser without it would."""
        headers = {} if whole else dict(PARTIAL)
        headers |= more.pop("headers", {})
        token = self.client.cookies.get(secure_name("csrftoken"))
        return await self.client.post(
            path, data={"_csrf_token": token or "", **(data or {})}, headers=headers, **more
        )


async def signed_in(app: Litestar, viewer: Viewer) -> Browser:
    """Return a browser in which this person is signed in and has the rail on screen."""
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]  # Litestar's ASGI types are its own
        base_url="http://desk.example",
    )
    client.cookies.set(secure_name(COOKIE), await make.session(viewer.id))
    browser = Browser(client)
    assert (await browser.part("/rail")).status_code == 200
    return browser
