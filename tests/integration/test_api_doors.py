"""Who may use the API: nobody but a token that has the scope, as long as its person is who they were."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from server.api import door
from server.api.actions import create_token, revoke_token
from server.api.queries.tokens import MOST, every, hash_of, standing
from server.api.rate import Rate
from server.api.scopes import SCOPES
from server.app import create_app
from server.db import sql
from server.kit import clock
from server.kit.errors import Invalid, NotFound
from server.kit.http import secure_name
from server.kit.limits import TOKENS_OF_ONE
from server.people import actions as people
from server.sign_in.handlers import COOKIE
from tests.support import factories as make
from tests.support.programs import client, issued, program

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

WALL = "/api/v1/wall"
PROBLEM = "application/problem+json"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def supervisor() -> int:
    return await make.user(supervisor_of=(await make.team(),))


def doors(app: Litestar) -> Iterator[tuple[str, str, str]]:
    """Every way into the API, and the scope that it asks for."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path_format.startswith("/api/v1"):
            for handler in route.route_handlers:
                for method in handler.http_methods - {"OPTIONS"}:
                    path = route.path_format.replace("{ticket_id}", "1")
                    yield str(method), path, handler.opt.get("scope", "")


async def test_every_door_asks_for_a_scope_and_opens_to_no_other(app: Litestar) -> None:
    found = list(doors(app))
    assert found
    user_id = await supervisor()
    for method, path, scope in found:
        assert scope in SCOPES, path
        nobody = await client(app).request(method, path)
        assert (nobody.status_code, nobody.json()["code"]) == (401, "token"), path
        assert nobody.headers["WWW-Authenticate"].startswith("Bearer")
        assert nobody.headers["Content-Type"] == PROBLEM
        others = [one for one in SCOPES if one != scope]
        wrong = await (await program(app, user_id, *others)).request(method, path)
        assert (wrong.status_code, wrong.json()["scope"]) == (403, scope), path


async def test_asking_what_may_be_asked_is_no_way_in(app: Litestar) -> None:
    answer = await (await program(app, await supervisor(), *SCOPES)).options(WALL)
    assert answer.status_code == 403
    assert (await client(app).options(WALL)).status_code == 401


async def test_a_session_opens_nothing_and_a_token_opens_no_page(app: Litestar) -> None:
    user_id = await supervisor()
    browser = client(app)
    browser.cookies.set(secure_name(COOKIE), await make.session(user_id))
    assert (await browser.get(WALL)).status_code == 401
    caller = await program(app, user_id, *SCOPES)
    assert (await caller.get(WALL)).status_code == 200
    assert (await caller.get("/inbox/mine")).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer twsl_" + "a" * 43,
        "Bearer " + "a" * 9000,
        "Bearer twsl_\\x00",
        "Bearer ٣٤",
    ],
)
async def test_what_is_no_token_opens_nothing(app: Litestar, header: str) -> None:
    answer = await client(app).get(WALL, headers={"Authorization": header.encode()})  # type: ignore[dict-item]  # bytes are allowed
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_a_token_in_the_address_opens_nothing(app: Litestar) -> None:
    token = (await issued(await supervisor(), "reports:read")).token
    answer = await client(app).get(WALL, params={"token": token, "access_token": token})
    assert answer.status_code == 401


async def test_a_token_ends_with_its_time(app: Litestar) -> None:
    user_id = await supervisor()
    token = (await issued(user_id, "reports:read", days=1)).token
    soon = clock.now() + timedelta(hours=23)
    assert await standing(token, now=soon) is not None
    assert await standing(token, now=soon + timedelta(hours=2)) is None


async def test_a_token_that_was_revoked_opens_nothing(app: Litestar) -> None:
    user_id = await supervisor()
    made = await issued(user_id, "reports:read")
    caller = client(app, made.token)
    assert (await caller.get(WALL)).status_code == 200
    await revoke_token(made.id, by=user_id, now=clock.now())
    assert (await caller.get(WALL)).status_code == 401
    revoked = await sql.row("SELECT revoked_by, revoked_at FROM api_tokens WHERE id = $1", made.id)
    await revoke_token(made.id, by=None, now=clock.now())
    assert revoked == await sql.row(
        "SELECT revoked_by, revoked_at FROM api_tokens WHERE id = $1", made.id
    )
    with pytest.raises(NotFound):
        await revoke_token(999_999, by=None, now=clock.now())


async def test_a_token_ends_with_the_person_the_role_and_the_password(app: Litestar) -> None:
    for change in ("deactivated", "role", "password"):
        user_id = await supervisor()
        caller = await program(app, user_id, "reports:read")
        assert (await caller.get(WALL)).status_code == 200
        match change:
            case "deactivated":
                await people.set_active(user_id, active=False, now=clock.now())
            case "role":
                await people.set_administrator(user_id, administrator=True)
            case _:
                await people.set_password(user_id, password="eleven yellow boats")
        assert (await caller.get(WALL)).status_code == 401, change
    assert {one.state for one in await every(now=clock.now())} == {"ended"}


async def test_only_the_hash_of_a_token_is_kept(app: Litestar) -> None:
    made = await issued(await supervisor(), "reports:read")
    assert made.token.startswith("twsl_")
    row = await sql.row("SELECT k::text AS all_of_it, token_hash FROM api_tokens k")
    assert row is not None
    assert made.token not in row["all_of_it"]
    assert row["token_hash"] == hash_of(made.token)


async def test_use_is_remembered_to_the_hour(app: Litestar) -> None:
    made = await issued(await supervisor(), "reports:read")
    caller = client(app, made.token)
    await caller.get(WALL)
    first = await sql.row("SELECT first_used_at, last_used_at FROM api_tokens")
    assert first is not None
    assert first["first_used_at"] == first["last_used_at"] is not None
    await caller.get(WALL)
    assert await sql.row("SELECT first_used_at, last_used_at FROM api_tokens") == first


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"scopes": []}, "token_scopes"),
        ({"scopes": ["everything"]}, "token_scopes"),
        ({"name": " \x00 "}, "required"),
        ({"name": "x" * 500}, "too_long"),
        ({"days": 0}, "token_days"),
        ({"days": 10**9}, "token_days"),
    ],
)
async def test_a_token_that_cannot_be_meant_is_not_made(
    app: Litestar, values: dict[str, object], code: str
) -> None:
    user_id = await supervisor()
    asked = {"scopes": ["tickets:read"], "name": "a program", "days": 90} | values
    with pytest.raises(Invalid) as refused:
        await create_token(user_id, by=None, now=clock.now(), **asked)  # type: ignore[arg-type]  # wrong on purpose
    assert refused.value.code == code


async def test_reports_are_for_those_who_supervise(app: Litestar) -> None:
    agent = await make.user(agent_of=(await make.team(),))
    with pytest.raises(Invalid) as refused:
        await issued(agent, "reports:read")
    assert refused.value.code == "token_not_supervisor"
    with pytest.raises(Invalid) as nobody:
        await issued(999_999, "tickets:read")
    assert nobody.value.code == "token_nobody"


async def test_one_person_has_so_many_tokens_and_no_more(app: Litestar) -> None:
    user_id = await supervisor()
    for _ in range(TOKENS_OF_ONE):
        made = await issued(user_id, "reports:read")
    with pytest.raises(Invalid) as refused:
        await issued(user_id, "reports:read")
    assert refused.value.code == "token_too_many"
    await revoke_token(made.id, by=None, now=clock.now())
    await issued(user_id, "reports:read")


async def test_a_good_token_stands_in_the_list_however_many_came_after_it(app: Litestar) -> None:
    made = await issued(await supervisor(), "reports:read")
    await sql.run(
        """
        INSERT INTO api_tokens (token_hash, user_id, access_version, name, scopes, created_at, expires_at, revoked_at)
        SELECT sha256(n::text::bytea), user_id, access_version, name, scopes, created_at, expires_at, created_at
        FROM api_tokens, generate_series(1, $1::int) AS n
        """,
        MOST,
    )
    listed = await every(now=clock.now())
    assert (listed[0].id, listed[0].state, len(listed)) == (made.id, "good", MOST)
    assert [one.id for one in listed[1:]] == sorted((one.id for one in listed[1:]), reverse=True)


async def test_who_asks_too_often_hears_when_to_ask_again(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_rate", Rate(2))
    user_id = await supervisor()
    caller = await program(app, user_id, "reports:read")
    answers = [await caller.get(WALL) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 31
    assert answers[2].headers["Content-Type"] == PROBLEM
    other = await program(app, user_id, "reports:read")
    assert (await other.get(WALL)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("DELETE", WALL, 405, "method"),
        ("GET", "/api/v2/wall", 404, "not_found"),
    ],
)
async def test_what_is_not_there_is_told_to_programs_as_a_problem(
    app: Litestar, method: str, path: str, status: int, code: str
) -> None:
    caller = await program(app, await supervisor(), "reports:read")
    answer = await caller.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == PROBLEM
