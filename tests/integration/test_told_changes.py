"""Whoever watches over promises hears of days that nobody confirmed, of changed terms, and of ailing channels."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar

from agent_ui import urls
from server.alarms import actions as alarms
from server.alarms.actions import Trouble, raise_alarm
from server.app import create_app
from server.db import sql
from server.kit import clock
from server.service_levels import actions as service_levels
from tests.support import factories as make
from tests.support.desk import signed_in
from tests.support.mails import mail
from tests.support.office import ALL_DAY, office, take

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

RIYADH = ZoneInfo("Asia/Riyadh")


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


def in_days(days: int) -> date:
    return clock.now().astimezone(RIYADH).date() + timedelta(days=days)


async def keep(name: str, *feasts: tuple[str, int, bool]) -> None:
    """Save a calendar with feasts of a day: what they are called, in how many days, whether unconfirmed."""
    days = [(called, in_days(n).isoformat(), waits) for called, n, waits in feasts]
    await service_levels.save_calendar(
        name,
        zone="Asia/Riyadh",
        weekly=ALL_DAY,
        exceptions={day: [] for _, day, _ in days},
        periods=[
            {"first": day, "last": day, "windows": [], "name": called, "provisional": waits}
            for called, day, waits in days
        ],
        now=clock.now(),
    )


async def open_now() -> list[str]:
    found = await sql.rows(
        "SELECT subject FROM alarms WHERE kind = 'day_unconfirmed' AND ended_at IS NULL ORDER BY 1"
    )
    return [row["subject"] for row in found]


async def told(user_id: int) -> int:
    found: int = await sql.value(
        """
        SELECT count(*) FROM notice_alarms a JOIN notices n ON n.id = a.notice_id
        JOIN alarms w ON w.id = a.alarm_id WHERE n.user_id = $1 AND w.kind <> 'disk'
        """,
        user_id,
    )
    return found


async def test_a_feast_near_at_hand_is_told_of_once_until_somebody_confirms_it(
    app: Litestar,
) -> None:
    team = await make.team()
    huda = await make.viewer(supervisor_of=(team,), locale="ar", digits="arab")
    sure, near, far = ("اليوم الوطني", 1, False), ("عيد الفطر", 2, True), ("عيد الأضحى", 70, True)
    await keep("ساعات العمل", sure, near, far)
    for _ in range(2):
        await alarms.watch_house(now=clock.now())
    (subject,) = await open_now()
    assert subject.endswith(near_day := in_days(2).isoformat())
    assert await told(huda.id) == 1
    page = (await (await signed_in(app, huda)).page(urls.NOTICES)).text
    assert "لم يُؤكَّد بعد موعد «<bdi>عيد الفطر</bdi>» في تقويم «<bdi>ساعات العمل</bdi>»" in page
    assert "هـ)" in page
    assert f'href="{urls.TERMS}">لم يُؤكَّد' in page
    await keep("ساعات العمل", sure, near, ("عيد الأضحى", 71, True))
    await alarms.watch_house(now=clock.now())
    assert await open_now() == [subject]
    assert await told(huda.id) == 1
    await keep("ساعات العمل", sure, ("عيد الفطر", 2, False), far)
    await alarms.watch_house(now=clock.now())
    assert await open_now() == []
    assert near_day


async def test_supervisors_hear_what_a_moved_feast_did_to_open_tickets(app: Litestar) -> None:
    huda = await make.viewer(supervisor_of=(await make.team(),), locale="ar", digits="arab")
    with clock.standing_at(clock.now() - timedelta(days=5)):
        account = await office(agents=(), promised={"first_response": 36 * 60})
        await keep("always", *(("عيد الفطر", n, True) for n in range(4, 7)))
    with clock.standing_at(clock.now() - timedelta(days=2)):
        await take(account, mail("where is it?"))
    await keep("always", ("عيد الفطر", 3, True))
    await service_levels.order_following(calendar="always", by=None, now=clock.now())
    while await service_levels.follow_terms(now=clock.now()):
        pass
    page = (await (await signed_in(app, huda)).page(urls.NOTICES)).text
    assert (
        "سرت الشروط الجديدة في «<bdi>always</bdi>» على التذاكر المفتوحة: ١، والمتأخر منها بسبب ذلك: ١"
        in page
    )
    await service_levels.order_following(calendar="always", by=None, now=clock.now())
    while await service_levels.follow_terms(now=clock.now()):
        pass
    assert await told(huda.id) == 1  # nothing changed the second time


async def test_the_wall_says_what_is_wrong_with_the_channels_of_its_teams(app: Litestar) -> None:
    now = clock.now()
    team, other = await make.team(), await make.team()
    huda = await make.viewer(supervisor_of=(team,), locale="en", digits="latn")
    ours, theirs = await make.account(team), await make.account(other)
    for account in (ours, theirs):
        await make.journal_entry(account, state="failed", received_at=now)
        await make.journal_entry(account, state="open", received_at=now)
    await alarms.watch_house(now=now)
    ticket = await make.ticket(team, account_id=ours, status="open")
    message = await make.message(ticket, direction="out")
    delivery = await make.delivery(ticket, message, account_id=ours, state="failed")
    failed = Trouble("delivery_failed", str(message), {"message": message}, ticket_id=ticket)
    await raise_alarm(failed, now=now, ended=True)
    browser = await signed_in(app, huda)
    page = (await browser.page(urls.SUPERVISION)).text
    assert page.count("In quarantine at") == 1
    assert f'href="{urls.ticket(ticket)}"' in page
    assert "could not be sent" in page
    assert f'href="{urls.QUARANTINE}"' not in page  # supervisors may not go there
    assert "Not yet read in</dt><dd>1" in page
    assert "In quarantine</dt><dd>1" in page
    await sql.run("UPDATE deliveries SET state = 'sent' WHERE id = $1", delivery)
    later = now + timedelta(seconds=5)
    with clock.standing_at(later):
        assert "could not be sent" not in (await browser.page(urls.SUPERVISION)).text
