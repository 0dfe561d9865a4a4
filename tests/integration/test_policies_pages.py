"""Administrators write calendars and policies in forms that say what is wrong and what would change."""

import re
from datetime import timedelta

import pytest
from litestar import Litestar

from agent_ui import urls
from server.app import create_app
from server.db import sql
from server.kit import clock
from server.service_levels import actions as service_levels
from server.service_levels import queries as promises
from tests.support import factories as make
from tests.support.desk import Browser, signed_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

WEEK = {f"day-{day}": "07:30-12:00 12:30-15:30" for day in (6, 0, 1, 2, 3)}
CALENDAR = {"name": "ساعات العمل", "zone": "Asia/Riyadh", **WEEK}
RAMADAN = {
    "first-0": "2027-02-08",
    "last-0": "2027-03-08",
    "hours-0": "٩-١٤",
    "name-0": "رمضان",
    "provisional-0": "yes",
}
POLICY = {
    "name": "standard",
    "position": "1",
    "calendar": "ساعات العمل",
    "first_response": "4",
    "pauses_in": "pending",
    "at-0": "75",
    "to-0": "agent",
}


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def administrator(app: Litestar, locale: str = "en") -> Browser:
    digits = "latn" if locale == "en" else "arab"
    viewer = await make.viewer(administrator=True, locale=locale, digits=digits, name="سلمى")
    return await signed_in(app, viewer)


async def save(browser: Browser, path: str, fields: dict[str, str], follow: str = "no") -> str:
    """Check a draft and save it, as the two presses of a button do; return what the check said."""
    seen = await browser.send(path, {**fields, "do": "preview"}, whole=True)
    assert seen.status_code == 200, seen.text
    (checked,) = re.findall(r'name="checked" value="(\w+)"', seen.text)
    done = await browser.send(
        path, {**fields, "do": "save", "checked": checked, "follow": follow}, whole=True
    )
    assert done.status_code == 303, done.text
    return seen.text


async def test_only_administrators_write_promises(app: Litestar) -> None:
    supervisor = await signed_in(app, await make.viewer(supervisor_of=(await make.team(),)))
    for path in (urls.TERMS, urls.calendar(0), urls.policy(0)):
        assert (await supervisor.page(path)).status_code == 403
    assert (await supervisor.send(urls.calendar(0), {**CALENDAR, "do": "save"})).status_code == 403


async def test_a_calendar_is_checked_saved_and_shown_with_its_author(app: Litestar) -> None:
    browser = await administrator(app)
    await save(browser, urls.calendar(0), CALENDAR | RAMADAN)
    row = await sql.row("SELECT id, weekly, exceptions, author_id FROM calendars")
    assert row is not None
    assert sql.load(row["weekly"])["6"] == [["07:30", "12:00"], ["12:30", "15:30"]]
    exceptions = sql.load(row["exceptions"])
    assert len(exceptions) == 29
    assert exceptions["2027-02-08"] == [["09:00", "14:00"]]
    listed = (await browser.page(urls.TERMS)).text
    assert "ساعات العمل" in listed
    assert "سلمى" in listed
    assert "37.5 hours a week" in listed
    again = (await browser.page(urls.calendar(row["id"]))).text
    assert 'value="09:00-14:00"' in again
    assert "Ramadan 1448" in again


async def test_saving_again_makes_a_version_and_keeps_the_old_one(app: Litestar) -> None:
    browser = await administrator(app)
    await save(browser, urls.calendar(0), CALENDAR)
    first = await sql.value("SELECT id FROM calendars")
    await save(browser, urls.calendar(first), CALENDAR | RAMADAN)
    found = await sql.rows("SELECT superseded_at IS NULL AS current FROM calendars ORDER BY id")
    assert [row["current"] for row in found] == [False, True]
    second = await sql.value("SELECT max(id) FROM calendars")
    assert "2 versions" in (await browser.page(urls.calendar(second))).text
    assert (await browser.page(urls.calendar(first))).status_code == 404


async def test_what_is_wrong_stands_beside_its_field(app: Litestar) -> None:
    browser = await administrator(app)
    sent = {
        "name": "",
        "zone": "Riyadh",
        "day-6": "nine to five",
        "day-0": "25:00-26:00",
        "first-0": "2027-03-08",
        "last-0": "2027-02-08",
        "first-1": "2027-01-01",
        "last-1": "2029-01-01",
        "first-2": "soon",
        "do": "save",
    }
    answer = await browser.send(urls.calendar(0), sent, whole=True)
    assert answer.status_code == 422
    for field in ("name", "zone", "day-6", "day-0", "period-0", "period-1", "period-2"):
        assert f'id="{field}-error"' in answer.text
    assert "The last day lies before the first" in answer.text
    assert 'value="nine to five"' in answer.text
    assert await sql.value("SELECT count(*) FROM calendars") == 0


async def test_a_draft_that_was_not_looked_at_is_not_saved(app: Litestar) -> None:
    browser = await administrator(app)
    answer = await browser.send(
        urls.calendar(0), {**CALENDAR, "do": "save", "checked": "0"}, whole=True
    )
    assert answer.status_code == 200
    assert 'name="checked"' in answer.text
    assert await sql.value("SELECT count(*) FROM calendars") == 0


async def test_unmeant_hours_are_remarked_on(app: Litestar) -> None:
    browser = await administrator(app)
    sent = {**CALENDAR, "day-6": "22:00-02:00", "do": "preview"}
    assert "ends on the next day" in (await browser.send(urls.calendar(0), sent, whole=True)).text
    empty = {"name": "x", "zone": "UTC", "do": "preview"}
    assert "never open" in (await browser.send(urls.calendar(0), empty, whole=True)).text


async def test_holidays_of_a_country_fill_empty_rows_with_both_dates(app: Litestar) -> None:
    browser = await administrator(app, "ar")
    sent = {**CALENDAR, "country": "SA", "year": "2026", "do": "holidays"}
    page = (await browser.send(urls.calendar(0), sent, whole=True)).text
    assert 'value="2026-09-23"' in page
    assert "اليوم الوطني" in page
    assert "١ شوال ١٤٤٧" in page
    refused = await browser.send(urls.calendar(0), {**sent, "year": "1066"}, whole=True)
    assert 'id="periods-error"' in refused.text


async def test_a_policy_says_what_it_would_break_and_open_tickets_follow_if_told_to(
    app: Litestar,
) -> None:
    browser = await administrator(app)
    always = {f"day-{day}": "00:00-24:00" for day in range(7)}
    await save(browser, urls.calendar(0), CALENDAR | always)
    await save(browser, urls.policy(0), POLICY)
    team = await make.team()
    ticket = await make.ticket(team, status="open")
    await started(ticket, minutes_ago=60)
    policy = await sql.value("SELECT id FROM policies")
    said = await save(browser, urls.policy(policy), POLICY | {"first_response": "0.5"})
    assert "1 open ticket would be reckoned anew" in said
    assert "1 would newly be late" in said
    (first,) = await promises.of_ticket(ticket)
    assert first.breached_at is None
    policy = await sql.value("SELECT max(id) FROM policies")
    await save(browser, urls.policy(policy), POLICY | {"first_response": "0.5"}, follow="yes")
    assert "0 so far" in (await browser.page(urls.TERMS)).text
    while await service_levels.follow_terms(now=clock.now()):
        pass
    (first,) = await promises.of_ticket(ticket)
    assert first.breached_at is not None


async def started(ticket_id: int, *, minutes_ago: float) -> None:
    """Let a citizen's message start the clocks of a ticket."""
    from server.events.actions import emit
    from server.events.reactions import Event
    from server.kit.work import transaction

    at = clock.now() - timedelta(minutes=minutes_ago)
    async with transaction():
        said = {"message": 1, "said_us": int(at.timestamp() * 1_000_000)}
        await emit([Event(ticket_id, "message_received", said)], at=clock.now())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("position", "first"),
        ("calendar", "none"),
        ("first_response", "0"),
        ("first_response", "nan"),
        ("at-0", "5000"),
        ("to-0", "user-999"),
    ],
)
async def test_a_policy_that_cannot_be_meant_is_refused(
    app: Litestar, field: str, value: str
) -> None:
    browser = await administrator(app)
    await save(browser, urls.calendar(0), CALENDAR)
    answer = await browser.send(urls.policy(0), {**POLICY, field: value, "do": "save"}, whole=True)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert await sql.value("SELECT count(*) FROM policies") == 0


async def test_a_retired_policy_promises_nothing_new(app: Litestar) -> None:
    browser = await administrator(app)
    await save(browser, urls.calendar(0), CALENDAR)
    await save(browser, urls.policy(0), POLICY)
    policy = await sql.value("SELECT id FROM policies")
    await browser.send(urls.policy(policy), {"do": "retire"}, whole=True)
    assert await promises.policies(at=clock.now()) == ()
