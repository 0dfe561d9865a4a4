"""What a screen hears: only what its person may see, soon, and never silently less."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import httpx
import pytest

from agent_ui import urls
from server.db import engine, sql
from server.kit import clock, limits
from server.kit.settings import Settings
from server.kit.work import transaction
from server.live.actions import announce, announce_presence
from server.live.handlers import stream
from server.live.hub import Hub, Listener
from server.people import actions as people
from server.people.queries import viewer_of
from tests.support.web import PASSWORD, Web, served, sign_in

pytestmark = pytest.mark.anyio
SOON = 5.0


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    team_ids: tuple[int, ...]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def web(configured: Settings, anyio_backend: str) -> AsyncIterator[Web]:
    async with served() as running:
        yield running


@pytest.fixture
async def pool(configured: Settings, anyio_backend: str) -> AsyncIterator[str]:
    await engine.open_pool(configured.database_url, kind="web", size=4)
    yield configured.database_url
    await engine.close_pool()


@asynccontextmanager
async def hub(url: str) -> AsyncIterator[Hub]:
    """One process's worth."""
    made = Hub(url)
    running = asyncio.create_task(made.run())
    try:
        await asyncio.wait_for(made.connected.wait(), SOON)
        yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def heard(listener: Listener) -> tuple[tuple[int, ...], bool, bool]:
    """Wait for what a listener hears next."""
    await asyncio.wait_for(listener.news.wait(), SOON)
    return listener.take()


async def change(*tickets: tuple[int, int], then: type[Exception] | None = None) -> None:
    async with transaction():
        announce(tickets)
        if then is not None:
            raise then


async def test_every_process_hears_a_commit_and_tells_the_team_alone(pool: str) -> None:
    async with hub(pool) as one, hub(pool) as two:
        with (
            one.listen(1, [10]) as mine,
            two.listen(2, [10, 11]) as both,
            two.listen(3, [11]) as theirs,
        ):
            await change((7, 10), (8, 11), (9, 12))
            assert await heard(mine) == ((7,), False, False)
            assert await heard(both) == ((7, 8), False, False)
            assert await heard(theirs) == ((8,), False, False)
            await change((9, 12))
            await announce_presence()
            # Notifications come in order: by the time presence is heard, the other team's ticket was passed over.
            assert [await heard(one) for one in (mine, both, theirs)] == [((), True, False)] * 3


async def test_what_is_rolled_back_is_never_heard(pool: str) -> None:
    async with hub(pool) as one:
        with one.listen(1, [10]) as listener:
            with pytest.raises(ZeroDivisionError):
                await change((7, 10), then=ZeroDivisionError)
            await change((8, 10))
            assert await heard(listener) == ((8,), False, False)


async def test_too_many_tickets_to_name_make_their_teams_look_again(pool: str) -> None:
    many = [(10**15 + number, 10) for number in range(1000)]
    async with hub(pool) as one:
        with one.listen(1, [10]) as concerned, one.listen(2, [11]) as not_concerned:
            await change(*many)
            assert await heard(concerned) == ((), False, True)
            await change((8, 11))
            assert await heard(not_concerned) == ((8,), False, False)


async def test_a_slow_screen_is_told_to_look_again_instead_of_queueing_without_end(
    pool: str,
) -> None:
    async with hub(pool) as one:
        with one.listen(1, [10]) as slow, one.listen(2, [10, 11]) as quick:
            for start in range(0, limits.STREAM_WAITING + 50, 50):
                await change(*((start + number, 10) for number in range(50)))
                await heard(quick)
            assert await heard(slow) == ((), False, True)
            await change((7, 10))
            assert await heard(slow) == ((7,), False, False)


async def test_after_a_lost_connection_everybody_looks_again(pool: str) -> None:
    async with hub(pool) as one:
        with one.listen(1, [10]) as listener:
            await sql.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'tawasul live' AND datname = current_database()"
            )
            assert await heard(listener) == ((), False, True)
            await change((7, 10))
            assert await heard(listener) == ((7,), False, False)


async def test_a_notification_that_cannot_be_read_harms_nobody(pool: str) -> None:
    async with hub(pool) as one:
        with one.listen(1, [10]) as listener:
            for payload in ("", "{", '{"tickets": 1}', "[]"):
                await sql.run("SELECT pg_notify('live', $1)", payload)
            await change((7, 10))
            assert await heard(listener) == ((7,), False, False)


async def test_a_stream_says_hello_then_what_changed_and_leaves_nothing_behind(pool: str) -> None:
    person = Person(1, (10,))

    async def same() -> Person:
        return person

    async with hub(pool) as one:
        messages = stream(one, person, same)
        assert (
            await anext(messages)
        ).encode() == b"event: hello\r\ndata: {}\r\nretry: 1000\r\n\r\n"
        await change((7, 10))
        said = (await anext(messages)).encode()
        assert said == b'event: tickets\r\ndata: {"tickets":[7],"inbox":true}\r\n\r\n'
        assert one.people() == {1}
        await messages.aclose()
        assert one.people() == frozenset()


async def test_a_quiet_stream_is_kept_alive_and_ends_after_its_time(
    pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.live import handlers

    monkeypatch.setattr(handlers, "STREAM_KEEP_ALIVE", limits.STREAM_KEEP_ALIVE / 1000)
    monkeypatch.setattr(handlers, "STREAM", limits.STREAM / 6000)
    person = Person(1, (10,))

    async def same() -> Person:
        return person

    said = [message.encode() async for message in stream(Hub(pool), person, same)]
    assert said[0].startswith(b"event: hello")
    assert set(said[1:]) == {b": quiet\r\n\r\n"}


@pytest.mark.parametrize("now_is", [None, Person(1, (10, 11))])
async def test_a_role_that_changed_while_the_stream_was_opened_ends_it(
    pool: str, now_is: Person | None
) -> None:
    async def changed() -> Person | None:
        return now_is

    assert [message async for message in stream(Hub(pool), Person(1, (10,)), changed)] == []


class Screen:
    """An open stream, as the browser reads it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self._lines = answer.aiter_lines()

    async def event(self) -> tuple[str, object] | None:
        """Return the next event but for comings and goings; nothing when the stream has ended."""
        name, data = "", ""
        async with asyncio.timeout(SOON):
            async for line in self._lines:
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    data = line[6:]
                elif not line and name not in {"", "presence"}:
                    return name, json.loads(data)
        return None


@asynccontextmanager
async def screen_of(web: Web, email: str) -> AsyncIterator[tuple[Screen, httpx.AsyncClient]]:
    async with web.browser() as browser:
        assert (await sign_in(browser, email)).status_code == 303
        async with browser.stream("GET", urls.LIVE) as answer:
            screen = Screen(answer)
            assert await screen.event() == ("hello", {})
            yield screen, browser


async def add(email: str, team: str) -> int:
    return await people.add_user(
        email, name=email, role="agent", team=team, password=PASSWORD, now=clock.now()
    )


async def test_over_http_a_person_of_one_team_hears_nothing_of_another(web: Web) -> None:
    first = await people.add_team("first", name_ar="الأول", name_en="First")
    second = await people.add_team("second", name_ar="الثاني", name_en="Second")
    await add("a@example.org", "first")
    await add("b@example.org", "second")
    async with screen_of(web, "a@example.org") as (a, _), screen_of(web, "b@example.org") as (b, _):
        await change((1, first))
        await change((2, second))
        assert await b.event() == ("tickets", {"tickets": [2], "inbox": True})
        assert await a.event() == ("tickets", {"tickets": [1], "inbox": True})
        await change((3, first))
        assert await a.event() == ("tickets", {"tickets": [3], "inbox": True})


async def test_an_open_screen_makes_its_person_online_and_a_gone_one_away_then_offline(
    web: Web,
) -> None:
    user_id = await add("a@example.org", "intake")

    async def presence() -> str:
        viewer = await viewer_of(user_id)
        assert viewer is not None
        return viewer.presence

    assert await presence() == "offline"
    async with screen_of(web, "a@example.org"):
        assert await presence() == "online"
    seen_at = await sql.value("SELECT seen_at FROM presences")
    assert await people.expire_presences(now=seen_at + limits.AWAY_AFTER / 2) == 0
    assert await people.expire_presences(now=seen_at + limits.AWAY_AFTER * 1.1) == 1
    assert await presence() == "away"
    assert await people.expire_presences(now=seen_at + limits.OFFLINE_AFTER * 1.1) == 1
    assert await presence() == "offline"
    async with screen_of(web, "a@example.org"):
        assert await presence() == "online"


async def test_what_somebody_chose_stays_chosen_while_they_are_gone(pool: str) -> None:
    user_id = await add("a@example.org", "intake")
    now = clock.now()
    await people.set_presence(user_id, "away", now=now)
    await people.expire_presences(now=now + limits.OFFLINE_AFTER * 2)
    await people.seen([user_id], now=now + limits.OFFLINE_AFTER * 3)
    assert await sql.value("SELECT state FROM presences") == "away"


@contextmanager
def told(changes: list[tuple[int, str]]) -> Iterator[None]:
    from server.people import reactions

    async def note(news: object, _at: object) -> None:
        assert isinstance(news, list)
        changes.extend((one.user_id, one.state) for one in news)

    reactions.connect([note])
    try:
        yield
    finally:
        reactions.connect([])


async def test_who_reacts_to_presence_is_told_of_changes_only(pool: str) -> None:
    user_id = await add("a@example.org", "intake")
    now = clock.now()
    changes: list[tuple[int, str]] = []
    with told(changes):
        await people.seen([user_id], now=now)
        await people.seen([user_id], now=now)
        await people.set_presence(user_id, "online", now=now)
        await people.set_presence(user_id, "away", now=now)
        await people.expire_presences(now=now + limits.OFFLINE_AFTER * 2)
        await people.seen([user_id], now=now + limits.OFFLINE_AFTER * 2)
    assert changes == [(user_id, state) for state in ("online", "away", "offline", "away")]


async def test_trouble_with_one_persons_return_makes_nobody_else_look_gone(pool: str) -> None:
    from server.people import reactions

    here, back = await add("a@example.org", "intake"), await add("b@example.org", "intake")
    now = clock.now()
    await people.seen([here], now=now)

    async def trouble(_news: object, _at: object) -> None:
        raise ZeroDivisionError

    reactions.connect([trouble])
    try:
        with pytest.raises(ZeroDivisionError):
            await people.seen([here, back], now=now + limits.AWAY_AFTER)
    finally:
        reactions.connect([])
    found = await sql.rows("SELECT user_id, seen_at FROM presences")
    assert [tuple(row) for row in found] == [(here, now + limits.AWAY_AFTER)]


@pytest.mark.parametrize("how", ["role", "deactivated", "signed out"])
async def test_a_session_that_ends_takes_its_stream_along(web: Web, how: str) -> None:
    user_id = await add("a@example.org", "intake")
    async with screen_of(web, "a@example.org") as (screen, browser):
        match how:
            case "role":
                await people.set_membership(user_id, team="intake", role=None, now=clock.now())
            case "deactivated":
                await people.set_active(user_id, active=False, now=clock.now())
            case _:
                form = {"_csrf_token": browser.cookies["csrftoken"]}
                await browser.post(urls.SIGN_OUT, data=form)
        assert await screen.event() is None
        headers = {"Accept": "text/event-stream"}
        assert (await browser.get(urls.LIVE, headers=headers)).status_code == 401


async def test_a_stopping_process_lets_go_of_its_streams_at_once(web: Web) -> None:
    await add("a@example.org", "intake")
    async with screen_of(web, "a@example.org") as (screen, _):
        web.server.should_exit = True
        assert await screen.event() is None
