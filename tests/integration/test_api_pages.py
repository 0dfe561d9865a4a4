"""The page of tokens, and the API's description of itself."""

import asyncio
import re
from html import unescape

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from agent_ui import urls
from server.api.scopes import SCOPES
from server.app import create_app
from server.db import sql
from tests.support import factories as make
from tests.support.desk import Browser, signed_in
from tests.support.programs import client, issued

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def administrator(app: Litestar, *, locale: str = "en") -> tuple[Browser, int]:
    await make.team()
    viewer = await make.viewer(administrator=True, locale=locale, name="Khalid")
    return await signed_in(app, viewer), viewer.id


def key(html: str) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', html)
    assert found
    return found[1]


async def key_of(browser: Browser) -> str:
    return key((await browser.page(urls.API_TOKENS)).text)


def shown(html: str) -> list[str]:
    return re.findall(r"twsl_[\w-]{43}", unescape(html))


async def test_a_token_is_made_on_the_page_and_shown_there_once(app: Litestar) -> None:
    browser, user_id = await administrator(app)
    email = await sql.value("SELECT email FROM users WHERE id = $1", user_id)
    form = {
        "form_key": await key_of(browser),
        "email": email,
        "name": "Wall in the lobby",
        "days": "30",
        "scope": ["reports:read"],
    }
    page = await browser.send(urls.API_TOKENS, form, whole=True)
    assert page.status_code == 200
    (token,) = shown(page.text)
    assert page.headers["Cache-Control"] == "no-store"
    assert (await client(app, token).get("/api/v1/wall")).status_code == 200
    again = await browser.page(urls.API_TOKENS)
    assert shown(again.text) == []
    assert "Wall in the lobby" in again.text
    row = await sql.row("SELECT id, created_by, expires_at - created_at AS lasts FROM api_tokens")
    assert row is not None
    assert (row["created_by"], row["lasts"].days) == (user_id, 30)
    gone = await browser.send(urls.revoke_token(row["id"]), whole=True)
    assert (gone.status_code, gone.headers["Location"]) == (303, urls.API_TOKENS)
    assert (await client(app, token).get("/api/v1/wall")).status_code == 401
    assert "Revoked by" in (await browser.page(urls.API_TOKENS)).text


@pytest.mark.parametrize(
    ("locale", "said"), [("en", "revoke it and make another"), ("ar", "فأبطله وأنشئ رمزًا آخر")]
)
async def test_a_form_that_is_sent_again_makes_no_second_token(
    app: Litestar, locale: str, said: str
) -> None:
    browser, user_id = await administrator(app, locale=locale)
    email = await sql.value("SELECT email FROM users WHERE id = $1", user_id)
    form = {"email": email, "name": "Lobby", "days": "30", "scope": ["reports:read"]}
    form["form_key"] = await key_of(browser)
    refused = await browser.send(urls.API_TOKENS, form | {"days": "0"}, whole=True)
    assert refused.status_code == 422
    made, *again = await asyncio.gather(
        *(browser.send(urls.API_TOKENS, form, whole=True) for _ in range(3))
    )
    pages = sorted((made, *again), key=lambda page: page.status_code)
    assert [page.status_code for page in pages] == [200, 409, 409]
    assert [len(shown(page.text)) for page in pages] == [1, 0, 0]
    assert all(said in page.text for page in pages[1:])
    assert await sql.value("SELECT count(*) FROM api_tokens") == 1
    others = [form | {"form_key": key(page.text)} for page in pages]
    answers = await asyncio.gather(
        *(browser.send(urls.API_TOKENS, other, whole=True) for other in others)
    )
    assert [answer.status_code for answer in answers] == [200, 200, 200]


async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    app: Litestar,
) -> None:
    browser, user_id = await administrator(app)
    email = await sql.value("SELECT email FROM users WHERE id = $1", user_id)
    good = {
        "form_key": await key_of(browser),
        "email": email,
        "name": "<b>x</b>",
        "days": "30",
        "scope": ["tickets:read"],
    }
    for field, value, said in (
        ("email", "nobody@authority.example", "Nobody with this address may sign in"),
        ("days", "ten", "A token lasts between 1 and"),
        ("days", "٩٠٠٠٠", "A token lasts between 1 and"),
        ("name", " \x00", "has to be filled in"),
        ("name", "x" * 3000, "too long"),
        ("scope", [], "Choose what it may do"),
        ("scope", ["everything"], "Choose what it may do"),
        ("form_key", "", "Load the page again"),
        ("form_key", "x" * 3000, "Load the page again"),
    ):
        page = await browser.send(urls.API_TOKENS, good | {field: value}, whole=True)
        assert (page.status_code, said in unescape(page.text)) == (422, True), (field, value)
        assert f'id="{field}-error"' in page.text
        assert email in page.text or field == "email"
    assert await sql.value("SELECT count(*) FROM api_tokens") == 0


async def test_only_administrators_look_after_tokens(app: Litestar) -> None:
    supervisor = await make.viewer(supervisor_of=(await make.team(),))
    made = await issued(supervisor.id, "reports:read")
    browser = await signed_in(app, supervisor)
    assert (await browser.page(urls.API_TOKENS)).status_code == 403
    assert (await browser.send(urls.API_TOKENS, {"name": "x"})).status_code == 403
    assert (await browser.send(urls.revoke_token(made.id))).status_code == 403
    assert await sql.value("SELECT revoked_at FROM api_tokens") is None
    chief, _ = await administrator(app)
    assert (await chief.send(urls.revoke_token(999_999))).status_code == 404
    unsigned = await chief.client.post(urls.revoke_token(made.id))
    assert unsigned.status_code == 403  # without the form's own token


async def test_the_api_describes_every_door_it_has_and_no_other(app: Litestar) -> None:
    document = (await client(app).get(urls.API_DESCRIPTION)).json()
    told = {
        (method.upper(), path, operation["security"][0]["token"][0])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    there = {
        (str(method), route.path_format, handler.opt["scope"])
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path_format.startswith("/api/v1")
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
    }
    assert told == there
    assert {scope for _, _, scope in told} == set(SCOPES)
    assert all(shape["description"] for shape in document["components"]["schemas"].values())
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


async def test_the_description_is_a_page_that_loads_nothing_from_elsewhere(app: Litestar) -> None:
    answer = await client(app).get(urls.API_DOCS, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)
    for path in ("/api/v1/wall", "/api/v1/tickets/{ticket_id}/replies"):
        assert path in answer.text
    anchors = set(re.findall(r'href="#(shape-\w+)"', answer.text))
    assert anchors <= set(re.findall(r'id="([^"]+)"', answer.text))
