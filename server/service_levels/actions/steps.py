"""Take the steps of policies when their time has come: an event a step, notices, and what becomes of the ticket."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from server.alarms import actions as alarms
from server.alarms.kinds import Item, kind_of
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.work import transaction
from server.service_levels import queries
from server.service_levels.actions.measures import Taking, take_measures
from server.service_levels.actions.moments import moments, next_moment
from server.service_levels.actions.notices import Telling, tell
from server.service_levels.queries import WHOLE
from sla import used_at

MOST_TOLD = 200
MOST_PERCENT = 9999
"""Of a promise of a minute, a day is more per cent than anybody reads."""


async def take_steps(*, now: datetime) -> int:
    """Take what has come due; return how many clocks were looked at. Each step carries its true time."""
    async with transaction():
        locked = await queries.lock_warned(now=now)
        if not locked:
            return 0
        found = await sql.rows(
            """
            SELECT id, ticket_id, taken, data FROM clocks
            WHERE ticket_id = ANY($1::bigint[]) AND warn_at <= $2 ORDER BY ticket_id, id FOR UPDATE
            """,
            list(locked),
            now,
        )
        read = [(row["id"], row["ticket_id"], row["taken"], sql.load(row["data"])) for row in found]
        await queries.know_calendars([data["calendar"] for *_, data in read])
        steps = await queries.steps([data["policy"] for *_, data in read])
        takings: list[Taking] = []
        later: list[tuple[int, str, datetime | None]] = []
        for clock_id, ticket_id, text, data in read:
            clock, taken = queries.calendar_clock(data), queries.read_taken(text)
            of_clock = steps.get(data["policy"], ())
            come = [(step, at) for step, at in moments(clock, of_clock, taken) if at <= now]
            come.sort(key=lambda one: one[1])
            takings += [Taking(ticket_id, clock, step, at) for step, at in come]
            taken = {**taken, **{step.key: at for step, at in come}}
            later.append((clock_id, sql.dump(taken), next_moment(clock, of_clock, taken)))
        await sql.run(
            """
            UPDATE clocks c SET taken = n.taken::jsonb, warn_at = n.warn_at
            FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS n(id, taken, warn_at)
            WHERE c.id = n.id
            """,
            *sql.columns(later, 3),
        )
        await _take(takings, now=now)
        return len(read)


async def _take(takings: Sequence[Taking], *, now: datetime) -> None:
    """Tell, record, act; of what somebody has taken note of only the record is made."""
    if not takings:
        return
    noted = await _noted(takings)
    going = [one for one in takings if one not in noted]
    told = await _told(going, now=now)
    offices = [(one.step.address, _item(one)) for one in going if one.step.to == "office"]
    await alarms.gather_for_offices(offices, now=now)
    await emit([_event(one, told.get(one, ()), one in noted) for one in takings], at=now)
    await take_measures(going, now=now)


async def _noted(takings: Iterable[Taking]) -> set[Taking]:
    """Return the steps that somebody's taking note has stopped.

    Who takes note of a warning stops warnings; that a promise is broken is said in any case.
    """
    ahead_of = {one: (*one.clock_key, _percent(one) < WHOLE) for one in takings}
    found = await sql.rows(
        """
        SELECT ticket_id, target, turn, ahead
        FROM unnest($1::bigint[], $2::text[], $3::int[], $4::bool[]) AS w(ticket_id, target, turn, ahead)
        WHERE EXISTS (SELECT FROM notice_items i WHERE i.ticket_id = w.ticket_id AND i.target = w.target
            AND i.turn = w.turn AND i.acknowledged_at IS NOT NULL AND (w.ahead OR i.percent >= $5))
        """,
        *sql.columns(sorted(set(ahead_of.values())), 4),
        WHOLE,
    )
    stopped = {(row["ticket_id"], row["target"], row["turn"], row["ahead"]) for row in found}
    return {one for one, key in ahead_of.items() if key in stopped}


async def _told(takings: Sequence[Taking], *, now: datetime) -> dict[Taking, tuple[int, ...]]:
    """Write notices; return who was told of each step."""
    addressed = await _whom(takings)
    people = await tell([_telling(one, to, person) for one, to, person in addressed], now=now)
    told: dict[Taking, tuple[int, ...]] = {}
    for (one, _, _), some in zip(addressed, people, strict=True):
        told[one] = (*told.get(one, ()), *some)
    return told


async def _whom(takings: Sequence[Taking]) -> list[tuple[Taking, str, int | None]]:
    """Return whom each step is to tell, as notices know them; leads and teams are told person by person."""
    leads = await _leads([one.ticket_id for one in takings if one.step.to == "lead"])
    teams = await _teams([one.step.to_id for one in takings if one.step.to == "team"])
    found: list[tuple[Taking, str, int | None]] = []
    for one in takings:
        match one.step.to:
            case "agent" | "supervisors":
                found.append((one, one.step.to, None))
            case "user":
                found.append((one, "user", one.step.to_id))
            case "lead" if one.ticket_id in leads:
                found.append((one, "user", leads[one.ticket_id]))
            case "lead":
                found.append((one, "supervisors", None))
            case "team":
                found += [(one, "user", person) for person in teams.get(one.step.to_id, ())]
    return found


async def _leads(ticket_ids: Sequence[int]) -> dict[int, int]:
    """Return who leads the teams of these tickets, where somebody active does."""
    found = await sql.rows(
        """
        SELECT t.id, u.id AS lead_id FROM tickets t JOIN teams m ON m.id = t.team_id
        JOIN users u ON u.id = m.lead_id AND u.active WHERE t.id = ANY($1::bigint[])
        """,
        list(ticket_ids),
    )
    return {row["id"]: row["lead_id"] for row in found}


async def _teams(team_ids: Sequence[int | None]) -> dict[int | None, list[int]]:
    """Return the people of teams."""
    found = await sql.rows(
        f"""
        SELECT m.team_id, m.user_id FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
        WHERE m.team_id = ANY($1::bigint[]) ORDER BY 1, 2 LIMIT {MOST_TOLD}
        """,
        sorted({one for one in team_ids if one is not None}),
    )
    people: dict[int | None, list[int]] = {}
    for row in found:
        people.setdefault(row["team_id"], []).append(row["user_id"])
    return people


def _telling(one: Taking, to: str, person: int | None) -> Telling:
    return Telling(
        one.ticket_id,
        str(one.clock.kind),
        one.clock.turn,
        _percent(one),
        one.at,
        one.clock.due_at,
        to,
        person,
    )


def _item(one: Taking) -> Item:
    percent = _percent(one)
    return Item(
        kind_of(percent),
        one.at,
        one.ticket_id,
        str(one.clock.kind),
        one.clock.turn,
        percent,
        one.clock.due_at,
    )


def _percent(one: Taking) -> int:
    """Return how much of the promised time a step finds used."""
    allowed = one.clock.allowed
    if one.step.before_close and allowed:
        return min(int(used_at(one.clock, one.at) * WHOLE / allowed), WHOLE - 1)
    late = timedelta(minutes=one.step.late_by)
    return min(one.step.percent + int(late * WHOLE / allowed if allowed else 0), MOST_PERCENT)


def _event(one: Taking, told: Sequence[int], noted: bool) -> Event:
    percent = _percent(one)
    kind = "clock_warned" if percent < WHOLE else "clock_escalated"
    if one.step.before_close:
        kind = "clock_closing"
    data = {
        "clock": str(one.clock.kind),
        "turn": one.clock.turn,
        "percent": percent,
        "at": one.at.isoformat(),
        "due_at": one.clock.due_at.isoformat() if one.clock.due_at else None,
        "policy": one.clock.target.policy_version,
        "moment": one.step.key,
        "to": one.step.to,
        "told": list(told),
    }
    if noted:
        data["noted"] = True
    return Event(one.ticket_id, kind, data)
