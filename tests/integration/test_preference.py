"""Giving a contact preference: who may, what every open ticket of theirs tells, and which promise they get."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from server.app import create_app
from server.db import sql
from server.events import queries as events
from server.kit import clock
from server.kit.settings import Settings
from server.kit.work import transaction
from server.service_levels import actions as service_levels
from server.service_levels import queries as promises
from tests.support import factories as make
from tests.support.desk import Browser, signed_in
from tests.support.mails import mail
from tests.support.office import office, take, viewer

FATIMA = "fatima@example.org"
WAITS = """
SELECT true FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1
"""


@pytest.fixture
async def app(db: Settings) -> Litestar:
    return create_app()


@pytest.fixture
async def account(app: Litestar) -> int:
    """An office that answers whoever is given preference in 15 minutes, all others in 60."""
    account = await office(supervisors=("huda",))
    await sql.run("UPDATE policies SET position = 9")
    await service_levels.save_policy(
        "preferred",
        calendar="always",
        allowed_minutes={"first_response": 15, "resolution": 600},
        contact_class="vip",
        position=1,
        now=clock.now(),
    )
    return account


@pytest.fixture
async def huda(app: Litestar, account: int) -> Browser:
    """A supervisor of the team."""
    return await signed_in(app, await viewer("huda"))


async def asked(account: int, sender: str = FATIMA, **more: Any) -> int:
    """Let somebody ask something; return the ticket."""
    await take(account, mail(f"{sender} {clock.now()}", sender=sender), **more)
    return int(await sql.value("SELECT max(id) FROM tickets"))


async def put(browser: Browser, ticket_id: int, chosen: str, *, key: str) -> Any:
    data = {"contact_class": chosen, "form_key": key}
    return await browser.send(f"/tickets/{ticket_id}/contact_class", data)


async def minutes(ticket_id: int) -> float:
    (first, *_) = await promises.of_ticket(ticket_id)
    return (first.due_at - first.started_at).total_seconds() / 60 if first.due_at else 0


async def told(ticket_id: int) -> list[dict[str, Any]]:
    found = await events.of_ticket(ticket_id)
    return [one.data for one in found if one.kind == "contact_class_changed"]


async def test_every_open_ticket_of_the_contact_follows_there_and_back(
    huda: Browser, account: int
) -> None:
    at = clock.now() - timedelta(minutes=5)
    first, second = await asked(account, at=at), await asked(account)
    over, stranger = await asked(account), await asked(account, "omar@example.org")
    elsewhere = await make.team()
    await sql.run("UPDATE tickets SET team_id = $2 WHERE id = $1", second, elsewhere)
    await sql.run("UPDATE tickets SET status = 'closed' WHERE id = $1", over)
    contact = await sql.value("SELECT contact_id FROM tickets WHERE id = $1", first)
    shown = await put(huda, first, "vip", key="one")
    assert shown.status_code == 200
    assert 'aria-checked="true" name="contact_class" value="ordinary"' in shown.text
    assert [await minutes(one) for one in (first, second, stranger)] == [15, 15, 60]
    yes, no = ({"contact": contact, "vip": vip} for vip in (True, False))
    assert [await told(one) for one in (first, second, over, stranger)] == [[yes], [yes], [], []]
    assert await minutes(await asked(account)) == 15
    shown = await put(huda, first, "ordinary", key="two")
    assert 'aria-checked="false" name="contact_class" value="vip"' in shown.text
    assert [await minutes(one) for one in (first, second)] == [60, 60]
    assert [await told(one) for one in (first, second)] == [[yes, no], [yes, no]]
    assert await service_levels.check_clocks() == ()


async def test_a_ticket_that_is_being_made_meanwhile_is_told_too(
    huda: Browser, account: int
) -> None:
    ticket_id = await asked(account)
    row = await sql.row("SELECT contact_id, team_id FROM tickets WHERE id = $1", ticket_id)
    assert row is not None
    made: list[int] = []
    begun = asyncio.Event()

    async def write() -> None:
        async with transaction():
            one = await make.ticket(row["team_id"], contact_id=row["contact_id"], last_seq=0)
            made.append(one)
            begun.set()
            while not await sql.value(WAITS):
                pass

    async def change() -> None:
        await begun.wait()
        assert (await put(huda, ticket_id, "vip", key="k")).status_code == 200

    await asyncio.wait_for(asyncio.gather(write(), change()), timeout=20)
    assert [len(await told(one)) for one in (ticket_id, *made)] == [1, 1]


async def test_a_repeat_and_a_choice_that_holds_already_write_nothing(
    huda: Browser, account: int
) -> None:
    ticket_id = await asked(account)
    for key in ("one", "one", "two"):
        assert (await put(huda, ticket_id, "vip", key=key)).status_code == 200
    await put(huda, ticket_id, "ordinary", key="three")
    assert (await put(huda, ticket_id, "vip", key="one")).status_code == 200
    assert [one["vip"] for one in await told(ticket_id)] == [True, False]
    assert await sql.value("SELECT count(*) FROM contacts WHERE vip") == 0


async def test_history_says_it_in_the_readers_language(huda: Browser, account: int) -> None:
    ticket_id = await asked(account)
    await put(huda, ticket_id, "vip", key="one")
    shown = (await put(huda, ticket_id, "ordinary", key="two")).text
    assert "المراجع من ذوي الأولوية" in shown
    assert "المراجع ليس من ذوي الأولوية" in shown
    await sql.run("UPDATE users SET locale = 'en'")
    shown = (await huda.page(f"/tickets/{ticket_id}")).text
    assert "The contact is to be given preference" in shown
    assert "The contact is not to be given preference" in shown


async def test_a_closed_ticket_tells_what_was_done_from_it(huda: Browser, account: int) -> None:
    ticket_id = await asked(account)
    await sql.run("UPDATE tickets SET status = 'closed' WHERE id = $1", ticket_id)
    await put(huda, ticket_id, "vip", key="one")
    assert len(await told(ticket_id)) == 1


async def test_agents_see_it_and_only_supervisors_of_the_team_and_administrators_change_it(
    app: Litestar, account: int
) -> None:
    ticket_id = await asked(account)
    await sql.run("UPDATE contacts SET vip = true")
    amal = await signed_in(app, await viewer("amal"))
    shown = (await amal.page(f"/tickets/{ticket_id}")).text
    assert '<span class="chip">مراجع ذو أولوية</span>' in shown
    assert 'name="contact_class"' not in shown
    assert (await put(amal, ticket_id, "ordinary", key="a")).status_code == 403
    other = await make.team()
    team = await sql.value("SELECT team_id FROM tickets WHERE id = $1", ticket_id)
    both = await make.viewer(agent_of=(team,), supervisor_of=(other,))
    assert (
        await put(await signed_in(app, both), ticket_id, "ordinary", key="b")
    ).status_code == 403
    stranger = await make.viewer(supervisor_of=(other,))
    unseen = await put(await signed_in(app, stranger), ticket_id, "ordinary", key="c")
    assert unseen.status_code == 404
    assert await told(ticket_id) == []
    boss = await make.viewer(administrator=True)
    done = await put(await signed_in(app, boss), ticket_id, "ordinary", key="d")
    assert (done.status_code, len(await told(ticket_id))) == (200, 1)


@pytest.mark.parametrize("chosen", ["", "gold"])
async def test_a_class_that_is_none_is_refused(huda: Browser, account: int, chosen: str) -> None:
    ticket_id = await asked(account)
    assert (await put(huda, ticket_id, chosen, key="k")).status_code == 422
    assert await told(ticket_id) == []


async def test_a_form_without_its_token_is_refused(huda: Browser, account: int) -> None:
    ticket_id = await asked(account)
    data = {"contact_class": "vip", "form_key": "k", "_csrf_token": ""}
    refused = await huda.send(f"/tickets/{ticket_id}/contact_class", data)
    assert refused.status_code == 403
    assert await told(ticket_id) == []
