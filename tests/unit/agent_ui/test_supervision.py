"""Parts of the wall are written once for all who read alike; a report says nothing that it does not know."""

from dataclasses import replace

from agent_ui import gallery
from agent_ui.gallery.shifts import FAIR
from agent_ui.gallery.wall import WALL
from agent_ui.models import Reason
from agent_ui.render import Ui

from .readers import RIYADH, reader


def test_the_wall_is_written_once_for_all_who_read_alike() -> None:
    wall = replace(WALL)
    mine = Ui("en", gallery.NOW, RIYADH, "latn", theme="dark", csrf_token="my own secret")
    first = mine.component("wall", wall)
    assert "my own secret" not in first
    assert "my own secret" in mine.page("supervision", gallery.PAGES["supervision"][0])
    assert reader("en").component("wall", wall) == first
    assert len(wall.written) == 1
    assert reader("ar").component("wall", wall) != first
    assert replace(wall, late_count=7).written == {}


def test_what_nobody_can_expect_is_not_told() -> None:
    known = reader().component("team_fairness", replace(FAIR, verdict=Reason("shares_even")))
    unknown = reader().component("team_fairness", replace(FAIR, verdict=Reason("shares_unknown")))
    assert "Expected" in known
    assert "Expected" not in unknown
    assert "nothing to compare with" in unknown
    for html in (known, unknown):
        heads, rows = html.count('<th scope="col">'), html.count("<tr>") - 1
        assert html.count("<td>") == (heads - 1) * rows
