"""Why a ticket is where it is, from the decision to the panel, in words for somebody who did not build it."""

import re
from html import unescape

import pytest
from litestar import Litestar

from server.app import create_app
from server.assignment import actions
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.settings import Settings
from server.kit.work import transaction
from server.people.actions import set_presence
from server.people.queries import Viewer
from server.tickets import actions as tickets
from tests.support import factories as make
from tests.support.desk import signed_in

NOW = make.NOW


@pytest.fixture
async def app(db: Settings) -> Litestar:
    return create_app()


async def agent(team: int, name: str, *, capacity: int = 5, presence: str = "online") -> Viewer:
    person = await make.viewer(agent_of=(team,), name=name)
    boss = await make.viewer(administrator=True)
    await set_presence(person.id, presence, now=NOW)
    await actions.set_skills(
        person.id, capacity=capacity, languages=["ar", "en"], topics=None, by=boss, now=NOW
    )
    return person


async def arrives(text: str) -> int:
    async with transaction():
        ticket_id = await make.ticket(1, waiting_since=NOW)
        message_id = await make.message(ticket_id, text=text)
        data = {"message": message_id, "said_us": int(NOW.timestamp() * 1e6)}
        await emit([Event(ticket_id, "ticket_created", data)], at=NOW)
    return ticket_id


async def panel(app: Litestar, ticket_id: int, viewer: Viewer) -> list[str]:
    """Return the panel's lines as they are read."""
    browser = await signed_in(app, viewer)
    html = (await browser.part(f"/tickets/{ticket_id}")).text
    why = html.split('id="why"')[1].split("</ol>")[0]
    lines = re.findall(r"<(?:h4|li)>(.*?)</(?:h4|li)>", why.replace('<li class="why-step">', ""))
    plain = (unescape(re.sub(r"<[^>]+>|[\u2068\u2069]", "", line)) for line in lines)
    return [" ".join(line.split()) for line in plain]


async def test_the_whole_way_of_a_ticket_is_told_in_order(app: Litestar) -> None:
    team = await make.team(en="Passports")
    boss = await make.viewer(administrator=True, locale="en", digits="latn")
    for name, word, then in (
        ("Travels soon", "flight", {"team": team, "priority": "urgent", "tags": ["family"]}),
        ("Complaints", "complaint", {"team": 1}),
    ):
        await actions.save_rule(
            None,
            name=name,
            body={
                "when": {"all": [{"field": "words", "op": "any", "value": [word]}]},
                "then": then,
            },
            by=boss,
            now=NOW,
        )
    amal = await agent(team, "Amal")
    await agent(team, "Badr", capacity=0)
    await agent(team, "Dana", presence="away")
    ticket_id = await arrives("my flight is tomorrow")
    await actions.decline(ticket_id, reason="not_my_topic", by=amal, now=NOW)
    huda = await make.viewer(supervisor_of=(team,), name="Huda")
    await tickets.assign(ticket_id, to=amal.id, by=huda, form_key="k", now=NOW)
    lines = await panel(app, ticket_id, boss)
    told = [line for line in lines if not re.fullmatch(r".*\d\d:\d\d.*", line) or "“" in line]
    assert "No topic could be recognised" in told
    assert "Rules read: 2. Rules that applied: 1" in told
    assert "These did not apply: Complaints" in told
    assert "The rule “Travels soon” applied and sent it to Passports" in told
    assert "The rule “Travels soon” applied and set the priority: Urgent" in told
    assert "The rule “Travels soon” applied and added tags: family" in told
    assert any(line.startswith("Amal was next in turn") for line in told)
    assert "Carry as much as they may already: Badr" in told
    assert "Away: Dana" in told
    assert "Amal handed it back: another topic" in told
    assert "Handed it back before: Amal" in told
    assert "Huda gave it to Amal" in told
    order = [
        told.index(line)
        for line in (
            "No topic could be recognised",
            "Rules read: 2. Rules that applied: 1",
            "Carry as much as they may already: Badr",
            "Amal handed it back: another topic",
            "Huda gave it to Amal",
        )
    ]
    assert order == sorted(order)


async def test_what_nobody_named_goes_to_the_catch_all_and_says_so(app: Litestar) -> None:
    boss = await make.viewer(administrator=True, locale="en", digits="latn")
    ticket_id = await arrives("hello")
    lines = await panel(app, ticket_id, boss)
    assert "No rule and no topic names a team, so it went to Intake" in lines


async def test_a_topic_by_the_model_says_how_sure_it_is(app: Litestar) -> None:
    boss = await make.viewer(administrator=True, locale="en", digits="latn")
    team, topic = await make.team(), await make.topic(en="Renewal")
    for sure, words in ((0.95, "almost certainly"), (0.8, "probably"), (0.5, "may be")):
        ticket_id = await make.ticket(team)
        await make.message(ticket_id)
        reason = {"code": "topic_given", "topic": topic, "confidence": sure}
        await make.event(ticket_id, "routed", {"team": team, "topic": topic, "reasons": [reason]})
        (line,) = [one for one in await panel(app, ticket_id, boss) if "Renewal" in one]
        assert words in line
        assert f"{sure:.0%}" in line


async def test_rules_that_name_what_is_gone_or_cannot_be_read_lose_no_ticket(app: Litestar) -> None:
    boss = await make.viewer(administrator=True, locale="en", digits="latn")
    bodies = (
        {"then": {"team": 404, "topic": 404, "policy": 404, "assign_to": 404, "auto_reply": 404}},
        {
            "when": {"all": [{"field": "calendar", "op": "closed", "value": [404]}]},
            "then": {"team": 1},
        },
        {"when": {"all": [{"field": "moon", "op": "is", "value": "full"}]}, "then": {"team": 1}},
        {"when": [], "then": None},
    )
    for place, body in enumerate(bodies):
        await sql.run(
            "INSERT INTO rules (position, name, body, created_at) VALUES ($1, $2, $3::jsonb, $4)",
            place,
            f"rule {place}",
            sql.dump(body),
            NOW,
        )
    ticket_id = await arrives("hello")
    row = await sql.row("SELECT team_id, asked_policy_id FROM tickets WHERE id = $1", ticket_id)
    assert row is not None
    assert (row["team_id"], row["asked_policy_id"]) == (1, None)
    lines = await panel(app, ticket_id, boss)
    assert "Rule “rule 0” names a team that no longer exists" in lines
    assert "No rule and no topic names a team, so it went to Intake" in lines
    browser = await signed_in(app, boss)
    listed = (await browser.page("/rules")).text
    assert listed.count("This rule cannot be read") == 2
    assert "It names a calendar that no longer exists" in listed
    for rule_id in await sql.rows("SELECT id FROM rules"):
        assert (await browser.page(f"/rules/{rule_id['id']}")).status_code == 200
