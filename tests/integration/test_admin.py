"""What supervisors and administrators see: the wall, the quarantine, channel accounts, kept mail."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar

from agent_ui import urls
from server.app import create_app
from server.db import sql
from server.kit import blobs, clock
from server.supervision import queries, screens
from tests.support import factories as make
from tests.support.desk import Browser, signed_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

MAIL = b"""From: Citizen <citizen@mail.example>\r
To: desk@authority.example\r
Subject: =?utf-8?b?2KzZiNin2LLZig==?=\r
Message-ID: <1@mail.example>\r
\r
Where is it?
"""
KEPT = """From: Desk <desk@authority.example>
To: fatima@mail.example
Subject: Re: Passport
Message-ID: <2@authority.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

It is ready.
--b
Content-Type: text/html; charset=utf-8

<p>It is <b>ready</b>.<script>steal()</script><img src="https://spy.example/1.png"></p>
--b--
""".replace("\n", "\r\n").encode()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def administrator(app: Litestar) -> Browser:
    viewer = await make.viewer(administrator=True, locale="en", digits="latn")
    return await signed_in(app, viewer)


@pytest.mark.parametrize("path", [urls.SUPERVISION, urls.QUARANTINE, urls.CHANNELS])
async def test_agents_may_not_look(app: Litestar, path: str) -> None:
    agent = await make.viewer(agent_of=(await make.team(),))
    assert (await (await signed_in(app, agent)).page(path)).status_code == 403


async def test_a_supervisor_sees_the_wall_but_not_the_quarantine(app: Litestar) -> None:
    supervisor = await make.viewer(supervisor_of=(await make.team(),))
    browser = await signed_in(app, supervisor)
    assert (await browser.page(urls.SUPERVISION)).status_code == 200
    assert (await browser.page(urls.QUARANTINE)).status_code == 403
    assert (await browser.send("/quarantine/1/retry")).status_code == 403


async def test_the_wall_tells_late_from_soon_from_later_in_supervised_teams_only() -> None:
    now = make.NOW  # 12:00 in Riyadh
    ours, theirs = await make.team(), await make.team()
    supervisor = await make.viewer(supervisor_of=(ours,), agent_of=(theirs,))
    for team in (ours, theirs):
        for minutes in (-30, -1, 30, 120, 11 * 60, 13 * 60):
            await make.ticket(team, next_due_at=now + timedelta(minutes=minutes))
        await make.ticket(team, next_due_at=now - timedelta(hours=9), status="closed")
    wall = await screens.wall(supervisor, zone=ZoneInfo("Asia/Riyadh"), now=now)
    assert (wall.late_count, wall.soon_count, wall.later_count) == (2, 1, 2)
    assert [promise.late for promise in wall.late] == [True, True]
    assert wall.late[0].due_at < wall.late[1].due_at
    assert [team.id for team in wall.teams] == [ours]
    assert (wall.open_count, wall.unassigned_count) == (6, 6)


async def test_the_wall_says_who_carries_how_much() -> None:
    now = make.NOW
    team, other = await make.team(), await make.team()
    supervisor = await make.viewer(supervisor_of=(team,), name="Z")
    busy = await make.user(agent_of=(team, other), name="B", presence="online")
    free = await make.user(agent_of=(team,), name="A", presence="online")
    await make.ticket(team, assignee_id=busy, status="open", next_due_at=now - timedelta(1))
    await make.ticket(team, assignee_id=busy, status="pending")
    await make.ticket(team, assignee_id=busy, status="resolved", resolved_at=now)
    await make.ticket(team, assignee_id=busy, status="resolved", resolved_at=now - timedelta(2))
    await make.ticket(other, assignee_id=busy, status="open")
    loads = await queries.loads(
        [team], await queries.held([team]), now=now, day_start=now - timedelta(hours=12)
    )
    assert [load.user_id for load in loads] == [busy, free, supervisor.id]
    assert (loads[0].open, loads[0].waiting, loads[0].late, loads[0].resolved) == (1, 1, 1, 1)
    assert (loads[1].presence, loads[2].presence) == ("online", "offline")


async def test_answers_that_do_not_leave_are_counted() -> None:
    team = await make.team()
    account = await make.account(team)
    ticket_id = await make.ticket(team, account_id=account)
    for state, minutes in (("queued", 20), ("queued", 5), ("sent", 20)):
        said = await make.message(ticket_id, direction="out")
        held_until = make.NOW - timedelta(minutes=minutes)
        await make.delivery(ticket_id, said, account_id=account, state=state, held_until=held_until)
    assert await queries.not_leaving([team], now=make.NOW) == 1


async def test_the_wall_shows_the_promise_that_is_due(app: Litestar) -> None:
    team = await make.team()
    supervisor = await make.viewer(supervisor_of=(team,), locale="en", digits="latn")
    ticket_id = await make.ticket(team, next_due_at=clock.now() - timedelta(minutes=40))
    await sql.run(
        "INSERT INTO clocks (ticket_id, target, turn, state, due_at, data) "
        "VALUES ($1, 'resolution', 1, 'breached', $2, '{}')",
        ticket_id,
        clock.now() - timedelta(minutes=40),
    )
    wall = (await (await signed_in(app, supervisor)).part(urls.SUPERVISION)).text
    assert f'id="promise-{ticket_id}-resolution"' in wall


async def test_failed_entries_are_listed_with_what_can_be_read_of_them(app: Litestar) -> None:
    account = await make.account(await make.team())
    entry = await make.journal_entry(account, body=MAIL, state="failed", error="ValueError")
    await make.journal_entry(account, body=b"\x00\xff" * 50, state="failed", error="TimeoutError")
    await make.journal_entry(account, body=MAIL)
    browser = await administrator(app)
    page = (await browser.page(urls.QUARANTINE)).text
    assert page.count('class="entry-row"') == 2
    assert "جوازي" in page
    assert "citizen@mail.example" in page
    assert "Reading it took too long" in page
    retried = await browser.send(urls.quarantine_action(entry, "retry"))
    assert retried.text.count('class="entry-row"') == 1
    assert await sql.value("SELECT state FROM journal WHERE id = $1", entry) == "open"


async def test_a_ticket_is_made_by_hand_once(app: Litestar) -> None:
    account = await make.account(
        await make.team(),
        settings='{"address": "desk@authority.example", "outgoing": "keep"}',
    )
    entry = await make.journal_entry(account, body=MAIL, state="failed", error="ValueError")
    browser = await administrator(app)
    for _ in range(2):
        made = await browser.send(urls.quarantine_action(entry, "ticket"), whole=True)
        assert made.status_code == 303
    assert await sql.value("SELECT count(*) FROM tickets") == 1
    assert (await browser.send("/quarantine/1/burn")).status_code == 404


async def test_each_channel_account_shows_how_it_is_doing(app: Litestar) -> None:
    team = await make.team()
    await make.account(team, state="ok")
    failing = await make.account(
        team, state="failing", state_code="SignInFailed", state_at=make.NOW
    )
    await make.account(team, enabled=False)
    await make.journal_entry(failing)
    browser = await administrator(app)
    page = (await browser.page(urls.CHANNELS)).text
    for said in ("Connected", "Switched off", "The server refused our name or password"):
        assert said in page
    assert "<!doctype" not in (await browser.part(urls.CHANNELS)).text.lower()


async def test_kept_mail_is_shown_to_those_who_see_its_ticket(app: Litestar) -> None:
    team = await make.team()
    account = await make.account(
        team, settings='{"address": "desk@authority.example", "outgoing": "keep"}'
    )
    ticket_id = await make.ticket(team, account_id=account)
    said = await make.message(ticket_id, direction="out", subject="Passport")
    delivery = await make.delivery(
        ticket_id, said, account_id=account, recipients='[{"address": "fatima@mail.example"}]'
    )
    await blobs.store(KEPT)
    mail = await make.kept_mail(delivery, content=KEPT)
    agent = await signed_in(app, await make.viewer(agent_of=(team,)))
    listed = (await agent.page(urls.OUTGOING)).text
    assert "fatima@mail.example" in listed
    assert urls.OUTGOING in (await agent.part("/rail")).text
    opened = await agent.page(urls.outgoing_mail(mail))
    assert "Re: Passport" in opened.text
    body = await agent.page(urls.outgoing_body(mail))
    assert "<b>ready</b>" in body.text
    assert "steal" not in body.text
    assert "spy.example" not in body.text
    assert "sandbox" in body.headers["content-security-policy"]
    stranger = await signed_in(app, await make.viewer(agent_of=(await make.team(),)))
    assert "fatima@mail.example" not in (await stranger.page(urls.OUTGOING)).text
    assert (await stranger.page(urls.outgoing_mail(mail))).status_code == 404
    assert (await stranger.page(urls.outgoing_body(mail))).status_code == 404
