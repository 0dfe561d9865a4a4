"""Topics, rules and who takes what, as administrators and supervisors write them in the browser."""

import re
from typing import Any

import pytest
from litestar import Litestar

from routing import COMPARISONS
from server.admin.last_week import WEEK
from server.admin.rule_asks import BY_CODE
from server.app import create_app
from server.assignment import queries
from server.assignment.queries import last_week, named
from server.assignment.queries.automatic_texts import automatic_texts
from server.db import sql
from server.kit import clock
from server.kit.settings import Settings
from server.people.queries import Viewer
from server.service_levels.actions import save_calendar
from tests.support import factories as make
from tests.support.desk import Browser, signed_in
from tests.unit.agent_ui.page import Page


def said(path: str, ask: str, *values: str) -> dict[str, Any]:
    """Return what the builder sends for one condition."""
    return {"node": [path], f"ask-{path}": ask, f"value-{path}": list(values)}


def together(*forms: dict[str, Any], **more: Any) -> dict[str, Any]:
    nodes = [node for form in forms for node in form["node"]]
    merged = {key: value for form in forms for key, value in form.items()}
    return merged | {"node": nodes} | more


FILLED = together(
    said("all-0", "if_words", "سفر، flight"),
    name="سفر قريب",
    then_priority="urgent",
    do="save",
)


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
    unless = said("none-0", "if_sender", "bank@mail.example")
    await send(browser, f"/rules/{rule.id}", **together(FILLED, unless, then_stop="yes"))
    (changed,) = await queries.written_rules()
    assert changed.body["when"]["none"] == [
        {"field": "sender", "op": "in", "value": ["bank@mail.example"]}
    ]
    assert changed.body["then"] == {"priority": "urgent", "stop": True}
    newest, first = await queries.rule_versions()
    assert (newest.author, len(newest.rules)) == (first.author, 1)
    page = await browser.page("/rules")
    assert "bank@mail.example</bdi></ins>" in page.text  # what the newest version added
    await send(browser, f"/rules/versions/{first.id}")
    assert await queries.written_rules() == (rule,)
    await send(browser, f"/rules/{rule.id}", do="remove")
    assert await queries.written_rules() == ()
    await send(browser, f"/rules/versions/{newest.id}")
    assert (await queries.written_rules())[0].body == changed.body


async def test_rules_change_places_and_are_switched_off(browser: Browser) -> None:
    for name in ("أ", "ب", "ج"):
        form = FILLED | {"name": name, "value-all-0": [name]}
        await send(browser, "/rules/0", **form)
    first, _, last = await queries.written_rules()
    await send(browser, f"/rules/{last.id}", do="up")
    await send(browser, f"/rules/{first.id}", do="up")
    await send(browser, f"/rules/{first.id}", do="off")
    assert [(r.name, r.enabled) for r in await queries.written_rules()] == [
        ("أ", False),
        ("ج", True),
        ("ب", True),
    ]


async def test_a_move_that_would_silence_another_rule_is_refused(browser: Browser) -> None:
    few = together(said("all-0", "if_words", "سفر"), said("all-1", "if_vip"))
    await send(browser, "/rules/0", **few, name="خاص", then_priority="high", do="save")
    await send(browser, "/rules/0", **FILLED | {"name": "عام", "then_stop": "yes"})
    special, general = await queries.written_rules()
    refused = await send(browser, f"/rules/{general.id}", do="up")
    assert refused.status_code == 422
    assert "«<bdi>خاص</bdi>»" in refused.text.split("<main")[1].split("</header>")[1][:600]
    assert await queries.written_rules() == (special, general)


@pytest.mark.parametrize(
    ("wrong", "beside"),
    [
        ({"then_priority": ""}, 'id="then-error"'),
        ({"name": " "}, 'name="name"'),
        ({"then_team": "404"}, 'name="then_team"'),
        (said("all-0", "if_topic", "404"), 'id="node-all-0"'),
        (said("all-0", "if_closed", "404"), 'id="node-all-0"'),
        (said("all-0", "if_earlier", "many"), 'id="node-all-0"'),
        (said("all-0", "if_time", "08:00", "08:00"), 'id="node-all-0"'),
        (said("all-0", "if_words", "؟؟؟"), 'id="node-all-0"'),
        (said("all-0", "if_words", ""), 'id="node-all-0"'),
        ({"node": ["all-0"], "ask-all-0": "", "kind-all-0": "any"}, 'id="node-all-0"'),
        (together(said("all-0", "if_vip"), said("none-0", "if_vip")), 'id="node-all-0"'),
    ],
)
async def test_a_rule_that_cannot_be_is_refused_beside_what_was_typed(
    browser: Browser, wrong: dict[str, Any], beside: str
) -> None:
    refused = await send(browser, "/rules/0", **FILLED | wrong)
    assert refused.status_code == 422
    assert re.search(f'{beside}(?:(?!name="then_).)*role="alert"', refused.text, re.DOTALL)
    assert await queries.written_rules() == ()


async def test_what_a_higher_rule_leaves_nothing_to_do_is_refused_and_names_it(
    browser: Browser,
) -> None:
    await send(browser, "/rules/0", **FILLED)
    for change in ({"then_priority": "low"}, {"then_priority": "urgent"}):
        refused = await send(browser, "/rules/0", **FILLED | {"name": "ثانية"} | change)
        assert refused.status_code == 422
        assert "«<bdi>سفر قريب</bdi>»" in refused.text
    assert len(await queries.written_rules()) == 1


async def test_what_goes_later_leaves_a_warning_and_no_ticket_lost(browser: Browser) -> None:
    amal = await make.user(name="أمل")
    await send(browser, "/rules/0", **FILLED | {"then_assign_to": str(amal)})
    await sql.run("UPDATE users SET active = false WHERE id = $1", amal)
    page = await browser.page("/rules")
    assert "تذكر موظفًا لم يعد يعمل هنا" in page.text
    tried = await send(browser, "/rules", text="سفر", channel="email", do="try")
    assert "عاجلة" in tried.text


async def test_a_rule_is_built_by_buttons_group_in_group(browser: Browser) -> None:
    form: dict[str, Any] = {"name": "بناء", "then_priority": "high"}

    async def press(button: str, **more: Any) -> str:
        answer = await browser.send("/rules/0", form | more | {"do": button})
        assert answer.status_code == 200
        form.clear()
        form.update(_fields(answer.text))
        return answer.text

    shown = await press("add:all", **{"new-all": "if_words"})
    assert "autofocus" in shown
    form["value-all-0"] = ["جواز"]
    await press("group:all")
    await press("add:all-1", **{"new-all-1": "if_vip"})
    await press("group:all-1")
    await press("add:all-1-1", **{"new-all-1-1": "if_channel"})
    form["value-all-1-1-0"] = ["telegram"]
    form["kind-all-1-1"] = "none"
    await press("up:all-1")  # before the words
    await press("down:all-0-0")  # into the group below it
    saved = await send(browser, "/rules/0", **form | {"do": "save"})
    assert saved.status_code == 303
    (rule,) = await queries.written_rules()
    assert rule.body["when"] == {
        "all": [
            {
                "any": [
                    {
                        "none": [
                            {"field": "vip", "op": "is", "value": True},
                            {"field": "channel", "op": "in", "value": ["telegram"]},
                        ]
                    },
                ]
            },
            {"field": "words", "op": "any", "value": ["جواز"]},
        ]
    }


def _fields(html: str) -> dict[str, Any]:
    """Return what a browser would send of this form, without its buttons."""
    found: dict[str, Any] = {}
    page = Page(html)
    for one in page.elements:
        name, kind = one.attrs.get("name"), one.attrs.get("type")
        if one.tag == "input" and name and (kind != "checkbox" or "checked" in one.attrs):
            found.setdefault(name, []).append(one.attrs.get("value", ""))
    for name, chosen in re.findall(
        r'<select name="((?:kind|then)[^"]*)".*?<option value="([^"]*)" selected', html, re.DOTALL
    ):
        found[name] = [chosen]
    return found


async def test_every_condition_that_routing_knows_can_be_built_and_read_back(
    browser: Browser, boss: Viewer
) -> None:
    topic, team = await make.topic(), await make.team()
    account = await make.account(team)
    calendar = await save_calendar(
        "دوام", zone="Asia/Riyadh", weekly={"0": [["08:00", "14:00"]]}, exceptions={}, now=make.NOW
    )
    values: dict[str, tuple[str, ...]] = {
        "topic": (str(topic),),
        "account": (str(account),),
        "calendar": (str(calendar),),
        "channel": ("email", "x"),
        "language": ("ar",),
        "weekday": ("4", "5"),
        "time": ("20:00", "06:00"),
        "date": ("2026-03-01", "2026-03-30"),
        "priority": ("high",),
        "topic_confidence": ("80",),
    }
    asks = list(BY_CODE.values())
    assert {(ask.field, ask.op) for ask in asks} == {
        (name, op) for name, ops in COMPARISONS.items() for op in ops
    }
    forms = [
        said(f"any-{at}", ask.code, *values.get(ask.field, ("3",))) for at, ask in enumerate(asks)
    ]
    saved = await send(browser, "/rules/0", **together(*forms, name="كل", then_tags="أ", do="save"))
    assert saved.status_code == 303
    (rule,) = await queries.written_rules()
    assert len(rule.body["when"]["any"]) == len(asks)
    again = await browser.page(f"/rules/{rule.id}")
    assert await send(browser, f"/rules/{rule.id}", **_fields(again.text) | {"do": "save"})
    assert (await queries.written_rules())[0].body == rule.body


async def test_a_dry_run_tells_every_rules_verdict(browser: Browser, boss: Viewer) -> None:
    await send(browser, "/rules/0", **FILLED)
    await send(browser, "/rules/0", **FILLED | {"name": "رسوم", "value-all-0": ["رسوم"]})
    tried = await send(
        browser, "/rules", subject="سؤال", text="عندي سفر قريب", channel="email", do="try"
    )
    first, second = re.findall(
        r'<li class="rule-verdict is-\w+">.*?(?=<li class="rule-v|</ol>)', tried.text, re.DOTALL
    )
    assert "is-matched" in first
    assert "rule-clause holds" in first
    assert "is-not_matched" in second
    assert "rule-clause fails" in second
    assert "عندي سفر قريب" in tried.text
    ticket_id = await make.ticket(1, subject="رسوم", number=555444)
    await make.message(ticket_id, text="كم الرسوم؟", subject="رسوم")
    await make.message(ticket_id, text="عندي سفر", subject="رد", seq=9)
    of_past = await send(browser, "/rules", ticket="555444", do="try")
    assert of_past.status_code == 200
    assert of_past.text.count("rule-verdict is-matched") == 1
    later = await send(browser, "/rules", ticket="555444", place="2", do="try")
    assert "is-matched" in later.text.split("سفر قريب")[-1] or later.text.count("is-matched") == 1
    assert (await browser.page("/rules?ticket=555444")).text.count("is-matched") == 1
    for nothing in ("/rules?ticket=", "/rules?ticket=%20"):
        assert (await browser.page(nothing)).status_code == 200
    broken = await browser.page("/rules?ticket=twelve")
    assert broken.status_code == 422
    assert 'role="alert"' in broken.text
    missing = await send(browser, "/rules", ticket="1", do="try")
    assert missing.status_code == 422
    assert 'role="alert"' in missing.text


async def test_a_dry_run_at_night_asks_the_calendar_of_that_night(browser: Browser) -> None:
    day = [["08:00", "14:00"]]
    await save_calendar(
        "دوام",
        zone="Asia/Riyadh",
        weekly={str(n): day for n in range(7)},
        exceptions={},
        now=make.NOW,
    )
    (calendar,) = await named.calendars()
    form = together(
        said("all-0", "if_closed", str(calendar.id)), name="ليلا", then_tags="ليل", do="save"
    )
    await send(browser, "/rules/0", **form)
    # A later version of the calendar is the one that counts.
    await save_calendar(
        "دوام",
        zone="Asia/Riyadh",
        weekly={str(n): [["08:00", "24:00"]] for n in range(7)},
        exceptions={},
        now=make.NOW,
    )
    for at, verdict in (("2026-03-02T23:00", "not_matched"), ("2026-03-02T03:00", "matched")):
        tried = await send(browser, "/rules", text="x", channel="email", at=at, do="try")
        assert f"rule-verdict is-{verdict}" in tried.text
    wrong = await send(browser, "/rules", text="x", channel="email", at="soon", do="try")
    assert wrong.status_code == 422


async def test_last_week_is_shown_before_saving_and_nothing_changes(browser: Browser) -> None:
    team = await make.team(ar="الاستعلامات")
    for number in range(3):
        ticket_id = await make.ticket(1, created_at=clock.now(), number=600 + number)
        await make.message(ticket_id, text="عندي سفر" if number else "لا شيء")
    shown = await send(browser, "/rules/0", **FILLED | {"then_team": str(team), "do": "preview"})
    assert shown.status_code == 200
    preview = shown.text.split('id="preview"')[1].split("</section>")[0]
    assert "الاستعلامات" in preview
    assert "601" in preview
    assert "600" not in preview
    assert re.findall(r"<td>(.*?)</td>", preview) == ["٣", "١", "٠", "٢"]
    assert await queries.written_rules() == ()


async def test_of_a_full_week_a_sample_is_looked_at_and_others_tickets_are_not_named(
    app: Litestar, db: Settings
) -> None:
    team, other = await make.team(), await make.team()
    for at, of in enumerate([team] * 6 + [other] * 6):
        ticket_id = await make.ticket(of, created_at=clock.now(), number=700 + at)
        await make.message(ticket_id, text="سفر")
    assert await last_week.came_since(clock.now() - WEEK) == 12
    assert len(await last_week.beginnings(since=clock.now() - WEEK, came=12, limit=4)) == 4
    head = await signed_in(app, await make.viewer(supervisor_of=(team,), locale="ar"))
    shown = await send(head, "/rules/0", **FILLED | {"do": "preview"})
    preview = shown.text.split('id="preview"')[1].split("</section>")[0]
    assert "705" in preview
    assert "706" not in preview


async def test_a_supervisor_writes_rules_and_signs_for_them(app: Litestar, db: Settings) -> None:
    team = await make.team()
    head = await make.viewer(supervisor_of=(team,), name="هدى")
    saved = await send(await signed_in(app, head), "/rules/0", **FILLED)
    assert saved.status_code == 303
    assert [version.author for version in await queries.rule_versions()] == ["هدى"]


async def test_texts_for_automatic_answers_are_kept_while_rules_use_them(
    browser: Browser, boss: Viewer
) -> None:
    words = {"name": "خارج الدوام", "text_ar": "نرد غدا", "text_en": "Tomorrow"}
    assert (await send(browser, "/rules/texts/0", **words)).status_code == 303
    assert (await send(browser, "/rules/texts/0", **words)).status_code == 422
    assert (await send(browser, "/rules/texts/0", **words | {"text_en": " "})).status_code == 422
    (text,) = await automatic_texts()
    await send(browser, "/rules/0", **FILLED | {"then_auto_reply": str(text.id)})
    refused = await send(browser, f"/rules/texts/{text.id}", **words, do="remove")
    assert refused.status_code == 422
    assert "سفر قريب" in refused.text
    (rule,) = await queries.written_rules()
    await send(browser, f"/rules/{rule.id}", do="remove")
    assert (await send(browser, f"/rules/texts/{text.id}", **words, do="remove")).status_code == 303
    assert await automatic_texts() == ()


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


@pytest.mark.parametrize(
    "path", ["/rules", "/rules/0", "/rules/texts/0", "/topics/0", "/assignment"]
)
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
