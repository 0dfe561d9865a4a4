"""Supervisors see how much mail there is and what became of it; administrators let accounts speak again."""

import pytest
from litestar import Litestar

from agent_ui import urls
from server.app import create_app
from server.db import sql
from server.intake import actions as intake
from server.intake.queries import reconciliation
from server.kit import clock, metrics
from tests.support import factories as make
from tests.support.desk import signed_in
from tests.support.mails import mail
from tests.support.post import post

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def intake_team() -> int:
    return int(await sql.value("SELECT id FROM teams WHERE slug = 'intake'"))


async def test_a_supervisor_asks_and_sees_equal_numbers_and_then_a_planted_difference(
    app: Litestar,
) -> None:
    async with post() as desk:
        await desk.arrives(*(mail(f"n {n}", sender=f"p{n}@example.org") for n in range(3)))
        supervisor = await make.viewer(
            supervisor_of=(await intake_team(),), locale="en", digits="latn"
        )
        browser = await signed_in(app, supervisor)
        assert "Nothing has been counted yet" in (await browser.page(urls.RECONCILIATION)).text
        assert "Counting…" in (await browser.send(urls.RECONCILIATION)).text
        await intake.reconcile(desk.account, patience=())
        page = (await browser.part(urls.RECONCILIATION)).text
        assert "Counting…" not in page
        await reconciliation.measure()
        assert 'tawasul_mails{account="help",folder="INBOX",where="server"} 3.0' in (
            metrics.text().decode()
        )
        assert page.count("is-equal") == 2
        await sql.run("DELETE FROM imap_ledger WHERE uid = (SELECT max(uid) FROM imap_ledger)")
        await browser.send(urls.RECONCILIATION)
        await intake.reconcile(desk.account, patience=())
        assert "1 not taken over" in (await browser.part(urls.RECONCILIATION)).text


async def test_only_those_who_look_after_a_mailbox_see_its_figures(app: Litestar) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        await intake.reconcile(desk.account, patience=())
        agent = await signed_in(app, await make.viewer(agent_of=(await intake_team(),)))
        assert (await agent.page(urls.RECONCILIATION)).status_code == 403
        assert (await agent.send(urls.RECONCILIATION)).status_code == 403
        other = await signed_in(app, await make.viewer(supervisor_of=(await make.team(),)))
        assert "INBOX" not in (await other.page(urls.RECONCILIATION)).text
        everybody = await signed_in(app, await make.viewer(administrator=True))
        assert "INBOX" in (await everybody.page(urls.RECONCILIATION)).text


async def test_an_administrator_sees_that_automatic_answers_stopped_and_starts_them(
    app: Litestar,
) -> None:
    account = await make.account(await make.team(), automatic_stopped_at=clock.now())
    browser = await signed_in(
        app, await make.viewer(administrator=True, locale="en", digits="latn")
    )
    assert "Automatic answers are stopped" in (await browser.page(urls.CHANNELS)).text
    agent = await signed_in(app, await make.viewer(agent_of=(await make.team(),)))
    assert (await agent.send(urls.answer_again(account))).status_code == 403
    again = await browser.send(urls.answer_again(account))
    assert "Automatic answers are stopped" not in again.text
    assert await sql.value("SELECT automatic_stopped_at IS NULL FROM channel_accounts")
    assert (await browser.send(urls.answer_again(999_999))).status_code == 404


async def test_only_an_administrator_sees_what_a_server_withholds_and_asks_for_it_again(
    app: Litestar,
) -> None:
    account = await make.account(await make.team(), name="Passports")
    for _ in range(2):
        await intake.remember_unreadable(
            account, "INBOX", 7, {2107: "[SERVERBUG] <b>no</b>"}, now=clock.now()
        )
    browser = await signed_in(
        app, await make.viewer(administrator=True, locale="en", digits="latn")
    )
    page = (await browser.page(urls.QUARANTINE)).text
    assert "2107" in page
    assert "[SERVERBUG] &lt;b&gt;no&lt;/b&gt;" in page
    mail_id = int(await sql.value("SELECT id FROM unreadable_mails"))
    agent = await signed_in(app, await make.viewer(agent_of=(await make.team(),)))
    assert (await agent.send(urls.ask_for_mail(mail_id))).status_code == 403
    await browser.send(urls.ask_for_mail(mail_id))
    assert await sql.value("SELECT attempts FROM unreadable_mails") == 0
    assert (await browser.send(urls.ask_for_mail(999_999))).status_code == 200
