"""What every answer of the web process has in common."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from urllib.parse import quote

import httpx
import pytest
from litestar import get
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.params import FromPath
from litestar.routes import HTTPRoute

from agent_ui import stylesheet, urls
from server.app import probes
from server.db import sql
from server.db.engine import connection_arguments
from server.kit import clock, heartbeats
from server.kit.errors import Conflict
from server.kit.http import ANYONE, MACHINES, framed
from server.kit.settings import Settings, settings
from server.people import actions as people
from tests.support.web import PASSWORD, Web, form_token, served, sign_in

pytestmark = pytest.mark.anyio

SCRIPTS = urls.scripts(stylesheet.scripts_version()) + "/{file_path:path}"
OPEN = {
    ("GET", urls.SIGN_IN),
    ("POST", urls.SIGN_IN),
    ("POST", urls.SIGN_OUT),
    ("GET", urls.SET_UP),
    ("POST", urls.SET_UP),
    ("POST", urls.PREFERENCES),
    ("GET", urls.STYLESHEET),
    ("GET", "/static/{file_path:path}"),
    ("HEAD", "/static/{file_path:path}"),
    ("GET", SCRIPTS),
    ("HEAD", SCRIPTS),
    ("GET", "/health"),
    ("GET", "/ready"),
    ("GET", "/metrics"),
    ("GET", urls.RATING),
    ("POST", urls.RATING),
    ("GET", "/api/docs"),
    ("GET", "/api/docs/openapi.json"),
    ("GET", "/api/docs/{path:str}"),
    ("GET", urls.RATING),
    ("POST", urls.RATING),
}
"""Everything a stranger may reach. A line here is a decision."""
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def web(configured: Settings, anyio_backend: str) -> AsyncIterator[Web]:
    async with served() as running:
        yield running


@pytest.fixture
async def stranger(web: Web) -> AsyncIterator[httpx.AsyncClient]:
    async with web.browser() as client:
        yield client


@pytest.fixture
async def somebody(web: Web) -> AsyncIterator[httpx.AsyncClient]:
    await people.add_user(
        "a@example.org", name="A", role="administrator", password=PASSWORD, now=clock.now()
    )
    async with web.browser() as client:
        await sign_in(client, "a@example.org")
        yield client


def doors(web: Web) -> Iterator[tuple[str, str, BaseRouteHandler]]:
    for route in web.app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if handler.opt.get("door") == "token":
                    # Who may use the API is shown in test_api_doors.py.
                    assert route.path_format.startswith("/api/v1/")
                    continue
                for method in handler.http_methods - {"OPTIONS"}:
                    yield str(method), route.path_format, handler
        else:
            yield "ANY", route.path_format, route.route_handler


def patterns(path: str) -> str:
    """Return a path that a pattern matches."""
    return re.sub(r"\{[^}]*\}", "1", path)


async def test_every_door_is_closed_unless_it_is_listed_here(
    web: Web, stranger: httpx.AsyncClient
) -> None:
    found = {(method, path) for method, path, handler in doors(web) if handler.opt.get("door")}
    assert {(method, patterns(path)) for method, path in found} == {
        (method, patterns(path)) for method, path in OPEN
    }
    closed = [(method, path) for method, path, _ in doors(web) if (method, path) not in found]
    assert closed
    for method, path in closed:
        answer = await stranger.request(method, patterns(path))
        where = answer.headers.get("Location", "")
        assert answer.status_code == 303, (method, path)
        assert where.startswith(urls.SIGN_IN), (method, path)
        told = await stranger.request(method, patterns(path), headers=PARTIAL)
        assert told.status_code == 401, (method, path)


async def test_the_way_to_the_sign_in_page_leads_back(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get(urls.LIVE, params={"view": "mine"})
    assert answer.headers["Location"] == "/sign-in?next=%2Flive%3Fview%3Dmine"


@pytest.mark.parametrize("path", ["/sign-in", "/nothing-here", "/static/nothing", "/health"])
async def test_every_answer_carries_the_safety_headers(
    stranger: httpx.AsyncClient, path: str
) -> None:
    headers = (await stranger.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "server" not in headers


async def test_files_with_a_version_may_be_kept_for_ever(stranger: httpx.AsyncClient) -> None:
    for path in (urls.static("vendor/htmx.js", version="1"), urls.stylesheet("1")):
        answer = await stranger.get(path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert "immutable" in answer.headers["Cache-Control"]
    plain = await stranger.get(urls.static("vendor/htmx.js"))
    assert "immutable" not in plain.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    ["/static/../../pyproject.toml", "/static/%2e%2e/%2e%2e/pyproject.toml", "/static//etc/passwd"],
)
async def test_no_path_leads_out_of_the_static_files(
    stranger: httpx.AsyncClient, path: str
) -> None:
    assert (await stranger.get(path)).status_code in {400, 404}


@contextmanager
def extra(web: Web, *handlers: HTTPRouteHandler) -> Iterator[None]:
    for handler in handlers:
        web.app.register(handler)
    yield


@get("/breaks", opt=ANYONE)
async def breaks() -> str:
    raise RuntimeError("a secret detail")


@get("/api/breaks", opt=MACHINES)
async def api_breaks() -> str:
    raise RuntimeError("a secret detail")


@get("/conflict")
async def conflict() -> str:
    raise Conflict


@get("/letter", opt=MACHINES)
async def letter() -> object:
    return framed("<script>alert(1)</script>")


async def test_a_fault_of_ours_says_a_number_and_nothing_else(
    web: Web, stranger: httpx.AsyncClient
) -> None:
    with extra(web, breaks, api_breaks):
        page = await stranger.get("/breaks")
        assert page.status_code == 500
        assert page.headers["Content-Type"].startswith("text/html")
        assert "secret" not in page.text
        assert "Traceback" not in page.text
        assert re.search(r"\b[0-9a-f]{8}\b", page.text)
        part = await stranger.get("/breaks", headers=PARTIAL)
        assert part.status_code == 500
        assert "<html" not in part.text
        program = await stranger.get("/api/breaks")
        assert program.headers["Content-Type"] == "application/problem+json"
        assert program.json() == {
            "type": "about:blank",
            "title": "Internal Server Error",
            "status": 500,
            "code": "error",
        }


@get("/things/{thing:int}")
async def thing(thing: FromPath[int]) -> str:
    return str(await sql.value("SELECT $1::bigint", thing))


async def test_a_number_larger_than_any_id_is_not_found(
    web: Web, somebody: httpx.AsyncClient
) -> None:
    with extra(web, thing):
        assert (await somebody.get("/things/9")).status_code == 200
        assert (await somebody.get(f"/things/{10**30}")).status_code == 404


async def test_a_part_that_was_posted_is_answered_with_a_sentence(
    web: Web, somebody: httpx.AsyncClient
) -> None:
    headers = {**PARTIAL, "x-csrftoken": somebody.cookies["csrftoken"], "Accept-Language": "en"}
    answer = await somebody.post(urls.PRESENCE, data={"presence": "dancing"}, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "<" not in answer.text
    assert len(answer.text) > 10


async def test_a_strangers_document_is_shut_into_a_frame_of_ours(
    web: Web, stranger: httpx.AsyncClient
) -> None:
    with extra(web, letter):
        headers = (await stranger.get("/letter")).headers
        policy = headers["Content-Security-Policy"]
        assert "sandbox" in policy
        assert "allow-scripts" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "X-Frame-Options" not in headers


async def test_the_host_a_stranger_claims_appears_nowhere(stranger: httpx.AsyncClient) -> None:
    for path in ("/", urls.LIVE, urls.SIGN_IN, "/nothing-here", "/static"):
        answer = await stranger.get(path, headers={"Host": "evil.example"})
        assert answer.status_code < 500
        assert "evil.example" not in answer.text
        assert "evil.example" not in answer.headers.get("Location", "")


async def test_a_stranger_reads_arabic_unless_the_browser_or_a_choice_says_english(
    web: Web,
    stranger: httpx.AsyncClient,
) -> None:
    async def lang(**headers: str) -> str:
        page = await stranger.get(urls.SIGN_IN, headers=headers)
        found = re.search(r'<html lang="(..)"', page.text)
        assert found
        return found[1]

    assert await lang() == "ar"
    assert await lang(**{"Accept-Language": "fr, en;q=0.8"}) == "en"
    form = {"_csrf_token": stranger.cookies["csrftoken"], "locale": "en"}
    referer = f"{web.url}/sign-in?next=%2Finbox%2Fmine"
    answer = await stranger.post(urls.PREFERENCES, data=form, headers={"Referer": referer})
    assert answer.headers["Location"] == "/sign-in?next=%2Finbox%2Fmine"
    assert await lang() == "en"


async def test_a_choice_is_kept_for_the_person(web: Web, somebody: httpx.AsyncClient) -> None:
    form = {"_csrf_token": somebody.cookies["csrftoken"], "theme": "dark"}
    answer = await somebody.post(
        urls.PREFERENCES, data=form, headers={"Referer": "https://evil.example/x"}
    )
    assert answer.headers["Location"] == urls.HOME
    kept = await sql.row("SELECT theme, locale, digits FROM users")
    assert kept is not None
    assert dict(kept) == {"theme": "dark", "locale": "ar", "digits": "arab"}
    wrong = await somebody.post(urls.PREFERENCES, data=form | {"theme": "pink"})
    assert wrong.status_code == 422


async def test_alive_is_not_ready_until_every_process_has_been_heard_of(
    stranger: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "KEPT", 0)
    assert (await stranger.get("/health")).json() == {"status": "alive"}
    answer = await stranger.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": "ok",
        "work": "never seen",
        "listen": "never seen",
        "broker": "ok",
        "live": "ok",
    }
    for process in ("work", "listen"):
        await heartbeats.beat(process, at=clock.now())
    answer = await stranger.get("/ready")
    assert (answer.status_code, set(answer.json().values())) == (200, {"ok"})


async def test_numbers_are_for_this_machine_or_for_whoever_has_the_token(
    stranger: httpx.AsyncClient, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "tawasul_live_streams" in (await stranger.get("/metrics")).text
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    assert (await stranger.get("/metrics", headers=elsewhere)).status_code == 403
    known = {**elsewhere, "Authorization": "Bearer a token of an operator"}
    assert (await stranger.get("/metrics", headers=known)).status_code == 403
    monkeypatch.setenv("TAWASUL_METRICS_TOKEN", "a token of an operator")
    settings.cache_clear()
    assert (await stranger.get("/metrics", headers=known)).status_code == 200
    other = {**elsewhere, "Authorization": "Bearer another"}
    assert (await stranger.get("/metrics", headers=other)).status_code == 403


class Cable:
    """Between the process and its database, and can be cut."""

    def __init__(self, url: str) -> None:
        self.to = connection_arguments(url)
        self.sockets: set[asyncio.StreamWriter] = set()
        self.whole = True

    async def __aenter__(self) -> str:
        self.server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        password = quote(self.to.get("password", ""))
        return f"postgresql://{self.to['user']}:{password}@127.0.0.1:{port}/{self.to['database']}"

    async def __aexit__(self, *_: object) -> None:
        self.cut()
        self.server.close()
        await self.server.wait_closed()

    def cut(self) -> None:
        self.whole = False
        for writer in self.sockets:
            writer.close()

    def mend(self) -> None:
        self.whole = True

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.whole:
            writer.close()
            return
        path = f"{self.to['host']}/.s.PGSQL.{self.to['port']}"
        there, back = await asyncio.open_unix_connection(path)
        self.sockets |= {writer, back}
        await asyncio.gather(_pass(reader, back), _pass(there, writer))
        self.sockets -= {writer, back}


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def test_while_the_database_is_away_the_page_says_to_try_again_and_then_it_works(
    configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cable = Cable(configured.database_url)
    async with cable as url:
        monkeypatch.setenv("TAWASUL_DATABASE_URL", url)
        settings.cache_clear()
        async with served() as web, web.browser() as browser:
            form = {
                "_csrf_token": await form_token(browser),
                "email": "a@b.example",
                "password": "x",
            }
            assert (await browser.post(urls.SIGN_IN, data=form)).status_code == 422
            cable.cut()
            answer = await browser.post(urls.SIGN_IN, data=form)
            assert answer.status_code == 503
            assert "Retry-After" in answer.headers
            assert (await browser.get("/health")).status_code == 200
            assert (await browser.get("/ready")).json()["database"] == "away"
            cable.mend()
            assert (await browser.post(urls.SIGN_IN, data=form)).status_code == 422
