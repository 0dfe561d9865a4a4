"""When a team or a channel gets other hours, open tickets go on by them if, and only if, somebody says so."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar

from agent_ui import urls
from server.app import create_app
from server.db import sql
from server.kit import clock
from server.service_levels import actions as service_levels
from server.tickets import actions as tickets
from tests.support import factories as make
from tests.support.desk import signed_in
from tests.support.mails import mail
from tests.support.office import ALL_DAY, office, take

pytestmark = pytest.mark.anyio

RIYADH = ZoneInfo("Asia/Riyadh")


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def waiting(*, own_hours: bool = True) -> int:
    """Let a citizen wait for an answer within the hour, in a team that is about to be away for days."""
    account = await office(agents=())
    now = clock.now()
    today = now.astimezone(RIYADH).date()
    await service_levels.save_policy(
        "standard",
        calendar="always",
        allowed_minutes={"first_response": 60},
        own_hours=own_hours,
        position=1,
        now=now,
    )
    days = [today + timedelta(days=n) for n in range(-1, 3)]
    closed: dict[str, object] = {day.isoformat(): [] for day in days}
    await service_levels.save_calendar(
        "away", zone="Asia/Riyadh", weekly=ALL_DAY, exceptions=closed, now=now
    )
    await take(account, mail("where is it?"))
    ticket: int = await sql.value("SELECT id FROM tickets")
    return ticket


async def due() -> datetime:
    while await service_levels.follow_terms(now=clock.now()):
        pass
    assert await service_levels.check_clocks() == ()
    found: datetime = await sql.value("SELECT due_at FROM clocks WHERE target = 'first_response'")
    return found


@pytest.mark.parametrize("place", ["team", "channel"])
async def test_open_tickets_go_on_by_other_hours_only_when_told_to(
    app: Litestar, place: str
) -> None:
    ticket = await waiting()
    before = await due()
    team = await sql.value("SELECT team_id FROM tickets")
    viewer = await make.viewer(administrator=True, supervisor_of=(team,), locale="ar")
    browser = await signed_in(app, viewer)
    path = urls.team_hours(team) if place == "team" else urls.TERMS
    field = "calendar" if place == "team" else "hours-email"
    done = await browser.send(path, {field: "away"}, whole=True)
    assert done.status_code == 303
    assert await due() == before
    await browser.send(path, {field: ""}, whole=True)
    await browser.send(path, {field: "away", "follow": "yes"}, whole=True)
    assert await due() > before + timedelta(days=1)
    told = (await browser.part(urls.accounts(ticket))).text
    assert "تغيّرت ساعات عمل الفريق أو القناة" in told
    await browser.send(path, {field: "", "follow": "yes"}, whole=True)
    assert abs(await due() - before) < timedelta(minutes=1)


async def test_a_policy_with_hours_of_its_own_alone_is_not_concerned(app: Litestar) -> None:
    await waiting(own_hours=False)
    before = await due()
    team = await sql.value("SELECT team_id FROM tickets")
    browser = await signed_in(app, await make.viewer(supervisor_of=(team,)))
    await browser.send(urls.team_hours(team), {"calendar": "away", "follow": "yes"}, whole=True)
    assert await due() == before


async def test_tickets_of_other_teams_stay_as_they_are(app: Litestar) -> None:
    await waiting()
    before = await due()
    other = await make.team()
    browser = await signed_in(app, await make.viewer(supervisor_of=(other,)))
    await browser.send(urls.team_hours(other), {"calendar": "away", "follow": "yes"}, whole=True)
    assert await sql.value("SELECT count(*) FROM term_changes WHERE team_id = $1", other) == 1
    assert await due() == before
    stranger = await signed_in(app, await make.viewer(agent_of=(other,)))
    refused = await stranger.send(
        urls.team_hours(other), {"calendar": "away", "follow": "yes"}, whole=True
    )
    assert refused.status_code == 403


async def test_an_inquiry_that_was_ended_unanswered_waits_by_a_moved_holiday_once_it_is_opened(
    app: Litestar,
) -> None:
    ticket = await waiting(own_hours=False)
    before = await due()
    by = await make.viewer(administrator=True)
    await tickets.set_status(ticket, status="resolved", by=by, form_key="1", now=clock.now())
    now = clock.now()
    today = now.astimezone(RIYADH).date()
    closed: dict[str, object] = {(today + timedelta(days=n)).isoformat(): [] for n in range(-1, 3)}
    await service_levels.save_calendar(
        "always", zone="Asia/Riyadh", weekly=ALL_DAY, exceptions=closed, now=now
    )
    await service_levels.order_following(calendar="always", by=None, now=now)
    while await service_levels.follow_terms(now=clock.now()):
        pass
    await tickets.set_status(ticket, status="open", by=by, form_key="2", now=clock.now())
    assert await due() > before + timedelta(days=1)
