"""Charts in a real browser: drawn from the table beside them, in either direction, and again when it changes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from agent_ui import stylesheet, urls
from tests.e2e.islands_server import IslandsServer, islands_server

PAGE = """<!doctype html><html lang="{lang}" dir="{dir}" data-digits="{digits}"
data-theme="{theme}"><meta charset="utf-8">
<link rel="stylesheet" href="{css}"><script src="/static/vendor/htmx.js"></script>
<script type="module" src="/static/js/desk.js"></script>
<data-chart kind="{kind}" data-library="/static/vendor/uplot.js" data-style="/static/vendor/uplot.css">
<table><thead><tr><th>Hour</th><th data-series="in">Arrived</th><th data-series="late">Late</th></tr></thead>
<tbody>{rows}</tbody></table></data-chart></html>"""
ROW = '<tr><th>h{0}</th><td data-value="{1}">n{1}</td><td data-value="{2}">{2}</td></tr>'
INK = """(chart) => {
  const canvas = chart.shadowRoot.querySelector("canvas");
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let red = 0, any = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 200) any++;
    if (data[at + 3] > 200 && data[at] > 1.5 * data[at + 2] && data[at] > 120) red++;
  }
  return [any, red];
}"""


@pytest.fixture
def server() -> Iterator[IslandsServer]:
    with islands_server() as started:
        started.answers[urls.STYLESHEET] = (200, stylesheet.text())
        yield started


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """A tab in which no script may fail and nothing may offend the content policy."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Policy" in said.text else None)
    yield page
    assert complaints == []


def show(page: Page, server: IslandsServer, **given: object) -> None:
    rows = "".join(ROW.format(hour, hour * 3 + 1, 5 if hour == 4 else 0) for hour in range(6))
    words: dict[str, object] = {
        "lang": "en",
        "dir": "ltr",
        "digits": "latn",
        "theme": "light",
        "kind": "bars",
        "rows": rows,
        "css": urls.STYLESHEET,
    }
    server.answers["/chart"] = (200, PAGE.format(**words | given))
    page.goto(f"{server.url}/chart")
    expect(page.locator("data-chart canvas")).to_be_visible()


def read_at(page: Page, share: float) -> str:
    """Point at a place along the axis; return what the chart says is there."""
    over = page.locator("data-chart .u-over")
    box = over.bounding_box()
    assert box
    over.hover(position={"x": box["width"] * share, "y": 20})
    return page.locator("data-chart [part=said]").inner_text()


@pytest.mark.parametrize("kind", ["bars", "lines"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_series_is_drawn_in_its_colour(
    quiet: Page, server: IslandsServer, kind: str, theme: str
) -> None:
    show(quiet, server, kind=kind, theme=theme)
    drawn, late = quiet.locator("data-chart").evaluate(INK)
    assert drawn > 1000
    assert late > 50


def test_what_is_pointed_at_is_said_in_the_words_of_the_table(
    quiet: Page, server: IslandsServer
) -> None:
    show(quiet, server)
    assert read_at(quiet, 0.05) == "h0 · Arrived: n1 · Late: 0"
    assert read_at(quiet, 0.95) == "h5 · Arrived: n16 · Late: 0"


def test_in_arabic_time_runs_from_right_to_left(quiet: Page, server: IslandsServer) -> None:
    show(quiet, server, lang="ar", dir="rtl", digits="arab")
    assert read_at(quiet, 0.05).startswith("h5")
    assert read_at(quiet, 0.95).startswith("h0")


def test_a_table_that_changes_is_drawn_again(quiet: Page, server: IslandsServer) -> None:
    show(quiet, server)
    read_at(quiet, 0.05)
    more = ROW.format("X", 90, 0)
    quiet.evaluate(
        "(row) => document.querySelector('tbody').insertAdjacentHTML('afterbegin', row)", more
    )
    quiet.mouse.move(0, 0)
    assert read_at(quiet, 0.03) == "hX · Arrived: n90 · Late: 0"
    expect(quiet.locator("data-chart canvas")).to_have_count(1)


def test_without_rows_there_is_no_chart_and_no_fault(quiet: Page, server: IslandsServer) -> None:
    server.answers["/empty"] = (
        200,
        PAGE.format(
            lang="en",
            dir="ltr",
            digits="latn",
            theme="light",
            kind="bars",
            rows="",
            css=urls.STYLESHEET,
        ),
    )
    quiet.goto(f"{server.url}/empty")
    expect(quiet.locator("data-chart [part=legend]")).to_contain_text("Arrived")
    expect(quiet.locator("data-chart canvas")).to_have_count(0)
