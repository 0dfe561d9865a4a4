"""Look after what nobody has: look again, send it on to another team, or say that nobody could be found."""

from collections.abc import Mapping
from datetime import datetime

from server.alarms.actions import Trouble, end_alarms, raise_alarm
from server.assignment import queries
from server.assignment.actions.follow import give_back
from server.assignment.actions.hand_out import ask, hand_out
from server.assignment.queries.waiting import Route
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.work import transaction
from server.live.actions import announce

BATCH = 200
NOBODY_FOUND = "nobody_found"


async def sweep(*, now: datetime) -> None:
    """Look again at every team where something waits; send on what waits where nobody is, and raise the alarm."""
    await give_back(now=now)
    if teams := await queries.teams_with_waiting():
        await hand_out(teams, at=now)
    await overflow(now=now)
    await alarm(now=now)


async def overflow(*, now: datetime) -> int:
    """Send tickets on from teams where nobody has been for too long; return how many.

    A ticket goes to the first team down the line in which somebody is, and never to one that it has left so.
    """
    routes = await queries.overflow_routes()
    lines = {team: line for team in routes if (line := _line(team, routes))}
    if not lines:
        return 0
    async with transaction():
        found = await queries.lock_deserted(lines, now=now, limit=BATCH)
        moved = []
        for row in found:
            to = next((team for team in lines[row["team_id"]] if team not in row["been"]), None)
            if to is not None:
                moved.append((row["id"], row["team_id"], to))
        ids, left, to_teams = sql.columns(moved, 3)
        await sql.run(
            """
            UPDATE tickets t SET team_id = m.team_id FROM unnest($1::bigint[], $2::bigint[]) AS m(id, team_id)
            WHERE t.id = m.id
            """,
            ids,
            to_teams,
        )
        await sql.run(
            """
            INSERT INTO overflows (ticket_id, team_id, at)
            SELECT *, $3 FROM unnest($1::bigint[], $2::bigint[]) ON CONFLICT DO NOTHING
            """,
            ids,
            left,
            now,
        )
        await sql.run("DELETE FROM waiting_tickets WHERE ticket_id = ANY($1::bigint[])", ids)
        # The teams that lose tickets must see them go; the events are told to those that get them.
        announce((ticket, team) for ticket, team, _ in moved)
        await emit([_moved(*one) for one in moved], at=now)
        ask({to for *_, to in moved}, at=now)
    return len(moved)


async def alarm(*, now: datetime) -> int:
    """Say once of each ticket that nobody could be found for longer than its team has patience.

    Supervisors are told once a team, and again only after all of it has found somebody.
    """
    async with transaction():
        found = await queries.lock_unserved(now=now, limit=BATCH)
        await sql.run(
            "UPDATE waiting_tickets SET alarmed_at = $2 WHERE ticket_id = ANY($1::bigint[])",
            [row["ticket_id"] for row in found],
            now,
        )
        await emit(
            [
                Event(row["ticket_id"], "nobody_found", {"reasons": [{"code": row["code"]}]})
                for row in found
            ],
            at=now,
        )
        unserved = await queries.unserved_teams()
        await end_alarms(NOBODY_FOUND, but=[str(one.id) for one in unserved], now=now)
        for one in unserved:
            data = {"team": one.slug, "count": one.tickets}
            await raise_alarm(Trouble(NOBODY_FOUND, str(one.id), data, team_id=one.id), now=now)
    return len(found)


def _line(team: int, routes: Mapping[int, Route]) -> tuple[int, ...]:
    """Return the teams down the line in which somebody is; a line that bites its tail ends there."""
    line: list[int] = []
    seen = {team}
    following = routes[team].to
    while following is not None and following not in seen:
        seen.add(following)
        route = routes[following]
        if route.staffed:
            line.append(following)
        following = route.to
    return tuple(line)


def _moved(ticket_id: int, left: int, to: int) -> Event:
    reasons = [{"code": "overflowed", "team": left}]
    return Event(ticket_id, "team_changed", {"from": left, "to": to, "reasons": reasons})
