"""Topics are written with their examples, moved and put away; how they are recognised is shown and learnt again."""

from typing import Any

import pytest
from litestar import Litestar

from agent_ui import urls
from server.app import create_app
from server.assignment import actions, queries, topic_model
from server.db import sql
from server.kit import clock
from server.kit.settings import Settings
from server.kit.work import transaction
from tests.support import factories as make
from tests.support.desk import Browser, signed_in


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def app(db: Settings) -> Litestar:
    return create_app()


@pytest.fixture
async def browser(app: Litestar) -> Browser:
    viewer = await make.viewer(administrator=True, locale="en", digits="latn")
    return await signed_in(app, viewer)


async def send(browser: Browser, path: str, **data: Any) -> Any:
    return await browser.send(path, data, whole=True)


async def begun() -> dict[str, int]:
    """Begin with the starting topics and learn them."""
    topics = await actions.begin_with_topics()
    assert (await actions.train_if_due(now=clock.now())) is not None
    topic_model.forget()
    return topics


async def test_a_desk_without_topics_is_offered_some(browser: Browser) -> None:
    assert "Begin with these topics" in (await browser.page(urls.topics())).text
    for _ in range(2):
        assert (await send(browser, urls.topics(), do="begin")).status_code == 303
    page = (await browser.page(urls.topics())).text
    assert page.count('<li id="topic-') == len(await queries.written_topics()) == 11
    assert "Begin with these topics" not in page


async def test_examples_are_kept_one_a_line_and_told_when_too_long(browser: Browser) -> None:
    filled = {
        "name_ar": "رسوم",
        "name_en": "Fees",
        "examples": "كم الرسوم؟\r\n\r\n how much \n how much",
    }
    saved = await send(browser, urls.topics(), do="save", **filled)
    assert saved.status_code == 303
    (topic,) = await queries.written_topics()
    assert topic.examples == ("كم الرسوم؟", "how much")
    refused = await send(
        browser, urls.topics(topic.id), do="save", **filled | {"examples": "x" * 1001}
    )
    assert refused.status_code == 422
    assert "This is too long" in refused.text


async def test_neighbours_change_places(browser: Browser) -> None:
    first, second = await make.topic(en="One"), await make.topic(en="Two")
    below = await make.topic(en="Below", parent_id=second)

    async def order() -> list[int]:
        return [topic.id for topic in await queries.written_topics() if topic.id != below]

    for do, expected in (
        ("up", [second, first]),
        ("up", [second, first]),
        ("down", [first, second]),
    ):
        assert (await send(browser, urls.topics(second), do=do)).status_code == 303
        assert await order() == expected


async def test_a_topic_that_a_rule_names_is_not_put_away(browser: Browser) -> None:
    topic = await make.topic()
    await actions.add_rule(
        name="Travels soon",
        body={
            "when": {"any": [{"none": [{"field": "topic", "op": "in", "value": [topic]}]}]},
            "then": {"priority": "urgent"},
        },
        position=1,
        now=make.NOW,
    )
    refused = await send(browser, urls.topics(topic), do="remove", into="")
    assert refused.status_code == 409
    assert "Travels soon" in refused.text
    assert len(await queries.written_topics()) == 1


async def test_who_takes_over_gets_what_is_open_and_what_lay_below(browser: Browser) -> None:
    gone, heir = await make.topic(en="Gone"), await make.topic(en="Heir")
    below = await make.topic(en="Below", parent_id=gone)
    team = await make.team()
    waits = await make.ticket(team, topic_id=gone)
    over = await make.ticket(team, topic_id=gone, status="closed")
    for into in ("", str(below), str(gone)):
        refused = await send(browser, urls.topics(gone), do="remove", into=into)
        assert refused.status_code == 422
        assert 'id="into-error"' in refused.text
    assert (await send(browser, urls.topics(gone), do="remove", into=str(heir))).status_code == 303
    topics = {topic.id: topic for topic in await queries.written_topics()}
    assert set(topics) == {heir, below}
    assert topics[below].parent_id == heir
    assert await sql.value("SELECT topic_id FROM tickets WHERE id = $1", waits) == heir
    assert await sql.value("SELECT topic_id FROM tickets WHERE id = $1", over) == gone
    told = await sql.value("SELECT data->>'to' FROM events WHERE kind = 'topic_changed'")
    assert int(told) == heir
    page = (await browser.page(urls.topics())).text
    assert "took over" in page
    assert (await send(browser, urls.topics(gone), do="restore")).status_code == 303
    assert {topic.id for topic in await queries.written_topics()} == {gone, heir, below}


async def test_only_administrators_write_topics_and_only_supervisors_look(app: Litestar) -> None:
    topic, team = await make.topic(), await make.team()
    supervisor = await signed_in(app, await make.viewer(supervisor_of=(team,)))
    assert (await supervisor.page(urls.topics(topic))).status_code == 403
    assert (await send(supervisor, urls.topics(topic), do="remove")).status_code == 403
    assert (await supervisor.page(urls.TOPIC_MODEL)).status_code == 200
    agent = await signed_in(app, await make.viewer(agent_of=(team,)))
    assert (await agent.page(urls.TOPIC_MODEL)).status_code == 403
    assert (await send(agent, urls.TOPIC_MODEL)).status_code == 403


async def test_before_the_first_training_the_page_says_what_to_do(browser: Browser) -> None:
    page = (await browser.page(urls.TOPIC_MODEL)).text
    assert "Nothing has been learnt yet" in page
    assert (await send(browser, urls.TOPIC_MODEL)).status_code == 303
    assert "Learning has begun" in (await browser.page(urls.TOPIC_MODEL)).text
    assert await sql.value("SELECT state FROM topic_trainings") == "asked"


async def test_confusions_link_to_the_tickets_of_teams_that_the_viewer_supervises(
    app: Litestar,
) -> None:
    topics = await begun()
    ours, theirs = await make.team(), await make.team()
    tickets = []
    for team in (ours, theirs):
        ticket_id = await make.ticket(
            team, topic_id=topics["fees"], topic_by_person=True, created_at=clock.now()
        )
        await make.event(ticket_id, "routed", {"topic": topics["loss"]})
        tickets.append(ticket_id)
    supervisor = await make.viewer(supervisor_of=(ours,), locale="en", digits="latn")
    page = (await (await signed_in(app, supervisor)).page(urls.TOPIC_MODEL)).text
    assert f'href="{urls.ticket(tickets[0])}"' in page
    assert f'href="{urls.ticket(tickets[1])}"' not in page
    assert "Loss report" in page
    assert "Better or as good: taken into use" in page


async def test_a_model_that_is_gone_is_told_to_administrators_until_it_is_back(
    browser: Browser,
) -> None:
    await begun()
    await actions.watch_model(now=make.NOW)
    assert await sql.value("SELECT count(*) FROM alarms") == 0
    (whole,) = topic_model.versions()
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])
    for _ in range(2):
        async with transaction():
            await actions.watch_model(now=make.NOW)
    assert await sql.value("SELECT count(*) FROM alarms WHERE ended_at IS NULL") == 1
    assert "missing or damaged" in (await browser.page(urls.TOPIC_MODEL)).text
    assert "missing or damaged" in (await browser.page(urls.NOTICES)).text
    whole.write_bytes(content)
    await actions.watch_model(now=make.NOW)
    assert await sql.value("SELECT count(*) FROM alarms WHERE ended_at IS NULL") == 0
