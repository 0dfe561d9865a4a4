"""Examples of reports: a month with everything in it, Hijri days, months of a year, days of which nothing is known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from agent_ui.metric_words import METRIC
from agent_ui.models import Chrome, Name, Reason
from agent_ui.models.codes import Target
from agent_ui.models.report import (
    Backlog,
    Figure,
    Ratings,
    Report,
    ReportPage,
    ReportPart,
    ReportParts,
    ReportPeriod,
    ReportRow,
    ReportTable,
    ReportTimes,
    Share,
    TargetLine,
    Took,
)

FIRST, LAST, BEFORE = date(2026, 11, 1), date(2026, 11, 30), (date(2026, 10, 1), date(2026, 10, 22))
VOLUMES = {
    "opened": 140, "resolved": 120, "reopened": 3, "merged": 2, "reassigned": 0, "arrived": 300, "answered": 280
}  # fmt: skip
SHARES = (Share(80, 4), Share(), Share(38, 8))
TOOK = Took(4000, 14_000, 7200, 90_000)
RATINGS = Ratings(61, (3, 2, 4, 11, 19))
TOTAL = ReportRow("total", SHARES, Share(118, 12), None, "", TOOK, Took(), VOLUMES, RATINGS, "2")
TARGETS: tuple[Target, ...] = ("first_response", "next_response", "resolution")
PASSPORTS = Name("الجوازات", "Passports")


def _table(by: str, *lines: tuple[Name | None, str]) -> ReportTable:
    rows = tuple(replace(TOTAL, kind=by, name=name, word=word) for name, word in lines)
    return ReportTable(by, TARGETS, rows, TOTAL)


TABLES = (
    _table("team", (PASSPORTS, "")),
    _table("topic", (Name("تجديد جواز", "Renewal"), ""), (None, "")),
    _table("channel", (None, "email"), (None, "walk_in")),
    _table("agent", (None, "سارة العتيبي"), (None, "")),
    _table("priority", (None, "urgent")),
    ReportTable(
        "calendar",
        TARGETS,
        (replace(TOTAL, kind="calendar", word="ساعات العمل", volumes={}),),
        replace(TOTAL, volumes={}),
    ),
    ReportTable("team", (), (), ReportRow("total", (), Share())),
)
TIMES = (
    ReportTimes(
        (
            TargetLine("first_response", SHARES[0], Share(70, 9), TOOK),
            TargetLine("resolution", SHARES[2], Share(), Took()),
        )
    ),
    ReportTimes(()),
)
PARTS = (
    ReportParts(
        (
            ReportPart(FIRST, FIRST, Share(10, 1), VOLUMES),
            ReportPart(date(2026, 11, 2), date(2026, 11, 2), Share(), dict.fromkeys(VOLUMES, 0)),
        )
    ),
    ReportParts((ReportPart(FIRST, FIRST, Share(10, 1), VOLUMES),), hijri=True),
    ReportParts(
        (
            ReportPart(date(2026, 10, 15), date(2026, 10, 31), Share(9, 1), VOLUMES),
            ReportPart(FIRST, LAST, Share(10, 1), VOLUMES),
        )
    ),
    ReportParts(()),
)
PERIOD = ReportPeriod("month", FIRST, LAST, BEFORE, "team", (date(2026, 10, 1), date(2026, 10, 31)))
FIGURES = (
    Figure("attainment", 90.8, 91.3, percent=True),
    *(Figure(name, count, count - 1) for name, count in VOLUMES.items()),
    Figure("reopen_rate", 2.5, None, percent=True),
)
REPORT = Report(
    PERIOD,
    FIGURES,
    TIMES[0],
    TABLES[0],
    PARTS[0],
    Backlog(134, 9, ((1, 40), (3, 60), (7, 20), (30, 10), (0, 4))),
    tuple(METRIC),
)
HIJRI = replace(
    REPORT,
    period=replace(PERIOD, kind="hijri", by="topic", later=(LAST, LAST)),
    table=TABLES[1],
    parts=PARTS[1],
)
EMPTY = Report(
    replace(PERIOD, kind="days", error=Reason("range_inverted"), earlier=None),
    (Figure("attainment", None, None, percent=True),),
    TIMES[1],
    TABLES[-1],
    PARTS[-1],
    Backlog(0, 0, ((1, 0), (0, 0))),
)

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "report": (
        REPORT,
        HIJRI,
        replace(REPORT, period=replace(PERIOD, kind="day", last=FIRST)),
        EMPTY,
    ),
    "report_times": TIMES,
    "report_table": TABLES,
    "report_parts": PARTS,
}


def pages(chrome: Chrome) -> Mapping[str, tuple[object, ...]]:
    """Return examples of the page, with the gallery's own rail around them."""
    chrome = replace(chrome, here="reports")
    return {"reports": (ReportPage(chrome, REPORT), ReportPage(chrome, EMPTY))}
