"""Build the report of how evenly work was handed out, and the file of it."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, tzinfo

from agent_ui.models import Name, Reason
from agent_ui.models.fairness import (
    AgentShare,
    Fairness,
    FairnessPage,
    HandedBack,
    TeamFairness,
)
from agent_ui.render import Ui
from routing.fairness import There, expected
from server.kit.errors import Invalid
from server.kit.work import transaction
from server.people.queries import Team, Viewer, teams
from server.supervision import days
from server.supervision.queries import fairness as queries
from server.supervision.queries.fairness import Held
from server.supervision.screens.exports import BOM, safe
from server.tickets.screens.chrome import chrome

EVEN = 0.1
"""Within so much of what might have been expected, or a ticket either way, it was even."""
COLUMNS = (
    "team", "agent", "present", "given", "expected", "difference", "taken", "handed", "came_back", "declined",
    "gave_back", "carried",
)  # fmt: skip


async def fairness_page(viewer: Viewer, shown: Fairness, *, now: datetime) -> FairnessPage:
    """Put the report on a page."""
    return FairnessPage(await chrome(viewer, here="fairness", now=now), shown)


async def fairness(
    viewer: Viewer, first: str | None, last: str | None, *, zone: tzinfo, now: datetime
) -> Fairness:
    """Build the report of the teams that this person supervises."""
    today = now.astimezone(zone).date()
    try:
        chosen, error = days.period("days", None, first, last, today=today), None
    except Invalid as wrong:
        chosen, error = days.period("days", None, None, None, today=today), Reason(wrong.code)
    since, until = days.instants(chosen.days, zone)
    ids = sorted(viewer.supervised)
    async with transaction():
        await queries.have_patience()
        held = await queries.held(ids, since=since, until=until, now=now)
        given = await queries.given(ids, since=since, until=until)
        there = await queries.there(ids, since=since, until=until, now=now)
        back = await queries.handed_back(viewer, since=since, until=until)
        names = await queries.names(
            sorted(
                {h.user_id for h in held} | {s.agent_id for all_ in there.values() for s in all_}
            )
        )
    return Fairness(
        *chosen.days,
        tuple(
            _team(
                team,
                [one for one in held if one.team_id == team.id],
                there.get(team.id, []),
                expected(given.get(team.id, []), there.get(team.id, [])),
                names,
            )
            for team in await teams()
            if team.id in viewer.supervised
        ),
        tuple(
            HandedBack(one.ticket_id, str(one.number), one.agent, one.reason, one.at, one.words)
            for one in back
        ),
        error,
    )


def as_csv(shown: Fairness, ui: Ui) -> Iterator[str]:
    """Yield a file that spreadsheets open as it is."""
    yield BOM + _line([ui.words.of("share", column) for column in COLUMNS])
    for team in shown.teams:
        known = team.verdict.code != "shares_unknown"
        for row in team.rows:
            yield _line(
                [
                    safe(ui.words.name(team.name)),
                    safe(row.name),
                    round(row.present / 3600, 2),
                    row.given,
                    round(row.expected, 2) if known else "",
                    round(row.difference, 2) if known else "",
                    row.taken,
                    row.handed,
                    row.came_back,
                    row.declined,
                    row.gave_back,
                    round(row.carried / 3600, 2),
                ]
            )


def file_name(first: date, last: date) -> str:
    return f"{first.isoformat()}-{last.isoformat()}-fairness.csv"


def _team(
    team: Team,
    held: Sequence[Held],
    there: Sequence[There],
    shares: dict[int, float],
    names: dict[int, str],
) -> TeamFairness:
    present: dict[int, float] = {}
    for span in there:
        seconds = (span.until - span.since).total_seconds()
        present[span.agent_id] = present.get(span.agent_id, 0.0) + seconds
    by_user = {one.user_id: one for one in held}
    whole_present, whole_carried = sum(present.values()), sum(one.carried for one in held)
    rows = tuple(
        _row(
            names.get(user_id, ""),
            by_user.get(user_id, Held(team.id, user_id, 0, 0, 0, 0, 0, 0, 0.0)),
            present.get(user_id, 0.0),
            shares.get(user_id, 0.0),
            whole_present,
            whole_carried,
        )
        for user_id in sorted(
            by_user.keys() | present.keys(), key=lambda one: (names.get(one, ""), one)
        )
    )
    total = AgentShare(
        "",
        whole_present,
        sum(row.given for row in rows),
        sum(row.expected for row in rows),
        sum(row.taken for row in rows),
        sum(row.handed for row in rows),
        sum(row.came_back for row in rows),
        sum(row.declined for row in rows),
        sum(row.gave_back for row in rows),
        whole_carried,
    )
    return TeamFairness(team.id, Name(team.name_ar, team.name_en), rows, total, _verdict(rows))


def _row(
    name: str, held: Held, present: float, share: float, whole_present: float, whole_carried: float
) -> AgentShare:
    return AgentShare(
        name,
        present,
        held.given,
        share,
        held.taken,
        held.handed,
        held.came_back,
        held.declined,
        held.gave_back,
        held.carried,
        100 * present / whole_present if whole_present else None,
        100 * held.carried / whole_carried if whole_carried else None,
    )


def _verdict(rows: Sequence[AgentShare]) -> Reason:
    if not any(row.given for row in rows):
        return Reason("nothing_given")
    if not any(row.present for row in rows):
        return Reason("shares_unknown")
    most = max(rows, key=lambda row: row.difference)
    least = min(rows, key=lambda row: row.difference)
    if all(abs(row.difference) <= max(1.0, EVEN * row.expected) for row in rows):
        return Reason("shares_even")
    return Reason(
        "shares_uneven",
        {
            "agent": most.name,
            "more": round(most.difference),
            "other": least.name,
            "fewer": round(-least.difference),
        },
    )


def _line(cells: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
