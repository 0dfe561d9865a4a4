"""What would change if open tickets followed a draft: reckoned on real clocks, and thrown away."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from server.db import sql
from server.kit.errors import Invalid
from server.service_levels import queries
from server.service_levels.actions.follow import by_calendar, by_policy
from server.service_levels.queries import ACTIVE, Policy
from sla.calendar import Calendar
from sla.clock import Clock
from sla.happenings import react
from sla.ticket import Happening, Outcome, What

_Reckon = Callable[
    [Mapping[int, tuple[Clock, ...]], Mapping[int, tuple[datetime, datetime | None]]],
    Awaitable[dict[int, Outcome]],
]

LOOKED_AT = 2000
BATCH = 500
COUNTED = 100_000
DRAFT = -1


@dataclass(frozen=True, slots=True)
class Preview:
    """Of ``tickets`` open ones ``looked_at`` were reckoned: those due next first, which a change makes late first."""

    tickets: int
    looked_at: int
    affected: int
    newly_late: int
    no_longer_late: int


async def preview_calendar(name: str, calendar: Calendar, *, now: datetime) -> Preview:
    """Say what a calendar would change for the tickets that run by it."""

    async def reckon(clocks: Mapping[int, tuple[Clock, ...]], _since: object) -> dict[int, Outcome]:
        return await by_calendar(clocks, name, at=now, draft=(DRAFT, calendar))

    return await _preview(reckon, now=now)


async def preview_policy(draft: Policy, *, now: datetime) -> Preview:
    """Say what a policy would change for the tickets that are or would come under it."""
    row = await sql.row(
        "SELECT id FROM calendars WHERE name = $1 AND superseded_at IS NULL", draft.calendar
    )
    if row is None:
        raise Invalid("no_calendar", field="calendar")
    draft = replace(draft, id=DRAFT, calendar_id=row["id"])

    async def reckon(
        clocks: Mapping[int, tuple[Clock, ...]],
        since: Mapping[int, tuple[datetime, datetime | None]],
    ) -> dict[int, Outcome]:
        return await by_policy(clocks, draft.name, since, at=now, draft=draft)

    return await _preview(reckon, now=now)


async def _preview(reckon: _Reckon, *, now: datetime) -> Preview:
    tickets = await sql.value(
        f"SELECT count(*) FROM (SELECT FROM tickets WHERE status IN {ACTIVE} LIMIT {COUNTED}) AS c"
    )
    affected = newly = no_longer = 0
    found = await _looked_at(now=now)
    for start in range(0, len(found), BATCH):
        since = dict(found[start : start + BATCH])
        clocks = await queries.clocks(sorted(since))
        for ticket_id, outcome in (await reckon(clocks, since)).items():
            standing = react(clocks.get(ticket_id, ()), Happening(What.DUE, now), {}).clocks
            before, after = _late(standing), _late(outcome.clocks)
            affected += 1
            newly += bool(after - before)
            no_longer += bool(before - after)
    return Preview(tickets, len(found), affected, newly, no_longer)


async def _looked_at(*, now: datetime) -> list[tuple[int, tuple[datetime, datetime | None]]]:
    """Return open tickets by when they are due, those that are late already or promised nothing last."""
    due_next = await sql.rows(
        f"""
        SELECT n.* FROM teams g CROSS JOIN LATERAL (
            SELECT id, created_at, waiting_since, next_due_at FROM tickets t
            WHERE t.team_id = g.id AND t.status IN {ACTIVE} AND t.next_due_at > $1
            ORDER BY t.next_due_at, t.id LIMIT {LOOKED_AT}
        ) AS n ORDER BY n.next_due_at, n.id LIMIT {LOOKED_AT}
        """,
        now,
    )
    others = await sql.rows(
        f"""
        SELECT id, created_at, waiting_since FROM tickets
        WHERE status IN {ACTIVE} AND (next_due_at <= $1 OR next_due_at IS NULL) ORDER BY id DESC
        LIMIT {LOOKED_AT - len(due_next)}
        """,
        now,
    )
    return [(row["id"], (row["created_at"], row["waiting_since"])) for row in (*due_next, *others)]


def _late(clocks: tuple[Clock, ...]) -> set[tuple[str, int]]:
    return {
        (str(clock.kind), clock.turn)
        for clock in clocks
        if clock.breached_at is not None and not clock.finished
    }
