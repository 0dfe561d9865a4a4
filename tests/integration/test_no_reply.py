"""What a citizen wrote may need no answer: whoever says so says why, and nobody is late for it."""

import re

import httpx
import pytest
from litestar import Litestar

from agent_ui import urls
from server.app import create_app
from server.db import sql
from server.kit import clock
from server.service_levels import actions as service_levels
from server.service_levels import queries as promises
from server.tickets.actions import merge, recount_waiting
from tests.support import factories as make
from tests.support.desk import Browser, signed_in
from tests.support.mails import mail
from tests.support.office import office, take

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

PROMISED = {"first_response": 60, "next_response": 120, "resolution": 600}


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def thanked(app: Litestar) -> tuple[int, int, Browser]:
    """Let a citizen write; return the mailbox, the ticket, and somebody who may answer."""
    account = await office(agents=(), promised=PROMISED)
    await take(account, mail("thank you"))
    ticket = await sql.value("SELECT id FROM tickets")
    team = await sql.value("SELECT team_id FROM tickets")
    viewer = await make.viewer(agent_of=(team,), locale="ar", digits="arab")
    return account, ticket, await signed_in(app, viewer)


async def say(browser: Browser, ticket: int, reason: str, key: str = "k1") -> int:
    return (await send(browser, ticket, reason, key=key)).status_code


async def send(
    browser: Browser, ticket: int, reason: str, *, key: str, seen_seq: str | None = None
) -> httpx.Response:
    sent = {"reason": reason, "form_key": key}
    if seen_seq is not None:
        sent["seen_seq"] = seen_seq
    return await browser.send(urls.accounts(ticket), sent, whole=True)


def seen(page: httpx.Response) -> str:
    """Return what a page says had happened when it was made."""
    found = re.search(r'name="seen_seq" value="(\d+)"', page.text)
    assert found is not None
    return found[1]


async def writes_again(account: int, text: str) -> None:
    earlier = await sql.value("SELECT external_id FROM messages WHERE direction = 'in' ORDER BY id")
    await take(account, mail(text, in_reply_to=f"<{earlier.strip('<>')}>"))


async def states(ticket: int) -> list[tuple[str, int, str]]:
    return [(str(one.kind), one.turn, str(one.state)) for one in await promises.of_ticket(ticket)]


async def test_the_wait_ends_with_a_reason_and_the_next_message_begins_another(
    app: Litestar,
) -> None:
    account, ticket, browser = await thanked(app)
    assert "لا حاجة إلى رد" in (await browser.part(urls.accounts(ticket))).text
    for _ in range(2):
        assert await say(browser, ticket, "شكر فقط") == 303
    assert await states(ticket) == [
        ("first_response", 1, "cancelled"),
        ("resolution", 1, "running"),
    ]
    assert await sql.value("SELECT waiting_since FROM tickets") is None
    notes = await sql.rows("SELECT text FROM messages WHERE direction = 'note'")
    assert [row["text"] for row in notes] == ["شكر فقط"]
    kept = await sql.rows("SELECT data FROM events WHERE kind = 'no_reply_needed'")
    assert [sql.load(row["data"]) for row in kept] == [{}]
    assert await service_levels.check_clocks() == ()
    account_now = (await browser.part(urls.accounts(ticket))).text
    assert "لم تعد لازمة: لا حاجة إلى رد" in account_now
    assert "<form" not in account_now
    assert "لا حاجة إلى رد" in (await browser.page(urls.ticket(ticket))).text
    # A later look at who waits must not find the old message again.
    await recount_waiting([ticket])
    assert await sql.value("SELECT waiting_since FROM tickets") is None
    await writes_again(account, "one more thing")
    assert (await states(ticket))[-1] == ("next_response", 1, "running")
    assert await sql.value("SELECT waiting_since FROM tickets") is not None


async def test_without_a_reason_or_a_wait_nothing_is_done(app: Litestar) -> None:
    _, ticket, browser = await thanked(app)
    before = await states(ticket)
    assert await say(browser, ticket, "  ") == 422
    assert await states(ticket) == before
    assert await say(browser, ticket, "شكر", key="k2") == 303
    assert await say(browser, ticket, "شكر", key="k3") == 422
    assert await sql.value("SELECT count(*) FROM messages WHERE direction = 'note'") == 1


async def test_nobody_of_another_team_may_say_so(app: Litestar) -> None:
    _, ticket, _ = await thanked(app)
    stranger = await signed_in(app, await make.viewer(agent_of=(await make.team(),)))
    assert await say(stranger, ticket, "no") == 404
    assert await sql.value("SELECT waiting_since FROM tickets") is not None


async def test_what_was_written_meanwhile_goes_on_waiting_until_it_is_seen(app: Litestar) -> None:
    account, ticket, browser = await thanked(app)
    before = seen(await browser.page(urls.accounts(ticket)))
    await writes_again(account, "and where is my passport?")
    refused = await send(browser, ticket, "شكر فقط", key="k1", seen_seq=before)
    assert refused.status_code == 409
    assert 'value="شكر فقط"' in refused.text
    assert "تغيّر شيء منذ أن نظرت" in refused.text
    assert await sql.value("SELECT waiting_since FROM tickets") is not None
    assert await sql.value("SELECT count(*) FROM messages WHERE direction = 'note'") == 0
    now = seen(refused)
    assert int(now) > int(before)
    assert (await send(browser, ticket, "شكر", key="k2", seen_seq=now)).status_code == 303
    assert await sql.value("SELECT waiting_since FROM tickets") is None
    # A repeat of what was done is answered as it was then, and leaves alone what came later.
    await writes_again(account, "and one more")
    assert (await send(browser, ticket, "شكر", key="k2", seen_seq=now)).status_code == 303
    assert await sql.value("SELECT waiting_since FROM tickets") is not None
    wrong = await send(browser, ticket, "شكر", key="k3", seen_seq="²")
    assert wrong.status_code == 422


async def test_of_a_ticket_merged_meanwhile_it_is_said_where_it_goes_on(app: Litestar) -> None:
    account, ticket, browser = await thanked(app)
    before = seen(await browser.page(urls.accounts(ticket)))
    await take(account, mail("another matter", subject="another"))
    root = await sql.value("SELECT max(id) FROM tickets")
    by = await make.viewer(agent_of=(await sql.value("SELECT max(team_id) FROM tickets"),))
    await merge(ticket, into=root, by=by, form_key="m", now=clock.now())
    refused = await send(browser, ticket, "شكر فقط", key="k1", seen_seq=before)
    assert refused.status_code == 409
    assert 'value="شكر فقط"' in refused.text
    said = re.search(r'id="reason-error".*?</p>', refused.text, re.DOTALL)
    assert said is not None
    assert f'href="{urls.ticket(root)}"' in said[0]
    assert await sql.value("SELECT waiting_since FROM tickets WHERE id = $1", root) is not None
