"""A figure is the same on its page, in a file and for a program, and bears the id under which it is defined."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar

from agent_ui import urls
from agent_ui.metric_words import METRIC
from server.app import create_app
from server.db import sql
from server.kit import clock
from server.people.queries import Viewer
from server.supervision.metrics import METRICS
from server.supervision.queries.facts import BYS, COUNTED, By
from tests.support import factories as make
from tests.support.desk import signed_in
from tests.support.programs import described, fields, program

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

NOW = make.NOW
FROM, TO = "2026-11-01", "2026-11-22"
DAYS = {"from": FROM, "to": TO}
PERIOD = {"kind": "days", "first": FROM, "last": TO}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def promise(ticket: int, state: str) -> None:
    await sql.run(
        """
        INSERT INTO clocks (ticket_id, target, turn, state, due_at, data, started_at, decided_at, used_seconds)
        VALUES ($1, 'first_response', 1, $2, $3, '{}', $4, $3, 5400)
        """,
        ticket,
        state,
        NOW - timedelta(days=1),
        NOW - timedelta(days=2),
    )


async def house() -> tuple[Viewer, tuple[int, int]]:
    """Two teams with one supervisor, and a third that is not theirs."""
    teams = (await make.team(ar="الأول", en="One"), await make.team(ar="الثاني", en="Two"))
    topic = await make.topic()
    agent = await make.user(agent_of=teams, name="Sami", presence="online")
    for team, states in (
        (teams[0], ("met", "met", "met_late")),
        (teams[1], ("met", "breached")),
        (await make.team(), ("met", "breached", "breached")),
    ):
        for n, state in enumerate(states):
            late = state == "breached"
            ticket = await make.ticket(
                team,
                topic_id=topic if n else None,
                channel="telegram" if n else "email",
                assignee_id=agent if n else None,
                status="open",
                next_due_at=NOW - timedelta(hours=1) if late else None,
                waiting_since=NOW - timedelta(hours=3) if late else None,
            )
            await promise(ticket, state)
            await make.message(ticket)
            await make.event(ticket, "status_changed", {"from": "open", "to": "resolved"})
    return await make.viewer(supervisor_of=teams, locale="en", digits="latn"), teams


async def ask(caller: httpx.AsyncClient, path: str, **query: str) -> Any:
    answer = await caller.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def cells(html: str) -> list[str]:
    found = re.findall(r"<td[^>]*>(.*?)</td>", html, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", cell) for cell in found]


@pytest.mark.parametrize("by", BYS)
async def test_page_file_and_program_say_the_same_of_a_period(app: Litestar, by: By) -> None:
    viewer, teams = await house()
    told = await ask(
        await program(app, viewer.id, "reports:read"), "/api/v1/reports", by=by, **DAYS
    )
    browser = await signed_in(app, viewer)
    text = (await browser.page(urls.report_file("report.csv", **PERIOD, by=by))).content
    *rows, total = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    said = told["total"]
    assert (said["promises"]["kept"], said["promises"]["broken"]) == (3, 2)
    assert (int(total["Kept"]), int(total["Late"])) == (3, 2)
    assert len(rows) == len(told["rows"])
    for line, row in zip([*rows, total], [*told["rows"], said], strict=True):
        assert int(line["Kept"]) == row["promises"]["kept"]
        assert int(line["Late"]) == row["promises"]["broken"]
    keys = {row["key"] for row in told["rows"]}
    assert len(keys) == len(told["rows"])
    assert by != "team" or keys == {str(team) for team in teams}
    page = (await browser.page(urls.reports(**PERIOD, by=by))).text
    promises, *volumes = map(cells, re.findall(r"<tfoot>(.*?)</tfoot>", page, re.DOTALL))
    assert promises[len(told["targets"]) :][:2] == ["3", "2"]
    if by == "calendar":  # a promise has a calendar, and nothing else has
        assert (volumes, said["volumes"]) == ([], {})
        return
    counted = [cell for n, cell in enumerate(volumes[0]) if n != COUNTED.index("reassigned")]
    assert [0 if cell == "–" else int(cell) for cell in counted] == [
        said["volumes"][name] for name in COUNTED
    ]
    for name in COUNTED:
        assert int(total[METRIC[name]]) == said["volumes"][name]
        assert sum(row["volumes"].get(name, 0) for row in told["rows"]) == said["volumes"][name]


async def test_what_stands_over_a_report_is_the_total_below_it(app: Litestar) -> None:
    viewer, _ = await house()
    caller = await program(app, viewer.id, "reports:read")
    told = await ask(caller, "/api/v1/reports", **DAYS)
    figures = {one["metric"]: one["value"] for one in told["figures"]}
    assert figures["attainment"] == told["total"]["promises"]["attainment"] == 60
    assert figures["opened"] == 5
    assert figures["resolved"] == told["total"]["volumes"]["resolved"] == 5
    assert sum(part["promises"]["kept"] for part in told["parts"]) == 3
    assert set(figures) <= set(METRICS)
    (line,) = told["targets"]
    assert line["times"]["open_median"] == pytest.approx(5400, rel=0.02)


async def test_the_wall_says_to_programs_what_it_shows(app: Litestar) -> None:
    viewer, _ = await house()
    caller = await program(app, viewer.id, "reports:read")
    told = await ask(caller, "/api/v1/wall")
    figures = {one["metric"]: one["value"] for one in told["figures"]}
    assert set(figures) == {one.id for one in METRICS.values() if "wall" in one.shown}
    assert (figures["open_now"], figures["late_now"], figures["unassigned"]) == (5, 1, 2)
    assert figures["waiting_longest"] == pytest.approx(
        (clock.now() - NOW + timedelta(hours=3)).total_seconds(), abs=60
    )
    report = await ask(caller, "/api/v1/reports", **DAYS)
    assert (figures["open_now"], figures["late_now"]) == (report["open_now"], report["late_now"])
    assert {one["team"]["name"]["ar"]: one["late_now"] for one in told["teams"]} == {
        "الأول": 0,
        "الثاني": 1,
    }


async def test_one_team_is_asked_for_alone_and_only_by_those_who_lead_it(app: Litestar) -> None:
    viewer, (first, second) = await house()
    caller = await program(app, viewer.id, "reports:read")
    for team, kept in ((first, 2), (second, 1)):
        told = await ask(caller, "/api/v1/reports", **DAYS, team=str(team))
        assert told["total"]["promises"]["kept"] == kept
        wall = await ask(caller, "/api/v1/wall", team=str(team))
        assert [one["team"]["id"] for one in wall["teams"]] == [str(team)]
    other = await make.team()
    for path in ("/api/v1/wall", "/api/v1/reports"):
        assert (await caller.get(path, params={"team": str(other)})).status_code == 404
        assert (await caller.get(path, params={"team": "999999"})).status_code == 404
        refused = await caller.get(path, params={"team": "1; DROP"})
        assert (refused.status_code, set(fields(refused))) == (422, {("team", "not_possible")})


async def test_every_figure_is_defined_in_the_language_that_is_asked_for(app: Litestar) -> None:
    viewer, _ = await house()
    caller = await program(app, viewer.id, "reports:read")
    english = await ask(caller, "/api/v1/metrics")
    arabic = await ask(caller, "/api/v1/metrics", language="ar")
    assert {one["id"] for one in english["metrics"]} == set(METRICS)
    assert (english["language"], arabic["language"]) == ("en", "ar")
    of = {one["id"]: one for one in arabic["metrics"]}
    assert of["attainment"]["unit"] == "percent"
    assert re.search("[\u0621-\u064a]", of["attainment"]["meaning"])
    assert english["metrics"][0]["meaning"] != arabic["metrics"][0]["meaning"]
    wrong = await caller.get("/api/v1/metrics", params={"language": "xx"})
    assert set(fields(wrong)) == {("language", "not_possible")}


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"from": "soon"}, "period", "date_unreadable"),
        ({"from": "2026-11-23", "to": "2026-11-22"}, "period", "range_inverted"),
        ({"from": "1990-01-01", "to": TO}, "period", "period_too_long"),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "period", "date_unreadable"),
        ({"by": "mood"}, "by", "not_possible"),
        ({"team": "\x00"}, "team", "not_possible"),
        ({"team": "٣"}, "team", "not_possible"),
        ({"team": "9" * 400}, "team", "not_possible"),
    ],
)
async def test_what_cannot_be_meant_is_said_field_by_field(
    app: Litestar, query: dict[str, str], field: str, code: str
) -> None:
    viewer, _ = await house()
    answer = await (await program(app, viewer.id, "reports:read")).get(
        "/api/v1/reports", params=query
    )
    assert (answer.status_code, set(fields(answer))) == (422, {(field, code)})
    assert described(app, "get", "/api/v1/reports", answer) == []


async def test_answers_are_what_the_description_says(app: Litestar) -> None:
    viewer, _ = await house()
    caller = await program(app, viewer.id, "reports:read")
    for path in ("/api/v1/metrics", "/api/v1/wall"):
        assert described(app, "get", path, await caller.get(path)) == []
    for by in BYS:
        answer = await caller.get("/api/v1/reports", params=DAYS | {"by": by})
        assert described(app, "get", "/api/v1/reports", answer) == []
    empty = await program(app, await make.user(supervisor_of=(await make.team(),)), "reports:read")
    for path in ("/api/v1/wall", "/api/v1/reports"):
        assert described(app, "get", path, await empty.get(path)) == []
