"""How a promise was reckoned is told so that somebody else could reckon it again."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from litestar import Litestar

from agent_ui import urls
from server.app import create_app
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.work import transaction
from server.service_levels import actions as service_levels
from tests.support import factories as make
from tests.support.desk import signed_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def test_an_account_calls_policy_calendar_and_holidays_by_name(app: Litestar) -> None:
    team = await make.team()
    ticket = await make.ticket(team, status="open")
    viewer = await make.viewer(agent_of=(team,), locale="ar", digits="arab")
    started = datetime(2026, 3, 17, 7, tzinfo=UTC)
    always = {str(day): [["00:00", "24:00"]] for day in range(7)}

    async def keep(first: str, last: str) -> None:
        """Have Ramadan, and within it a feast from one day to another."""
        feast = [date.fromisoformat(first) + timedelta(days=n) for n in (0, 1)]
        ramadan = {f"2026-03-{day}": [["10:00", "15:00"]] for day in range(17, 20)}
        await service_levels.save_calendar(
            "ساعات العمل",
            zone="Asia/Riyadh",
            weekly=always,
            exceptions=ramadan | {day.isoformat(): [] for day in feast},
            periods=[
                {
                    "first": first,
                    "last": last,
                    "windows": [],
                    "name": "عيد الفطر",
                    "provisional": True,
                },
                {
                    "first": "2026-03-17",
                    "last": "2026-03-19",
                    "windows": [["10:00", "15:00"]],
                    "name": "رمضان",
                    "provisional": False,
                },
            ],
            now=started,
        )

    await keep("2026-03-19", "2026-03-20")
    await service_levels.save_policy(
        "الالتزام المعتاد",
        calendar="ساعات العمل",
        allowed_minutes={"first_response": 37.5 * 60},
        position=1,
        now=started,
    )
    async with transaction():
        said = {"message": 1, "said_us": int(started.timestamp() * 1_000_000)}
        await emit([Event(ticket, "message_received", said)], at=started)
    browser = await signed_in(app, viewer)
    page = (await browser.part(urls.accounts(ticket))).text
    assert "٣٧ س ٣٠ د" in page
    assert "(<bdi>الالتزام المعتاد</bdi> · <bdi>ساعات العمل</bdi>)" in page
    closed = re.findall(r"([^<>]+): مغلق[^<]*<small>\(<bdi>عيد الفطر</bdi>", page)
    assert [day.split(" (")[0] for day in closed] == [
        "الخميس ١٩ مارس ٢٠٢٦",
        "الجمعة ٢٠ مارس ٢٠٢٦",
    ]
    assert "<bdi>رمضان</bdi>" in page
    # What runs on over midnight says on which day it ends.
    assert re.search(r"الأربعاء ١٨ مارس[^<]*حتى ٣:٠٠ م <small>", page)
    assert re.search(r"السبت ٢١ مارس[^<]*حتى ٢٢ مارس ", page)
    # The moon is sighted a day later: what was counted is counted again, and named anew.
    await keep("2026-03-20", "2026-03-21")
    await service_levels.order_following(calendar="ساعات العمل", by=None, now=started)
    await service_levels.follow_terms(now=started + timedelta(days=1))
    page = (await browser.part(urls.accounts(ticket))).text
    closed = re.findall(r"([^<>]+): مغلق[^<]*<small>\(<bdi>عيد الفطر</bdi>", page)
    assert [day.split(" (")[0] for day in closed] == [
        "الجمعة ٢٠ مارس ٢٠٢٦",
        "السبت ٢١ مارس ٢٠٢٦",
    ]
