"""Signing in, staying in, being shut out: over real HTTP and a real database."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from argon2 import PasswordHasher

from agent_ui import urls
from server.db import sql
from server.kit import clock, limits, passwords
from server.kit.settings import Settings
from server.people import actions as people
from server.people import queries as people_queries
from server.sign_in import actions, queries, tokens
from tests.support.web import PASSWORD, Web, form_token, served, sign_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def web(configured: Settings, anyio_backend: str) -> AsyncIterator[Web]:
    async with served() as running:
        yield running


@pytest.fixture
async def muna(web: Web) -> int:
    return await people.add_user(
        "Muna@Example.org",
        name="Muna",
        role="agent",
        team="intake",
        password=PASSWORD,
        now=clock.now(),
    )


@pytest.fixture
async def browser(web: Web) -> AsyncIterator[httpx.AsyncClient]:
    async with web.browser() as client:
        yield client


async def is_in(browser: httpx.AsyncClient) -> bool:
    """Say whether the browser is let in where only the signed-in are."""
    token = browser.cookies.get("csrftoken", "")
    form = {"presence": "online", "_csrf_token": token}
    answer = await browser.post(urls.PRESENCE, data=form)
    assert answer.status_code == 303
    return not answer.headers["Location"].startswith(urls.SIGN_IN)


async def test_the_right_password_opens_the_desk(browser: httpx.AsyncClient, muna: int) -> None:
    answer = await sign_in(browser, " muna@EXAMPLE.org ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert await is_in(browser)


async def test_the_database_does_not_hold_what_the_cookie_holds(
    browser: httpx.AsyncClient, muna: int
) -> None:
    await sign_in(browser, "muna@example.org")
    token = browser.cookies["session"]
    stored = await sql.value("SELECT token_hash FROM sessions")
    assert stored == tokens.hash_of(token)
    assert token.encode() not in stored


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("muna@example.org", "wrong words here"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("x\0", "y\0"),
    ],
)
async def test_a_wrong_pair_is_refused_in_the_same_words_whichever_half_is_wrong(
    browser: httpx.AsyncClient, muna: int, email: str, password: str
) -> None:
    answer = await sign_in(browser, email, password)
    assert answer.status_code == 422
    assert 'id="sign-in-error"' in answer.text
    assert "session" not in browser.cookies
    assert PASSWORD not in answer.text


async def test_somebody_without_a_password_cannot_sign_in(
    web: Web, browser: httpx.AsyncClient
) -> None:
    await people.add_user("bare@example.org", name="Bare", role="administrator", now=clock.now())
    assert (await sign_in(browser, "bare@example.org", "")).status_code == 422


async def test_too_many_tries_for_one_address_wait_and_the_page_says_so(
    browser: httpx.AsyncClient, muna: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "TRIES_PER_EMAIL", 2)
    for _ in range(2):
        assert (await sign_in(browser, "muna@example.org", "wrong words")).status_code == 422
    answer = await sign_in(browser, "muna@example.org")
    assert answer.status_code == 429
    assert 800 < int(answer.headers["Retry-After"]) <= 901
    assert "session" not in browser.cookies
    assert (await sign_in(browser, "somebody@else.example", "x")).status_code == 422


async def test_tries_from_one_network_address_are_counted_over_all_people(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "TRIES_PER_ADDRESS", 2)
    now = clock.now()

    async def attempt(address: str, *, minutes: int = 0) -> str:
        at = now + timedelta(minutes=minutes)
        email = f"{address}{minutes}@example.org"
        return type(await actions.sign_in(email, "wrong", address=address, now=at)).__name__

    assert [await attempt("10.0.0.1") for _ in range(3)] == [
        "WrongPair",
        "WrongPair",
        "TooManyTries",
    ]
    assert await attempt("10.0.0.2") == "WrongPair"
    assert await attempt("10.0.0.1", minutes=16) == "WrongPair"
    together = [
        await attempt("2001:db8::1"),
        await attempt("2001:db8::2"),
        await attempt("2001:db8::3"),
    ]
    assert together[-1] == "TooManyTries"


async def test_a_right_password_takes_back_the_tries_before_it(
    browser: httpx.AsyncClient, muna: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "TRIES_PER_EMAIL", 2)
    for _ in range(3):
        assert (await sign_in(browser, "muna@example.org", "wrong words")).status_code == 422
        browser.cookies.delete("session") if "session" in browser.cookies else None
        assert (await sign_in(browser, "muna@example.org")).status_code == 303
        browser.cookies.delete("session")


async def test_a_weaker_hash_is_replaced_when_its_owner_signs_in(
    browser: httpx.AsyncClient, muna: int
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await sql.run("UPDATE users SET password_hash = $2 WHERE id = $1", muna, weak)
    assert (await sign_in(browser, "muna@example.org")).status_code == 303
    stored = await sql.value("SELECT password_hash FROM users WHERE id = $1", muna)
    assert stored != weak
    assert not passwords.outdated(stored)


@pytest.mark.parametrize(
    "older",
    ["seen_at = seen_at - interval '12 hours'", "created_at = created_at - interval '7 days'"],
)
async def test_a_session_ends_when_unused_or_old(
    browser: httpx.AsyncClient, muna: int, older: str
) -> None:
    await sign_in(browser, "muna@example.org")
    await sql.run(f"UPDATE sessions SET {older}")
    assert not await is_in(browser)
    assert "session" not in browser.cookies


async def test_use_is_noted_at_most_once_a_minute(browser: httpx.AsyncClient, muna: int) -> None:
    await sign_in(browser, "muna@example.org")
    before = await sql.value("SELECT seen_at FROM sessions")
    assert await is_in(browser)
    assert await sql.value("SELECT seen_at FROM sessions") == before
    await sql.run("UPDATE sessions SET seen_at = seen_at - interval '2 minutes'")
    assert await is_in(browser)
    assert await sql.value("SELECT seen_at FROM sessions") > before


async def test_signing_out_ends_the_session_for_good(browser: httpx.AsyncClient, muna: int) -> None:
    await sign_in(browser, "muna@example.org")
    kept = browser.cookies["session"]
    form = {"_csrf_token": browser.cookies["csrftoken"]}
    answer = await browser.post(urls.SIGN_OUT, data=form)
    assert answer.headers["Location"] == "/sign-in?why=signed_out"
    assert "session" not in browser.cookies
    browser.cookies.set("session", kept)
    assert not await is_in(browser)


async def test_signing_in_again_leaves_no_second_session(
    browser: httpx.AsyncClient, muna: int
) -> None:
    await sign_in(browser, "muna@example.org")
    token, kept = browser.cookies["csrftoken"], browser.cookies["session"]
    form = {"_csrf_token": token, "email": "muna@example.org", "password": PASSWORD}
    await browser.post(urls.SIGN_IN, data=form)
    assert browser.cookies["session"] != kept
    assert await sql.value("SELECT count(*) FROM sessions") == 1


async def test_a_changed_role_ends_every_session(browser: httpx.AsyncClient, muna: int) -> None:
    await sign_in(browser, "muna@example.org")
    await people.set_membership(muna, team="intake", role="supervisor", now=clock.now())
    assert not await is_in(browser)
    assert (await sign_in(browser, "muna@example.org")).status_code == 303
    await people.set_active(muna, active=False, now=clock.now())
    assert not await is_in(browser)
    assert (await sign_in(browser, "muna@example.org")).status_code == 422


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/tickets/7?view=mine", "/tickets/7?view=mine"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("tickets/7", "/"),
    ],
)
async def test_after_signing_in_the_way_leads_back_but_never_elsewhere(
    browser: httpx.AsyncClient, muna: int, asked: str, given: str
) -> None:
    answer = await sign_in(browser, "muna@example.org", next=asked)
    assert answer.headers["Location"] == given


@pytest.mark.parametrize("token", [None, "", "0" * 128])
async def test_a_form_without_its_token_is_refused(
    browser: httpx.AsyncClient, muna: int, token: str | None
) -> None:
    await form_token(browser)
    form = {"email": "muna@example.org", "password": PASSWORD}
    answer = await browser.post(
        "/sign-in", data=form if token is None else form | {"_csrf_token": token}
    )
    assert answer.status_code == 403
    assert "session" not in browser.cookies


async def test_a_token_from_an_earlier_key_is_replaced_instead_of_refused_for_ever(
    browser: httpx.AsyncClient, muna: int
) -> None:
    browser.cookies.set("csrftoken", "ab" * 64, domain="127.0.0.1")
    form = {"email": "muna@example.org", "password": PASSWORD, "_csrf_token": "ab" * 64}
    assert (await browser.post("/sign-in", data=form)).status_code == 403
    assert (await sign_in(browser, "muna@example.org")).status_code == 303


async def test_the_form_token_may_come_in_a_header(browser: httpx.AsyncClient, muna: int) -> None:
    await sign_in(browser, "muna@example.org")
    headers = {"x-csrftoken": browser.cookies["csrftoken"], "HX-Request-Type": "partial"}
    answer = await browser.post(urls.PRESENCE, data={"presence": "away"}, headers=headers)
    assert (answer.status_code, answer.headers["Location"]) == (303, urls.RAIL)
    viewer = await people_queries.viewer_of(muna)
    assert viewer is not None
    assert viewer.presence == "away"


async def test_a_stranger_may_not_send_much(browser: httpx.AsyncClient, muna: int) -> None:
    token = await form_token(browser)
    form = {"_csrf_token": token, "email": "a" * limits.SMALL_FORM, "password": "x"}
    assert (await browser.post("/sign-in", data=form)).status_code == 413


async def test_the_set_up_link_makes_one_administrator_once(
    browser: httpx.AsyncClient,
) -> None:
    link = urls.set_up(await actions.create_set_up_link(now=clock.now()))
    form = {
        "_csrf_token": await form_token(browser, link),
        "name": "Huda",
        "email": "huda@example.org",
        "password": PASSWORD,
        "again": PASSWORD,
    }
    wrong = await browser.post(link, data=form | {"again": "another one"})
    assert wrong.status_code == 422
    assert 'id="again-error"' in wrong.text
    answer = await browser.post(link, data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert await is_in(browser)
    assert await queries.has_administrator()
    assert (await browser.get(link)).status_code == 404
    assert (await browser.post(link, data=form | {"email": "b@example.org"})).status_code == 404
    assert [user.email for user in await people_queries.users()] == ["huda@example.org"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("email", "not an address"),
        ("password", "short"),
        ("password", "aaaaaaaaaaaa"),
    ],
)
async def test_a_wrong_set_up_form_says_where_and_keeps_the_link(
    browser: httpx.AsyncClient, field: str, value: str
) -> None:
    link = urls.set_up(await actions.create_set_up_link(now=clock.now()))
    form = {
        "_csrf_token": await form_token(browser, link),
        "name": "Huda",
        "email": "huda@example.org",
        "password": PASSWORD,
        "again": PASSWORD,
    } | {field: value}
    answer = await browser.post(link, data=form | {"again": form["password"]})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert (await browser.get(link)).status_code == 200


async def test_an_old_or_replaced_set_up_link_is_no_longer_valid(
    browser: httpx.AsyncClient,
) -> None:
    old = await actions.create_set_up_link(now=clock.now() - limits.SET_UP_LINK)
    assert (await browser.get(urls.set_up(old))).status_code == 404
    replaced = await actions.create_set_up_link(now=clock.now())
    await actions.create_set_up_link(now=clock.now())
    assert (await browser.get(urls.set_up(replaced))).status_code == 404


async def test_what_is_over_is_forgotten(browser: httpx.AsyncClient, muna: int) -> None:
    await sign_in(browser, "muna@example.org")
    await actions.sign_in("nobody@example.org", "wrong", address="10.0.0.1", now=clock.now())
    await actions.create_set_up_link(now=clock.now())
    await actions.forget_what_is_over(now=clock.now())
    assert await sql.value("SELECT count(*) FROM sessions") == 1
    await actions.forget_what_is_over(now=clock.now() + limits.SESSION_LONGEST)
    for table in ("sessions", "sign_in_tries", "set_up_links"):
        assert await sql.value(f"SELECT count(*) FROM {table}") == 0
