"""Supervisors write shifts and read fair shares in the browser; what the report says agrees with the events."""

import csv
import io
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from server.app import create_app
from server.assignment import actions
from server.db import sql
from server.kit import clock
from server.kit.settings import Settings
from server.people import actions as people
from server.people.queries import Viewer
from server.service_levels.actions import save_calendar
from server.supervision.queries import fairness as queries
from server.tickets import actions as tickets
from tests.integration.test_assignment import agent, waiting, who
from tests.support import factories as make
from tests.support.desk import Browser, signed_in
from tests.support.factories import NOW

WEEK = {
    "day-6": "08:00-14:00",
    "day-0": "22:00-06:00",
    "zone": "Asia/Riyadh",
    "own": "own",
    "do": "save",
}


@pytest.fixture
async def app(db: Settings) -> Litestar:
    return create_app()


@pytest.fixture
async def team(app: Litestar) -> int:
    return await make.team()


@pytest.fixture
async def head(team: int) -> Viewer:
    return await make.viewer(supervisor_of=(team,), locale="en", name="Huda")


@pytest.fixture
async def browser(app: Litestar, head: Viewer) -> Browser:
    return await signed_in(app, head)


async def send(browser: Browser, path: str, **data: Any) -> Any:
    return await browser.send(path, data, whole=True)


async def test_a_week_is_written_with_leave_and_for_colleagues_too(
    browser: Browser, team: int
) -> None:
    amal, badr = await agent(team), await agent(team)
    leave = {"first-0": "2026-11-29", "last-0": "2026-11-30", "name-0": "حج"}
    saved = await send(browser, f"/shifts/people/{amal.id}", **WEEK, **leave, others=str(badr.id))
    assert saved.status_code == 303
    rows = await sql.rows("SELECT weekly, exceptions FROM shifts ORDER BY user_id")
    assert [sql.load(row["weekly"])["6"] for row in rows] == [[["08:00", "14:00"]]] * 2
    assert [len(sql.load(row["exceptions"])) for row in rows] == [2, 0]
    form = await browser.page(f"/shifts/people/{amal.id}")
    assert 'value="22:00-06:00"' in form.text
    assert 'value="2026-11-29"' in form.text
    week = await browser.page("/shifts?week=2026-11-30")
    assert week.text.count("leave") >= 2
    assert "08:00-14:00" in week.text
    back = await send(browser, f"/shifts/people/{amal.id}", **WEEK | {"own": "team"})
    assert back.status_code == 303
    assert await sql.value("SELECT count(*) FROM shifts WHERE superseded_at IS NULL") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"day-6": "nine to five"},
        {"zone": "Riyadh"},
        {"day-6": "", "day-0": ""},
        {"first-0": "2026-11-30", "last-0": "2026-11-29"},
        {"first-0": "tomorrow"},
    ],
)
async def test_hours_that_cannot_be_are_refused_with_what_was_typed(
    browser: Browser, team: int, wrong: dict[str, str]
) -> None:
    amal = await agent(team)
    refused = await send(browser, f"/shifts/people/{amal.id}", **WEEK | wrong)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert all(f'value="{typed}"' in refused.text for typed in wrong.values())
    assert await sql.value("SELECT count(*) FROM shifts") == 0


async def test_a_team_works_by_a_calendar(browser: Browser, team: int) -> None:
    await agent(team)
    await save_calendar(
        "mornings", zone="Asia/Riyadh", weekly={"6": [["08:00", "12:00"]]}, exceptions={}, now=NOW
    )
    saved = await send(browser, f"/shifts/teams/{team}", calendar="mornings")
    assert saved.status_code == 303
    assert "08:00-12:00" in (await browser.page("/shifts")).text
    refused = await send(browser, f"/shifts/teams/{team}", calendar="gone")
    assert refused.status_code == 422


async def test_only_supervisors_see_shifts_and_only_their_own_people(
    app: Litestar, browser: Browser, team: int
) -> None:
    theirs = await agent(await make.team())
    assert (await browser.page(f"/shifts/people/{theirs.id}")).status_code == 404
    assert (await send(browser, f"/shifts/people/{theirs.id}", **WEEK)).status_code == 404
    plain = await signed_in(app, await agent(team))
    for path in ("/shifts", "/fairness", "/fairness/shares.csv"):
        assert (await plain.page(path)).status_code == 403


async def test_where_tickets_go_is_written_and_wrong_numbers_stand_beside_their_question(
    browser: Browser, team: int
) -> None:
    other = await make.team()
    way = {
        "strategy": "longest_idle",
        "hourly_cap": "",
        "grace_minutes": "10",
        "patience_minutes": "7",
        "overflow_team": str(other),
    }
    assert (await send(browser, f"/assignment/teams/{team}", **way)).status_code == 303
    row = await sql.row("SELECT patience_minutes, overflow_team_id FROM teams WHERE id = $1", team)
    assert tuple(row or ()) == (7, other)
    refused = await send(browser, f"/assignment/teams/{team}", **way | {"patience_minutes": "0"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


async def busy_day(team: int, boss: Viewer) -> None:
    """Three people, of whom one comes late and one goes early, and what can become of tickets."""
    amal, badr = (
        await agent(team, name="Amal", presence=None),
        await agent(team, name="Badr", presence=None),
    )
    for one in (amal, badr):
        await people.set_presence(one.id, "online", now=NOW)
    contacts = [await make.contact() for _ in range(12)]
    first = [await waiting(team, contact_id=one) for one in contacts[:6]]
    await actions.hand_out([team], at=NOW)
    carla = await agent(team, name="Carla", presence=None)
    await people.set_presence(carla.id, "online", now=NOW + timedelta(hours=2))
    later = [await waiting(team, contact_id=one) for one in contacts[6:]]
    await actions.hand_out([team], at=NOW + timedelta(hours=2))
    has = {one: await who(one) for one in (*first, *later)}
    by_id = {amal.id: amal, badr.id: badr, carla.id: carla}
    declined = first[0]
    holder = by_id[has[declined] or 0]
    await actions.decline(
        declined, reason="other", words="ليس لي", by=holder, now=NOW + timedelta(hours=3)
    )
    mine = next(one for one in first[1:] if has[one] != holder.id)
    at = NOW + timedelta(hours=4)
    await tickets.set_status(mine, status="resolved", by=boss, form_key="r", now=at)
    taken = next(one for one in later if has[one] != amal.id)
    await tickets.assign(taken, to=amal.id, by=amal, form_key="t", now=at)
    await people.set_presence(badr.id, "away", now=at)
    await actions.give_back(now=at + timedelta(minutes=30))


async def test_the_report_agrees_with_the_events(app: Litestar, team: int) -> None:
    boss = await make.viewer(administrator=True)
    await busy_day(team, boss)
    until = NOW + timedelta(hours=8)
    held = await queries.held([team], since=NOW, until=until, now=until)
    given: Counter[int] = Counter()
    declined: Counter[int] = Counter()
    gave_back: Counter[int] = Counter()
    taken: Counter[int] = Counter()
    carried: Counter[int] = Counter()
    holder: dict[int, tuple[int, Any]] = {}
    for event in await sql.rows(
        "SELECT ticket_id, kind, data, at, actor_id FROM events ORDER BY at, id"
    ):
        data, ticket_id = sql.load(event["data"]), event["ticket_id"]
        over = event["kind"] == "status_changed" and data["to"] == "resolved"
        if (event["kind"] == "assigned" or over) and ticket_id in holder:
            user_id, since = holder.pop(ticket_id)
            carried[user_id] += (event["at"] - since).total_seconds()
        if event["kind"] != "assigned":
            continue
        code = data["reasons"][0]["code"] if data.get("reasons") else ""
        if data["to"] is not None:
            holder[ticket_id] = data["to"], event["at"]
            (given if event["actor_id"] is None else taken)[data["to"]] += 1
        declined[data["from"]] += code.startswith("declined_")
        gave_back[data["from"]] += code == "away_gave_back"
    for user_id, since in holder.values():
        carried[user_id] += (until - since).total_seconds()
    assert {one.user_id: one.given for one in held} == dict(given)
    assert sum(one.declined for one in held) == sum(declined.values()) == 1
    assert {one.user_id: one.gave_back for one in held if one.gave_back} == +gave_back
    assert {one.user_id: one.taken for one in held if one.taken} == +taken
    assert {one.user_id: one.carried for one in held} == pytest.approx(dict(carried))
    assert sum(gave_back.values()) > 0


async def test_shares_are_told_in_words_and_as_a_file(
    app: Litestar, team: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = await make.viewer(supervisor_of=(team,), locale="en", name="=Huda")
    await busy_day(team, head)
    browser = await signed_in(app, head)
    with clock.standing_at(NOW + timedelta(hours=8)):
        page = await browser.page("/fairness?first=2026-11-22&last=2026-11-22")
        file = await browser.page("/fairness/shares.csv?first=2026-11-22&last=2026-11-22")
        wrong = await browser.page("/fairness?first=2026-11-22&last=2026-11-01")
        none = await browser.page("/fairness?first=2020-01-01&last=2020-01-02")
    assert page.status_code == 200
    assert "ليس لي" in page.text
    assert wrong.status_code == 422
    assert "Nothing was handed out" in none.text
    header, *rows = csv.reader(io.StringIO(file.text.removeprefix("\ufeff")))
    of = {row[1]: dict(zip(header, row, strict=True)) for row in rows}
    assert set(of) == {"Amal", "Badr", "Carla"}
    assert sum(int(row["Given"]) for row in of.values()) >= 12
    assert sum(float(row["Expected"]) for row in of.values()) == pytest.approx(
        sum(int(row["Given"]) for row in of.values()), abs=0.05
    )
    assert float(of["Badr"]["Hours there"]) == 4.0
    assert float(of["Carla"]["Hours there"]) == 6.0
