"""Tags: put on by people, shown, listed, looked for, and never a word of them in an event."""

from typing import Any

import pytest
from litestar import Litestar

from server.app import create_app
from server.db import sql
from server.kit.settings import Settings
from server.people.queries import Viewer
from server.search import screens
from server.search.actions import take_up
from server.search.pool import searching
from tests.support import factories as make
from tests.support.desk import Browser, signed_in


@pytest.fixture
async def app(db: Settings) -> Litestar:
    return create_app()


@pytest.fixture
async def team(app: Litestar) -> int:
    return await make.team()


@pytest.fixture
async def amal(team: int) -> Viewer:
    return await make.viewer(agent_of=(team,), locale="ar")


@pytest.fixture
async def browser(app: Litestar, amal: Viewer) -> Browser:
    return await signed_in(app, amal)


async def tag(browser: Browser, ticket_id: int, tags: str, *, key: str) -> Any:
    return await browser.send(f"/tickets/{ticket_id}/tags", {"tags": tags, "form_key": key})


async def events(ticket_id: int) -> list[tuple[str, dict[str, Any]]]:
    found = await sql.rows(
        "SELECT kind, data FROM events WHERE ticket_id = $1 AND kind LIKE '%tagged' ORDER BY seq",
        ticket_id,
    )
    return [(row["kind"], sql.load(row["data"])) for row in found]


async def test_tags_are_put_on_shown_and_taken_off(browser: Browser, team: int) -> None:
    ticket_id = await make.ticket(team)
    await make.message(ticket_id)
    shown = await tag(browser, ticket_id, "عائلة، VIP, عائلة ،", key="one")
    assert shown.status_code == 200
    assert await sql.value("SELECT tags FROM tickets WHERE id = $1", ticket_id) == ["عائلة", "VIP"]
    assert "أُضيف الوسم: <bdi>عائلة</bdi>" in shown.text
    await tag(browser, ticket_id, "عائلة، VIP", key="two")  # nothing new happens
    await tag(browser, ticket_id, "VIP", key="three")
    await tag(browser, ticket_id, "", key="one")  # a repeat of the first form
    assert await sql.value("SELECT tags FROM tickets WHERE id = $1", ticket_id) == ["VIP"]
    written = await events(ticket_id)
    assert [kind for kind, _ in written] == ["tagged", "tagged", "untagged"]
    assert all(set(data) == {"tag"} and isinstance(data["tag"], int) for _, data in written)
    row = (await browser.page("/inbox/all")).text
    assert "<bdi>VIP</bdi>" in row


@pytest.mark.parametrize("tags", [",".join(map(str, range(21))), "x" * 61])
async def test_too_many_or_too_long_tags_are_refused_beside_the_field(
    browser: Browser, team: int, tags: str
) -> None:
    ticket_id = await make.ticket(team)
    await make.message(ticket_id)
    refused = await tag(browser, ticket_id, tags, key="k")
    assert refused.status_code == 422
    assert 'id="tags-error"' in refused.text
    assert await sql.value("SELECT tags FROM tickets WHERE id = $1", ticket_id) == []


async def test_a_list_shows_only_what_has_the_tag_and_only_of_ones_own_teams(
    browser: Browser, team: int, amal: Viewer
) -> None:
    other = await make.team()
    subjects = {}
    for subject, of, tags, extra in (
        ("أول", team, ["عائلة"], {}),
        ("ثان", team, [], {}),
        ("غريب", other, ["عائلة"], {}),
        ("ثالث", team, ["عائلة", "x"], {"assignee_id": amal.id}),
    ):
        ticket_id = await make.ticket(of, subject=subject, **extra)
        await make.message(ticket_id, text=subject)
        await sql.run(
            "UPDATE tickets SET tags = $2, last_words = $3 WHERE id = $1", ticket_id, tags, subject
        )
        subjects[subject] = ticket_id

    async def shown(view: str) -> set[str]:
        page = (await browser.part(f"/inbox/{view}?tag=عائلة")).text
        return {subject for subject, one in subjects.items() if f"ticket-row-{one}" in page}

    assert await shown("all") == {"أول", "ثالث"}
    assert await shown("mine") == {"ثالث"}
    assert await shown("unassigned") == {"أول"}
    assert await shown(f"team-{team}") == {"أول", "ثالث"}
    assert await shown("late") == set()


async def test_nobody_tags_what_they_may_not_see(browser: Browser) -> None:
    ticket_id = await make.ticket(await make.team())
    assert (await tag(browser, ticket_id, "x", key="k")).status_code == 404


@pytest.mark.parametrize("asked", ['tag:"سفر العائله"', "وسم:سفر_العائلة", "الوسم:VIP"])
async def test_a_search_for_a_tag_finds_it_in_any_spelling(
    browser: Browser, team: int, amal: Viewer, asked: str
) -> None:
    tagged, plain = await make.ticket(team), await make.ticket(team)
    for ticket_id in (tagged, plain):
        await make.message(ticket_id, text="سؤال")
    await tag(browser, tagged, "سفر العائلة، vip", key="k")
    while await take_up():
        pass
    async with searching():
        found = await screens.results(amal, asked=asked, older=True, after=None, now=make.NOW)
        assert [one.row.id for one in found.found] == [tagged]
        nothing = await screens.results(amal, asked="tag:x", older=True, after=None, now=make.NOW)
    assert [notice.code for notice in nothing.notices] == ["search_no_such_tag"]
