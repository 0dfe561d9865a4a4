"""Administrators write calendars and policies in forms that say what is wrong and what would change."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

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
    for path in (urls.calendar(0), urls.policy(0)):
        assert (await supervisor.page(path)).status_code == 403
    assert (await supervisor.send(urls.TERMS, {"hours-email": ""})).status_code == 403
    assert (await supervisor.send(urls.calendar(0), {**CALENDAR, "do": "save"})).status_code == 403


async def test_steps_of_a_policy_are_added_one_by_one(app: Litestar) -> None:
    browser = await administrator(app)
    shown = (await browser.page(urls.policy(0))).text
    assert re.findall(r'name="at-(\d)"', shown) == ["0", "1"]
    typed = {**POLICY, "name": "half typed", "do": "add_step"}
    more = await browser.send(urls.policy(0), typed, whole=True)
    assert more.status_code == 200
    assert re.findall(r'name="at-(\d)"', more.text) == ["0", "1"]
    assert 'value="half typed"' in more.text
    assert re.search(r'name="at-1"[^>]*autofocus', more.text)
    assert 'aria-invalid="true"' not in more.text
    full = {**typed, **{f"at-{n}": str(10 + n) for n in range(8)}}
    most = (await browser.send(urls.policy(0), full, whole=True)).text
    assert len(re.findall(r'name="at-\d"', most)) == 8
    assert 'value="add_step"' not in most


async def test_supervisors_read_what_is_promised_with_every_hour_and_holiday(app: Litestar) -> None:
    admin, team = await administrator(app), await make.team()
    holiday = {"first-1": "2076-09-23", "last-1": "2076-09-23", "name-1": "National Day"}
    await save(admin, urls.calendar(0), CALENDAR | RAMADAN | holiday)
    await save(admin, urls.policy(0), POLICY)
    reader = await signed_in(
        app, await make.viewer(supervisor_of=(team,), locale="en", digits="latn")
    )
    page = (await reader.page(urls.TERMS)).text
    assert f'href="{urls.TERMS}" aria-current="page"' in page
    for told in ("standard", "4h", "Sunday", "07:30-12:00 12:30-15:30", "National Day", "رمضان"):
        assert told in page
    assert "Wednesday 23 September 2076" in page
    assert urls.policy(0) not in page
    assert f'action="{urls.TERMS}"' not in page
    agent = await signed_in(app, await make.viewer(agent_of=(team,)))
    assert (await agent.page(urls.TERMS)).status_code == 403


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
    assert "٣٠ رمضان ١٤٤٧ هـ – ٣ شوال ١٤٤٧ هـ" in page
    refused = await browser.send(urls.calendar(0), {**sent, "year": "1066"}, whole=True)
    assert 'id="periods-error"' in refused.text


async def test_a_feast_that_was_moved_is_not_added_a_second_time(app: Litestar) -> None:
    browser = await administrator(app, "ar")
    ramadan = {"first-0": "2027-02-08", "last-0": "2027-03-08", "hours-0": "10:00-15:00"}
    eid = {"first-1": "2027-03-10", "last-1": "2027-03-13", "name-1": "عطلة عيد الفطر"}
    sent = {**CALENDAR, **ramadan, **eid, "country": "SA", "year": "2027", "do": "holidays"}
    page = (await browser.send(urls.calendar(0), sent, whole=True)).text
    assert page.count('value="عطلة عيد الفطر"') == 1
    assert 'value="يوم التأسيس"' in page  # a day off within Ramadan


async def test_days_within_a_sentence_are_told_by_both_calendars(app: Litestar) -> None:
    browser = await administrator(app, "ar")
    year = {"first-0": "2026-11-01", "last-0": "2027-11-20", "name-0": "x", "do": "preview"}
    refused = (await browser.send(urls.calendar(0), {**CALENDAR, **year}, whole=True)).text
    assert "السبت ٢٠ نوفمبر ٢٠٢٧ (٢١ جمادى الآخرة ١٤٤٩ هـ)" in refused
    assert "2027-11-20<" not in refused
    month = {"first-0": "2026-11-01", "last-0": "2026-12-10", "name-0": "x", "do": "preview"}
    remarked = (await browser.send(urls.calendar(0), {**CALENDAR, **month}, whole=True)).text
    assert "الأحد ١ نوفمبر ٢٠٢٦ (٢١ جمادى الأولى ١٤٤٨ هـ)" in remarked


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
        ("first_response", "-1"),
        ("first_response", "10001"),
        ("topic", "7"),
        ("team", "7"),
        ("account", "7"),
        ("starts", "2001-01-01"),
        ("starts", "soon"),
        ("ends", "2001-01-01"),
        ("when-0", "late"),
        ("give_to-0", "team-77"),
        ("raise_to-0", "higher"),
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
    more = {"at-0": "1.5"} if field == "when-0" else {}
    sent = {**POLICY, field: value, **more, "do": "save"}
    answer = await browser.send(urls.policy(0), sent, whole=True)
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


RIYADH = ZoneInfo("Asia/Riyadh")


def days_ahead(days: int) -> str:
    """Name a day as the office counts them, where midnight comes before that of UTC."""
    return (clock.now().astimezone(RIYADH) + timedelta(days=days)).date().isoformat()


async def test_a_retired_policy_is_kept_for_reading_and_can_promise_again(app: Litestar) -> None:
    browser = await administrator(app)
    await save(browser, urls.calendar(0), CALENDAR)
    await save(browser, urls.policy(0), POLICY)
    first = await sql.value("SELECT id FROM policies")
    await browser.send(urls.policy(first), {"do": "retire"}, whole=True)
    listed = (await browser.page(urls.TERMS)).text
    assert "1 policy that promises nothing any more" in listed
    form = (await browser.page(urls.policy(first))).text
    assert 'value="standard"' in form
    assert 'value="retire"' not in form
    await save(browser, urls.policy(first), POLICY)
    (again,) = await promises.policies(at=clock.now())
    assert (again.name, again.id > first) == ("standard", True)
    assert "promises nothing any more" not in (await browser.page(urls.TERMS)).text
    assert (await browser.page(urls.policy(first))).status_code == 404


async def test_a_policy_is_written_with_conditions_dates_and_a_chain_and_shown_so_again(
    app: Litestar,
) -> None:
    browser = await administrator(app)
    await save(browser, urls.calendar(0), CALENDAR)
    team = await make.team()
    to_office = {"at-0": "60", "when-0": "late", "to-0": "office", "address-0": "a@b.example"}
    refused = await browser.send(urls.policy(0), POLICY | to_office | {"do": "save"}, whole=True)
    assert "No account sends alarms yet" in refused.text
    account = await make.account(team)
    await sql.run("INSERT INTO alarm_account (channel_account_id) VALUES ($1)", account)
    sent = POLICY | {
        "team": str(team),
        "contact_class": "vip",
        "own_hours": "yes",
        "starts": days_ahead(5),
        "ends": days_ahead(9),
        "at-1": "٣٠",
        "when-1": "close",
        "to-1": "lead",
        "at-2": "60",
        "when-2": "late",
        "to-2": "office",
        "address-2": "Director@Authority.example",
        "raise_to-2": "urgent",
        "give_to-2": f"team-{team}",
        "tag-2": "متأخرة",
    }
    await save(browser, urls.policy(0), sent)
    assert await promises.policies(at=clock.now()) == ()
    (held,) = await promises.policies(at=clock.now() + timedelta(days=6))
    assert (held.team_id, held.contact_class, held.own_hours) == (team, "vip", True)
    _, closing, last = held.steps
    assert (closing.before_close, closing.to) == (30, "lead")
    assert (last.late_by, last.to, last.address) == (60, "office", "director@authority.example")
    assert (last.raise_to, last.give_to, last.give_id, last.tag) == (
        "urgent",
        "team",
        team,
        "متأخرة",
    )
    page = (await browser.page(urls.policy(held.id))).text
    for text in (f'name="starts" value="{days_ahead(5)}"', f'name="ends" value="{days_ahead(9)}"'):
        assert text in page
    assert 'value="director@authority.example"' in page
    assert "Give up this planned version" in page
    listed = (await browser.page(urls.TERMS)).text
    assert "30 minutes before the office closes" in listed
    assert "the priority becomes" in listed


async def test_versions_say_what_each_of_them_said(app: Litestar) -> None:
    browser = await administrator(app)
    await save(browser, urls.calendar(0), CALENDAR)
    await save(browser, urls.policy(0), POLICY | {"priority": "urgent"})
    policy = await sql.value("SELECT max(id) FROM policies")
    await save(browser, urls.policy(policy), POLICY | {"starts": days_ahead(3)})
    page = (await browser.page(urls.policy(policy))).text
    versions = page[page.index('class="versions"') :]
    assert "2 versions" in versions
    assert "in force" in versions
    assert "Urgent" in versions
    assert "75% used" in versions
    planned = await sql.value("SELECT max(id) FROM policies")
    again = await browser.send(
        urls.policy(policy), POLICY | {"starts": days_ahead(3), "do": "preview"}, whole=True
    )
    assert again.status_code == 422
    assert 'id="starts-error"' in again.text
    over = await browser.send(
        urls.policy(policy), POLICY | {"ends": days_ahead(4), "do": "preview"}, whole=True
    )
    assert 'id="ends-error"' in over.text
    done = await browser.send(urls.policy(planned), {"do": "withdraw"}, whole=True)
    assert done.status_code == 303
    assert (await browser.page(urls.policy(planned))).status_code == 404
    assert await sql.value("SELECT superseded_at FROM policies WHERE id = $1", policy) is None


async def test_open_tickets_follow_a_planned_version_on_its_day(app: Litestar) -> None:
    browser = await administrator(app)
    await save(browser, urls.calendar(0), CALENDAR)
    await save(browser, urls.policy(0), POLICY)
    ticket = await make.ticket(await make.team(), status="open")
    await started(ticket, minutes_ago=1)
    policy = await sql.value("SELECT max(id) FROM policies")
    sent = POLICY | {"first_response": "2", "starts": days_ahead(3)}
    await save(browser, urls.policy(policy), sent, follow="yes")
    assert "so far" not in (await browser.page(urls.TERMS)).text
    assert not await service_levels.follow_terms(now=clock.now())
    while await service_levels.follow_terms(now=clock.now() + timedelta(days=4)):
        pass
    (first,) = await promises.of_ticket(ticket)
    assert first.target.allowed == timedelta(hours=2)


async def test_a_policy_that_no_ticket_reaches_is_marked(app: Litestar) -> None:
    browser = await administrator(app)
    await save(browser, urls.calendar(0), CALENDAR)
    await save(browser, urls.policy(0), POLICY)
    await save(
        browser,
        urls.policy(0),
        POLICY | {"name": "urgent ones", "priority": "urgent", "position": "2"},
    )
    assert "fits all of them first" in (await browser.page(urls.TERMS)).text
    await sql.run("UPDATE policies SET position = 3 WHERE name = 'standard'")
    assert "fits all of them first" not in (await browser.page(urls.TERMS)).text


async def test_hours_that_nobody_can_mean_are_refused_beside_their_day_in_arabic(
    app: Litestar,
) -> None:
    browser = await administrator(app, "ar")
    sent = {**CALENDAR, "day-0": "08:00-12:00 11:00-15:00", "do": "preview"}
    answer = await browser.send(urls.calendar(0), sent, whole=True)
    assert answer.status_code == 422
    assert 'id="day-0-error"' in answer.text
    assert "تداخل" in answer.text
    year = {**CALENDAR, "first-0": "2027-01-01", "last-0": "2028-01-20", "do": "preview"}
    answer = await browser.send(urls.calendar(0), year, whole=True)
    assert 'id="period-0-error"' in answer.text
    assert "مغلقًا سنة أو أكثر" in answer.text
    none = await browser.send(
        urls.calendar(0), {"name": "x", "zone": "UTC", "do": "preview"}, whole=True
    )
    assert 'id="days-error"' in none.text


async def test_a_feast_within_ramadan_counts_wherever_it_stands(app: Litestar) -> None:
    browser = await administrator(app)
    feast = {"first-0": "2027-02-22", "last-0": "2027-02-22", "hours-0": "", "name-0": "Founding"}
    ramadan = {key.replace("-0", "-1"): value for key, value in RAMADAN.items()}
    await save(browser, urls.calendar(0), CALENDAR | feast | ramadan)
    exceptions = sql.load(await sql.value("SELECT exceptions FROM calendars"))
    assert exceptions["2027-02-22"] == []
    assert exceptions["2027-02-23"] == [["09:00", "14:00"]]


async def test_a_day_that_waits_for_the_moon_is_listed_moved_and_confirmed_and_tickets_follow(
    app: Litestar,
) -> None:
    browser = await administrator(app)
    always = {f"day-{day}": "00:00-24:00" for day in range(7)}
    eid = {
        "first-0": days_ahead(1),
        "last-0": days_ahead(2),
        "hours-0": "",
        "name-0": "عيد الفطر",
        "provisional-0": "yes",
    }
    await save(browser, urls.calendar(0), CALENDAR | always | eid)
    await save(browser, urls.policy(0), POLICY | {"first_response": "24"})
    ticket = await make.ticket(await make.team(), status="open")
    await started(ticket, minutes_ago=0)
    (before,) = await promises.of_ticket(ticket)
    listed = (await browser.page(urls.TERMS)).text
    assert "Not yet confirmed:" in listed
    calendar = await sql.value("SELECT max(id) FROM calendars")
    sent = CALENDAR | always | eid
    moved = await browser.send(urls.calendar(calendar), {**sent, "do": "later-0"}, whole=True)
    assert f'name="first-0" value="{days_ahead(2)}"' in moved.text
    assert f'name="last-0" value="{days_ahead(3)}"' in moved.text
    confirmed = await browser.send(urls.calendar(calendar), {**sent, "do": "confirm-0"}, whole=True)
    assert 'name="provisional-0" value="yes" checked' not in confirmed.text
    there = {key: value for key, value in sent.items() if key != "provisional-0"}
    there |= {"first-0": days_ahead(2), "last-0": days_ahead(3)}
    said = await save(browser, urls.calendar(calendar), there, follow="yes")
    assert "1 open ticket would be reckoned anew" in said
    while await service_levels.follow_terms(now=clock.now()):
        pass
    (after,) = await promises.of_ticket(ticket)
    assert before.due_at is not None
    assert after.due_at is not None
    assert after.due_at < before.due_at
    assert await service_levels.check_clocks() == ()
    assert "Not yet confirmed:" not in (await browser.page(urls.TERMS)).text


async def test_leads_and_hours_of_channels_are_chosen_where_promises_are(app: Litestar) -> None:
    browser = await administrator(app)
    await save(browser, urls.calendar(0), CALENDAR)
    team = await make.team()
    lead, stranger = await make.user(agent_of=(team,)), await make.user()
    done = await browser.send(
        urls.TERMS, {f"lead-{team}": str(lead), "hours-email": "ساعات العمل"}, whole=True
    )
    assert done.status_code == 303
    assert await sql.value("SELECT lead_id FROM teams WHERE id = $1", team) == lead
    assert await sql.value("SELECT calendar FROM channel_calendars") == "ساعات العمل"
    refused = await browser.send(urls.TERMS, {f"lead-{team}": str(stranger)}, whole=True)
    assert refused.status_code == 422
    assert f'id="lead-{team}-error"' in refused.text
    await browser.send(urls.TERMS, {f"lead-{team}": "", "hours-email": ""}, whole=True)
    assert await sql.value("SELECT lead_id FROM teams WHERE id = $1", team) is None
    assert await sql.value("SELECT count(*) FROM channel_calendars") == 0
