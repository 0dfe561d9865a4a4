"""Say the figures of the wall and of the reports to programs: the same figures, under the ids of their metrics."""

from datetime import datetime
from typing import cast

from agent_ui.models import Name
from agent_ui.models import Wall as Watched
from agent_ui.models.report import Ratings, ReportRow, Took
from agent_ui.models.report import Report as Reported
from agent_ui.models.report import Share as Decided
from agent_ui.models.watch import LatePart
from agent_ui.render import Ui
from server.api.shapes import figures as shapes
from server.api.shapes.common import Named, Names, Person
from server.supervision.metrics import METRICS
from server.supervision.queries.facts import By


def metrics(ui: Ui) -> shapes.Metrics:
    """Say what every figure is called and means, in the reader's language."""
    return shapes.Metrics(
        ui.locale,
        tuple(
            shapes.Metric(
                one.id, ui.metric(one.id), ui.meaning(one.id), one.unit, tuple(sorted(one.shown))
            )
            for one in METRICS.values()
        ),
    )


def wall(found: Watched, *, now: datetime) -> shapes.Wall:
    """Say the wall."""
    return shapes.Wall(
        found.as_of or now,
        tuple(shapes.Figure(metric, value) for metric, value in _now(found, now=now).items()),
        tuple(
            shapes.WallTeam(
                Named(str(one.id), _names(one.name)),
                one.open,
                one.unassigned,
                one.late,
                one.due_soon,
                one.agents,
                one.online,
            )
            for one in found.teams
        ),
        tuple(map(_part, found.topics)),
        tuple(map(_part, found.channels)),
        tuple(
            shapes.WallAgent(
                Person(str(one.person.id), one.person.name),
                one.presence,
                one.open,
                one.pending,
                one.late,
                one.resolved_today,
                one.capacity,
            )
            for one in found.agents
        ),
        tuple(
            shapes.WallWait(str(one.id), one.number, one.channel, _names(one.team), one.since)
            for one in found.longest
        ),
        tuple(
            shapes.WallHour(one.hour, one.arrived, one.answered)
            for one in (found.flow.hours if found.flow else ())
        ),
    )


def report(found: Reported) -> shapes.Report:
    """Say a report."""
    period = found.period
    return shapes.Report(
        period.first,
        period.last,
        *period.compared,
        cast("By", period.by),
        tuple(shapes.Compared(one.metric, one.value, one.before) for one in found.figures),
        tuple(
            shapes.TargetLine(
                one.target, _promises(one.share), _promises(one.before), _times(one.took)
            )
            for one in found.times.lines
        ),
        tuple(_row(one, found) for one in found.table.rows),
        _row(found.table.total, found),
        tuple(
            shapes.Part(
                one.first, one.last, _promises(one.share), dict(one.volumes), _ratings(one.ratings)
            )
            for one in found.parts.parts
        ),
        found.backlog.open,
        found.backlog.late,
        tuple(shapes.Age(days, tickets) for days, tickets in found.backlog.ages),
    )


def _now(found: Watched, *, now: datetime) -> dict[str, float | None]:
    waits = [(found.as_of or now) - one.since for one in found.longest]
    flow, rated = found.flow, found.rated.ratings if found.rated else Ratings()
    return {
        "late_now": found.late_count,
        "due_soon": found.soon_count,
        "due_later": found.later_count,
        "unassigned": found.unassigned_count,
        "open_now": found.open_count,
        "waiting_longest": max(waits).total_seconds() if waits else None,
        "not_leaving": found.answers_stuck,
        "arrived": flow.arrived if flow else 0,
        "answered": flow.answered if flow else 0,
        "rated": rated.rated,
        "satisfied": rated.satisfied,
        "unsatisfied": rated.unsatisfied,
    }


def _part(one: LatePart) -> shapes.WallPart:
    topic = Named(str(one.topic_id), _names(one.name)) if one.topic_id and one.name else None
    return shapes.WallPart(one.late, one.soon, topic, one.channel)


def _row(row: ReportRow, found: Reported) -> shapes.Row:
    return shapes.Row(
        row.key,
        _names(row.name) if row.name else None,
        row.word,
        _promises(row.total),
        tuple(
            shapes.TargetPromises(target, _promises(share))
            for target, share in zip(found.table.targets, row.shares, strict=True)
        ),
        _times(row.first_response),
        _times(row.resolution),
        dict(row.volumes),
        row.reopen_rate,
        _ratings(row.ratings),
    )


def _ratings(one: Ratings) -> shapes.Ratings:
    return shapes.Ratings(one.asked, one.rated, one.satisfied, one.unsatisfied, one.mean)


def _promises(share: Decided) -> shapes.Promises:
    return shapes.Promises(share.kept, share.broken, share.percent)


def _times(took: Took) -> shapes.Times:
    return shapes.Times(took.open_median, took.open_p90, took.elapsed_median, took.elapsed_p90)


def _names(name: Name) -> Names:
    return Names(name.ar, name.en)
