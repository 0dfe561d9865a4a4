"""Build the report of a period: one moment, one set of counts, so that every table comes to the same totals."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from agent_ui.models import Name, Reason
from agent_ui.models.codes import Target
from agent_ui.models.report import (
    Backlog,
    Figure,
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
from server.kit.work import transaction
from server.people.queries import Viewer, teams
from server.supervision import tally
from server.supervision.days import DAY, Period, compared, earlier, later, parts
from server.supervision.metrics import METRICS
from server.supervision.queries import board, reports
from server.supervision.queries import wall as watched
from server.supervision.queries.facts import COUNTED, By
from server.supervision.queries.reports import Asked, Counts, Promises, Volumes
from server.tickets.screens.chrome import chrome

TARGETS: tuple[Target, ...] = ("first_response", "next_response", "resolution")
HEADLINES = tuple(one for one in COUNTED if one != "reassigned")
WORDED = frozenset({"channel", "priority", "calendar"})
"""What is named by its key."""
Names = Mapping[str, Name | str]
_part, _key, _target = attrgetter("part"), attrgetter("key"), attrgetter("target")


async def report_page(viewer: Viewer, report: Report, *, now: datetime) -> ReportPage:
    """Put a report on a page."""
    return ReportPage(await chrome(viewer, here="reports", now=now), report)


async def report(
    viewer: Viewer,
    period: Period,
    *,
    by: By,
    zone: ZoneInfo,
    now: datetime,
    error: Reason | None = None,
) -> Report:
    """Build the report of the teams that this person supervises."""
    today = now.astimezone(zone).date()
    asked = Asked(
        tuple(sorted(viewer.supervised)),
        period.days,
        compared(period, today=today),
        parts(period),
        zone,
        today,
    )
    async with transaction():
        await watched.one_moment()
        await reports.have_patience()
        counted = await reports.counts(asked, ("team", by))
        is_open = await reports.open_now(asked.team_ids, now=now)
        names = await _names(by, counted[by])
    return Report(
        _period(period, asked, by, error),
        _figures(counted["team"]),
        ReportTimes(_times(counted["team"])),
        _table(by, counted[by], names),
        ReportParts(_parts(counted["team"], asked), hijri=period.kind == "hijri"),
        Backlog(is_open.open, is_open.late, is_open.ages),
        tuple(METRICS),
    )


def _period(period: Period, asked: Asked, by: By, error: Reason | None) -> ReportPeriod:
    before, behind = earlier(period), later(period)
    return ReportPeriod(
        period.kind,
        *period.days,
        asked.compared,
        by,
        before.days,
        behind.days if behind.first <= asked.today else None,
        error,
    )


def _figures(counted: Counts) -> tuple[Figure, ...]:
    now = [row for row in counted.promises if row.part]
    before = [row for row in counted.promises if not row.part]
    volumes = tally.volumes(row for row in counted.volumes if row.part)
    former = tally.volumes(row for row in counted.volumes if not row.part)
    rated = tally.ratings(row for row in counted.volumes if row.part)
    earlier_rated = tally.ratings(row for row in counted.volumes if not row.part)
    return (
        Figure("attainment", _share(now).percent, _share(before).percent, percent=True),
        *(Figure(name, volumes[name], former[name]) for name in HEADLINES),
        Figure("reopen_rate", _reopened(volumes), _reopened(former), percent=True),
        Figure("reassigned", volumes["reassigned"], former["reassigned"]),
        Figure("rated", rated.rated, earlier_rated.rated),
        Figure("satisfied", rated.satisfied, earlier_rated.satisfied, percent=True),
        Figure("mean_score", rated.mean, earlier_rated.mean),
    )


def _times(counted: Counts) -> tuple[TargetLine, ...]:
    rows = tally.apart(counted.promises, _target)
    return tuple(
        TargetLine(
            target,
            _share(row for row in rows[target] if row.part),
            _share(row for row in rows[target] if not row.part),
            _took(row for row in rows[target] if row.part),
        )
        for target in TARGETS
        if target in rows
    )


def _table(by: By, counted: Counts, names: Names) -> ReportTable:
    promises = [row for row in counted.promises if row.part]
    volumes = [row for row in counted.volumes if row.part]
    targets = tuple(one for one in TARGETS if any(row.target == one for row in promises))
    of_key, came = tally.apart(promises, _key), tally.apart(volumes, _key)
    rows = []
    for key in of_key.keys() | came.keys():
        found = names.get(key, key if by in WORDED else "")
        rows.append(_row(by, found, of_key.get(key, ()), targets, came.get(key, ()), key=key))
    rows.sort(key=lambda row: (-row.total.decided, -row.volumes.get("opened", 0), row.word))
    return ReportTable(by, targets, tuple(rows), _row("total", "", promises, targets, volumes))


def _row(
    kind: str,
    found: Name | str,
    promises: Sequence[Promises],
    targets: Sequence[Target],
    volumes: Sequence[Volumes],
    *,
    key: str = "",
) -> ReportRow:
    of_target = tally.apart(promises, _target)
    return ReportRow(
        kind,
        tuple(_share(of_target.get(target, ())) for target in targets),
        _share(promises),
        found if isinstance(found, Name) else None,
        found if isinstance(found, str) else "",
        _took(of_target.get("first_response", ())),
        _took(of_target.get("resolution", ())),
        tally.volumes(volumes) if volumes else {},
        tally.ratings(volumes),
        key,
    )


def _parts(counted: Counts, asked: Asked) -> tuple[ReportPart, ...]:
    promises = tally.apart(counted.promises, _part)
    volumes = tally.apart(counted.volumes, _part)
    ends = (*(start - DAY for start in asked.parts[1:]), asked.days[1])
    return tuple(
        ReportPart(
            start,
            end,
            _share(promises.get(number, ())),
            tally.volumes(volumes.get(number, ())),
            tally.ratings(volumes.get(number, ())),
        )
        for number, (start, end) in enumerate(zip(asked.parts, ends, strict=True), start=1)
        if start <= asked.today
    )


def _share(rows: Iterable[Promises]) -> Share:
    found = tally.decided(rows)
    return Share(found.kept, found.broken)


def _took(rows: Iterable[Promises]) -> Took:
    return Took(*tally.decided(rows).quantiles())


def _reopened(volumes: Mapping[str, int]) -> float | None:
    return 100 * volumes["reopened"] / volumes["resolved"] if volumes["resolved"] else None


async def _names(by: By, counted: Counts) -> Names:
    """Return what the keys of a breakdown are called, also those of people who have left."""
    keys = {row.key for row in counted.promises} | {row.key for row in counted.volumes}
    match by:
        case "team":
            return {str(one.id): Name(one.name_ar, one.name_en) for one in await teams()}
        case "topic":
            found = await board.topic_names([int(key) for key in keys if key])
            return {str(key): Name(*name) for key, name in found.items()}
        case "agent":
            people = await reports.people([int(key) for key in keys if key])
            return {str(key): name for key, name in people.items()}
        case _:
            return {}
