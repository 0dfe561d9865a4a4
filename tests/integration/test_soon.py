"""A row turns amber when the policy says that its promise becomes urgent, and red only when it is late."""

import re
from datetime import timedelta

import pytest

from agent_ui import urls
from server.app import create_app
from server.kit import clock
from tests.support import factories as make
from tests.support.desk import Browser, signed_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def urgency(browser: Browser, path: str, ticket: int) -> str:
    page = (await browser.page(path)).text
    found = re.search(rf'id="ticket-row-{ticket}".*?class="time-left is-(\w+)"', page, re.DOTALL)
    assert found, path
    return found[1]


async def test_a_row_is_urgent_from_the_moment_its_policy_names() -> None:
    now = clock.now()
    team = await make.team()
    hour = timedelta(hours=1)
    rows = {
        "soon": await make.ticket(team, next_due_at=now + 5 * hour, next_warn_at=now - hour),
        "calm": await make.ticket(team, next_due_at=now + hour / 2, next_warn_at=now + hour / 4),
        "late": await make.ticket(team, next_due_at=now - hour, next_warn_at=now - 2 * hour),
    }
    viewer = await make.viewer(agent_of=(team,), supervisor_of=())
    browser = await signed_in(create_app(), viewer)
    for expected, ticket in rows.items():
        assert await urgency(browser, urls.inbox("all"), ticket) == expected
        assert await urgency(browser, urls.inbox(f"team-{team}"), ticket) == expected


async def test_without_a_step_before_it_the_last_hour_is_urgent() -> None:
    now = clock.now()
    team = await make.team()
    near = await make.ticket(team, next_due_at=now + timedelta(minutes=40))
    far = await make.ticket(team, next_due_at=now + timedelta(minutes=90))
    browser = await signed_in(create_app(), await make.viewer(agent_of=(team,)))
    assert await urgency(browser, urls.inbox("all"), near) == "soon"
    assert await urgency(browser, urls.inbox("all"), far) == "calm"
