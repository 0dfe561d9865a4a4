"""Topics, rules and who takes what, as administrators and supervisors write them in the browser."""

from typing import Any

import pytest
from litestar import Litestar

from server.app import create_app
from server.assignment import queries
from server.db import sql
from server.kit import clock
from server.kit.settings import Settings
from server.people.queries import Viewer
from tests.support import factories as make
from tests.support.desk import Browser, signed_in

FILLED = {
    "name": "سفر قريب",
    "match": "all",
    "if_words": "سفر، flight",
    "then_priority": "urgent",
    "do": "save",
}


@pytest.fixture
async def app(db: Settings) -> Litestar:
    return create_app()


@pytest.fixture
async def boss(app: Litestar) -> Viewer:
    return await make.viewer(administrator=True, locale="ar")


@pytest.fixture
async def browser(app: Litestar, boss: Viewer) -> Browser:
    return await signed_in(app, boss)


async def send(browser: Browser, path: str, **data: Any) -> Any:
    return await browser.send(path, data, whole=True)


async def test_a_rule_is_written_read_changed_and_gone_back_from(browser: Browser) -> None:
    saved = await send(browser, "/rules/0", **FILLED)
    assert saved.status_code == 303
    (rule,) = await queries.written_rules()
    assert rule.body == {
        "when": {"all": [{"field": "words", "op": "any", "value": ["سفر", "flight"]}]},
        "then": {"priority": "urgent"},
    }
    page = await browser.page("/rules")
    assert "سفر، flight" in page.text
    assert "عاجلة" in page.text
    form = await browser.page(f"/rules/{rule.id}")
    assert 'value="سفر، flight"' in form.text
    await send(
        browser,
        f"/rules/{rule.id}",
        **FILLED | {"unless_sender": "bank@mail.example", "then_stop": "yes"},
    )
    (changed,) = await queries.written_rules()
    assert changed.body["when"]["none"] == [
        {"field": "sender", "op": "in", "value": ["bank@mail.example"]}
    ]
    assert changed.body["then"] == {"priority": "urgent", "stop": True}
    newest, first = await queries.rule_versions()
    assert (newest.author, newest.rules) == (first.author, 1)
    await send(browser, f"/rules/versions/{first.id}")
    assert await queries.written_rules() == (rule,)
    await send(browser, f"/rules/{rule.id}", do="remove")
    assert await queries.written_rules() == ()
    await send(browser, f"/rules/versions/{newest.id}")
    assert (await queries.written_rules())[0].body == changed.body


async def test_rules_change_places_and_are_switched_off(browser: Browser) -> None:
    for name in ("أ", "ب", "ج"):
        await send(browser, "/rules/0", **FILLED | {"name": name})
    first, _, last = await queries.written_rules()
    await send(browser, f"/rules/{last.id}", do="up")
    await send(browser, f"/rules/{first.id}", do="up")
    await send(browser, f"/rules/{first.id}", do="off")
    assert [(r.name, r.enabled) for r in await queries.written_rules()] == [
        ("أ", False),
        ("ج", True),
        ("ب", True),
    ]


@pytest.mark.parametrize(
    "wrong", [{"then_priority": ""}, {"name": " "}, {"then_team": "404"}, {"if_topic": "404"}]
)
async def test_a_rule_that_cannot_be_is_refused_with_what_was_typed(
    browser: Browser, wrong: dict[str, str]
) -> None:
    refused = await send(browser, "/rules/0", **FILLED | wrong)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "سفر، flight" in refused.text
    assert await queries.written_rules() == ()


async def test_conditions_that_the_form_cannot_ask_are_kept(browser: Browser) -> None:
    when = {
        "all": [
            {"any": [{"field": "vip", "op": "is", "value": True}]},
            {"field": "weekday", "op": "in", "value": [4]},
        ]
    }
    rule_id = await sql.value(
        "INSERT INTO rules (position, name, body, created_at) VALUES (1, 'x', $1::jsonb, $2) RETURNING id",
        sql.dump({"when": when, "then": {"tags": ["a"]}}),
        make.NOW,
    )
    assert (await browser.page("/rules")).status_code == 200
    await send(browser, f"/rules/{rule_id}", **FILLED)
    (rule,) = await queries.written_rules()
    assert rule.body["when"]["all"] == [
        {"field": "words", "op": "any", "value": ["سفر", "flight"]},
        *when["all"],
    ]
    assert rule.body["then"] == {"tags": ["a"], "priority": "urgent"}


async def test_a_dry_run_tells_every_rules_verdict(browser: Browser, boss: Viewer) -> None:
    await send(browser, "/rules/0", **FILLED)
    await send(browser, "/rules/0", **FILLED | {"name": "رسوم", "if_words": "رسوم"})
    tried = await send(
        browser, "/rules", subject="سؤال", text="عندي سفر قريب", channel="email", do="try"
    )
    assert 'class="is-matched"' in tried.text
    assert 'class="is-not_matched"' in tried.text
    assert "عندي سفر قريب" in tried.text
    ticket_id = await make.ticket(1, subject="رسوم", number=555444)
    await make.message(ticket_id, text="كم الرسوم؟", subject="رسوم")
    of_past = await send(browser, "/rules", ticket="555444", do="try")
    assert of_past.status_code == 200
    assert of_past.text.count('class="is-matched"') == 1
    assert (await send(browser, "/rules", ticket="1", do="try")).status_code == 404


async def test_last_week_is_shown_before_saving_and_nothing_changes(browser: Browser) -> None:
    team = await make.team(ar="الاستعلامات")
    for number in range(3):
        ticket_id = await make.ticket(1, created_at=clock.now(), number=600 + number)
        await make.message(ticket_id, text="عندي سفر" if number else "لا شيء")
    shown = await send(browser, "/rules/0", **FILLED | {"then_team": str(team), "do": "preview"})
    assert shown.status_code == 200
    assert "الاستعلامات" in shown.text
    assert "601" in shown.text
    assert "600" not in shown.text.split('id="preview"')[1].split("</section>")[0]
    assert await queries.written_rules() == ()


async def test_the_next_ticket_follows_a_saved_rule(browser: Browser, boss: Viewer) -> None:
    from server.events.actions import emit
    from server.events.reactions import Event
    from server.kit.work import transaction

    team = await make.team()
    await send(browser, "/rules/0", **FILLED | {"then_team": str(team)})
    async with transaction():
        ticket_id = await make.ticket(1)
        message_id = await make.message(ticket_id, text="عندي سفر غدا")
        data = {"message": message_id, "said_us": int(make.NOW.timestamp() * 1e6)}
        await emit([Event(ticket_id, "ticket_created", data)], at=make.NOW)
    row = await sql.row("SELECT team_id, priority FROM tickets WHERE id = $1", ticket_id)
    assert row is not None
    assert (row["team_id"], row["priority"]) == (team, "urgent")
    page = await browser.page(f"/tickets/{ticket_id}")
    assert "«\u2068سفر قريب\u2069»" in page.text or "سفر قريب" in page.text


async def test_topics_form_a_tree_that_never_bites_its_tail(browser: Browser) -> None:
    names = {
        "name_ar": "جوازات",
        "name_en": "Passports",
        "keywords": "جواز، passport",
        "priority": "high",
    }
    saved = await send(browser, "/topics/0", **names)
    parent = int(saved.headers["location"].rpartition("/")[2])
    saved = await send(browser, "/topics/0", **names | {"name_ar": "تجديد", "parent": str(parent)})
    child = int(saved.headers["location"].rpartition("/")[2])
    refused = await send(browser, f"/topics/{parent}", **names | {"parent": str(child)})
    assert refused.status_code == 422
    refused = await send(browser, "/topics/0", name_ar="", name_en="x")
    assert refused.status_code == 422
    first, second = await queries.written_topics()
    assert (first.id, second.parent_id, first.keywords) == (parent, parent, ("جواز", "passport"))
    page = await browser.page(f"/topics/{child}")
    assert "تجديد" in page.text


async def test_supervisors_say_who_takes_what(app: Litestar, db: Settings) -> None:
    team, other = await make.team(), await make.team()
    head = await signed_in(app, await make.viewer(supervisor_of=(team,)))
    amal, stranger = (
        await make.user(agent_of=(team,), name="أمل"),
        await make.user(agent_of=(other,), name="غريب"),
    )
    page = await head.page("/assignment")
    assert "أمل" in page.text
    assert "غريب" not in page.text
    await send(head, f"/assignment/people/{amal}", capacity="7", languages="en", every_topic="yes")
    await send(
        head,
        f"/assignment/teams/{team}",
        strategy="longest_idle",
        hourly_cap="5",
        grace_minutes="20",
        patience_minutes="5",
    )
    (way,) = await queries.ways_of([team])
    assert (way.strategy, way.hourly_cap, way.grace_minutes) == ("longest_idle", 5, 20)
    mine = next(a for a in await queries.agents_of([team], since=make.NOW) if a.id == amal)
    assert (mine.capacity, mine.languages, mine.topics) == (7, ("en",), None)
    wrong = await send(head, f"/assignment/people/{amal}", capacity="1000", languages="en")
    assert wrong.status_code == 422
    assert (
        await send(head, f"/assignment/people/{stranger}", capacity="1", languages="en")
    ).status_code == 403


@pytest.mark.parametrize("path", ["/rules", "/rules/0", "/topics/0", "/assignment"])
async def test_agents_see_none_of_it(app: Litestar, db: Settings, path: str) -> None:
    agent = await signed_in(app, await make.viewer(agent_of=(await make.team(),)))
    assert (await agent.page(path)).status_code == 403
    if path != "/assignment":
        assert (await send(agent, path, **FILLED)).status_code == 403


async def test_an_agent_hands_a_ticket_back_from_its_page(app: Litestar, db: Settings) -> None:
    team = await make.team()
    agent = await make.viewer(agent_of=(team,), locale="ar")
    browser = await signed_in(app, agent)
    ticket_id = await make.ticket(team, assignee_id=agent.id, status="open", waiting_since=make.NOW)
    page = await browser.page(f"/tickets/{ticket_id}")
    assert f"/tickets/{ticket_id}/decline" in page.text
    answered = await send(browser, f"/tickets/{ticket_id}/decline", reason="not_my_topic")
    assert answered.status_code == 303
    assert await sql.value("SELECT assignee_id FROM tickets WHERE id = $1", ticket_id) is None
    page = await browser.page(f"/tickets/{ticket_id}")
    assert f"/tickets/{ticket_id}/decline" not in page.text
