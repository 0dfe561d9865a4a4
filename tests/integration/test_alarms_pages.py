"""People choose what reaches them; administrators choose the ways out of the house."""

from datetime import timedelta

import pytest
from litestar import Litestar

from agent_ui import urls
from server.alarms import actions as alarms
from server.alarms.actions import Trouble
from server.alarms.kinds import Item
from server.app import create_app
from server.channel_accounts import actions as accounts
from server.db import sql
from server.kit import clock
from server.kit.secrets import decrypt
from tests.support import factories as make
from tests.support.desk import signed_in

pytestmark = pytest.mark.anyio

DAYS = {f"day-{day}": "" for day in range(7)}
CHOSEN = {**DAYS, "zone": "Asia/Riyadh", "pressing": "none", "do": "save"}
WEBHOOK = {
    "name": "pager",
    "url": "https://pager.example/in?key=secret",
    "secret": "sixteen letters!",
    "kinds": ["breach", "trouble"],
    "enabled": "yes",
    "do": "save",
}


@pytest.fixture
def app(db: object) -> Litestar:
    """The web process without its lifespan: the pool is already open."""
    return create_app()


async def test_a_choice_is_kept_and_shown_again(app: Litestar) -> None:
    viewer = await make.viewer(locale="en", digits="latn")
    browser = await signed_in(app, viewer)
    answer = await browser.send(
        urls.ALARMS,
        {**CHOSEN, "email": ["breach"], "day-6": "٢٢:٠٠-٧", "pressing": "urgent"},
        whole=True,
    )
    assert answer.status_code == 303
    row = await sql.row("SELECT email, browser, quiet, pressing FROM alarm_choices")
    assert row is not None
    assert (row["email"], row["browser"], row["pressing"]) == (["breach"], [], "urgent")
    assert sql.load(row["quiet"]) == {"6": [["22:00", "07:00"]]}
    page = (await browser.page(answer.headers["Location"])).text
    assert "22:00-07:00" in page
    assert "Saved." in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"zone": "Riyadh"}, "zone-error"),
        ({"day-0": "late"}, "day-0-error"),
        ({f"day-{day}": "00:00-24:00" for day in range(7)}, "days-error"),
    ],
)
async def test_what_cannot_be_meant_is_said_beside_its_field_and_saves_nothing(
    app: Litestar, wrong: dict[str, str], said: str
) -> None:
    browser = await signed_in(app, await make.viewer())
    answer = await browser.send(urls.ALARMS, {**CHOSEN, **wrong}, whole=True)
    assert answer.status_code == 422
    assert f'id="{said}"' in answer.text
    assert await sql.value("SELECT count(*) FROM alarm_choices") == 0


async def test_a_test_by_mail_needs_an_account_that_sends(app: Litestar) -> None:
    viewer = await make.viewer()
    browser = await signed_in(app, viewer)
    refused = await browser.send(urls.ALARMS, {**CHOSEN, "do": "test"}, whole=True)
    assert refused.status_code == 422
    account = await accounts.add(
        "email",
        name="desk",
        values={"address": "desk@authority.example", "smtp_host": "mail.authority.example"},
        now=clock.now(),
    )
    await alarms.choose_account(account)
    for _ in range(2):
        await browser.send(urls.ALARMS, {**CHOSEN, "do": "test"}, whole=True)
    assert await sql.value("SELECT array_agg(user_id) FROM dispatches WHERE test") == [viewer.id]


async def test_only_administrators_see_and_change_the_ways_out(app: Litestar) -> None:
    team = await make.team()
    browser = await signed_in(app, await make.viewer(supervisor_of=(team,)))
    for path in (urls.ALARM_WAYS, urls.webhook(0)):
        assert (await browser.page(path)).status_code == 403
        assert (await browser.send(path, WEBHOOK)).status_code == 403
    assert (await browser.send(urls.webhook_test(1))).status_code == 403
    assert await sql.value("SELECT count(*) FROM alarm_webhooks") == 0


async def test_a_webhook_is_added_changed_tried_and_removed(app: Litestar) -> None:
    browser = await signed_in(app, await make.viewer(administrator=True, locale="en"))
    assert (await browser.send(urls.webhook(0), WEBHOOK, whole=True)).status_code == 303
    webhook = await sql.value("SELECT id FROM alarm_webhooks")
    listed = (await browser.page(urls.ALARM_WAYS)).text
    assert "pager.example" in listed
    assert "key=secret" not in listed
    shown = (await browser.page(urls.webhook(webhook))).text
    assert "sixteen letters!" not in shown
    changed = {**WEBHOOK, "name": "siren", "secret": ""}
    assert (await browser.send(urls.webhook(webhook), changed, whole=True)).status_code == 303
    row = await sql.row("SELECT name, secret FROM alarm_webhooks")
    assert row is not None
    assert (row["name"], decrypt(row["secret"])) == ("siren", "sixteen letters!")
    assert (await browser.send(urls.webhook_test(webhook), whole=True)).status_code == 303
    assert await sql.value("SELECT count(*) FROM dispatches WHERE test") == 1
    await browser.send(urls.webhook(webhook), {**changed, "do": "remove"}, whole=True)
    assert await sql.value("SELECT count(*) FROM alarm_webhooks") == 0
    assert (await browser.page(urls.webhook(webhook))).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "gopher://pager.example"}, "url-error"),
        ({"secret": "short"}, "secret-error"),
        ({"kinds": []}, "kinds-error"),
        ({"name": ""}, "name-error"),
    ],
)
async def test_a_webhook_that_cannot_work_is_refused_beside_its_field(
    app: Litestar, wrong: dict[str, object], said: str
) -> None:
    browser = await signed_in(app, await make.viewer(administrator=True))
    answer = await browser.send(urls.webhook(0), {**WEBHOOK, **wrong}, whole=True)
    assert answer.status_code == 422
    assert f'id="{said}"' in answer.text
    assert await sql.value("SELECT count(*) FROM alarm_webhooks") == 0


async def test_an_account_that_keeps_its_mail_cannot_send_alarms(app: Litestar) -> None:
    browser = await signed_in(app, await make.viewer(administrator=True))
    account = await accounts.add(
        "email",
        name="desk",
        values={"address": "desk@authority.example", "outgoing": "keep"},
        now=clock.now(),
    )
    answer = await browser.send(urls.ALARM_WAYS, {"account": str(account)}, whole=True)
    assert answer.status_code == 422
    assert await sql.value("SELECT count(*) FROM alarm_account") == 0


async def test_what_is_wrong_stands_among_the_notices_until_and_after_it_is_over(
    app: Litestar,
) -> None:
    team = await make.team()
    admin = await make.viewer(administrator=True, locale="en", digits="latn")
    account = await make.account(team)
    data: dict[str, object] = {"account": account, "count": 9}
    now = clock.now()
    await alarms.raise_alarm(Trouble("backlog", str(account), data, 0, team), now=now)
    browser = await signed_in(app, admin)
    page = (await browser.page(urls.NOTICES)).text
    assert "and not yet read: 9" in page
    assert "house-alarm is-late" in page
    assert "and not yet read: 9" in (await browser.page(urls.ALARM_WAYS)).text
    await alarms.end_alarms("backlog", now=now)
    assert "house-alarm is-late" not in (await browser.page(urls.NOTICES)).text


async def test_a_browser_hears_of_what_was_chosen_until_it_is_read_and_is_told_of_quiet_hours(
    app: Litestar,
) -> None:
    team = await make.team()
    viewer = await make.viewer(supervisor_of=(team,), locale="en", digits="latn")
    browser = await signed_in(app, viewer)
    ticket = await make.ticket(team)
    now = clock.now()
    assert (await browser.page(urls.NOTICE_BELL)).json() is None
    items = [(viewer.id, Item("warning", now, ticket, "resolution", n, 75, now)) for n in (1, 2)]
    await alarms.tell(items, now=now)
    said = (await browser.page(urls.NOTICE_BELL)).json()
    assert said["body"] == "2 promises"
    assert said["quiet"] is False
    hour = (now + timedelta(hours=3)).hour
    await alarms.save_choice(
        viewer.id,
        email=(),
        browser=("warning",),
        zone="Asia/Riyadh",
        quiet={str(day): [[f"{hour:02}:00", f"{(hour + 1) % 24:02}:00"]] for day in range(7)},
        pressing="none",
    )
    assert (await browser.page(urls.NOTICE_BELL)).json()["quiet"] is True
    await alarms.save_choice(
        viewer.id, email=(), browser=("breach",), zone="Asia/Riyadh", quiet={}, pressing="none"
    )
    assert (await browser.page(urls.NOTICE_BELL)).json() is None
