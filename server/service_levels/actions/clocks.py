"""Let the clocks of tickets react to what happens, many tickets at a time; record breaches when they are due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.work import transaction
from server.service_levels import queries
from server.service_levels.actions.meanings import happenings
from server.service_levels.actions.missed import catch_up
from server.service_levels.actions.moments import next_moment, still_taken, urgent_from
from server.service_levels.queries import Taken
from server.tickets.actions.standing import standing as of_family
from server.tickets.queries.roots import roots_of
from sla.clock import Clock, Kind, Transition, used_at
from sla.happenings import react
from sla.merges import own_opening
from sla.record import clock_data, transition_data
from sla.ticket import Happening, Outcome, What

TAKEN_BACK = frozenset({"delivery_undone", "delivery_failed"})


async def run_clocks(events: Sequence[Event], at: datetime) -> None:
    """React to events of locked tickets."""
    found: dict[int, list[Happening]] = {}
    for event in events:
        for what in happenings(event, at):
            found.setdefault(event.ticket_id, []).append(what)
    await _apply(found, at=at)
    await _pass_up({event.ticket_id for event in events if event.kind in TAKEN_BACK}, at=at)


async def _pass_up(ticket_ids: Collection[int], *, at: datetime) -> None:
    """Let roots count the waits of merged tickets whose answer has been taken away."""
    roots = await roots_of(ticket_ids)
    merged = [key for key in ticket_ids if roots[key] != key]
    clocks = await queries.clocks(merged) if merged else {}
    waiting = {
        roots[key]
        for key, some in clocks.items()
        if any(one.waiting and one.kind is not Kind.RESOLUTION for one in some)
    }
    await _apply({key: [Happening(What.MERGED_AWAY, at)] for key in merged}, at=at)
    took: dict[int, list[Happening]] = {}
    for root in await queries.lock(waiting) if waiting else ():
        # A later answer of the root may have answered this too, and what was settled waits for none.
        since = (await of_family(root)).waiting_since
        if since is not None:
            took[root] = [Happening(What.TOOK_OVER, at, waiting_since=since)]
    await _apply(took, at=at)


async def record_breaches(*, now: datetime) -> int:
    """Record what has fallen due; return how many tickets were touched. Each breach carries its due time."""
    async with transaction():
        due = await queries.lock_due(now=now)
        await _apply({ticket_id: [Happening(What.DUE, now)] for ticket_id in due}, at=now)
        return len(due)


async def _apply(happenings: Mapping[int, Sequence[Happening]], *, at: datetime) -> None:
    if not happenings:
        return
    ids = sorted(happenings)
    clocks, taken = await queries.standing(ids)
    openings = await _own_openings(happenings)
    recounted = await catch_up(clocks, happenings, at=at)
    promised = await queries.targets((await queries.terms(ids)).values(), at=at)
    outcomes: dict[int, Outcome] = {}
    for ticket_id in ids:
        before = clocks.get(ticket_id, ())
        standing, caught_up = recounted.get(ticket_id, (before, ()))
        transitions = list(caught_up)
        for one in happenings[ticket_id]:
            what = one
            if one.opened_at is not None and ticket_id in openings:
                what = replace(one, opened_at=min(one.opened_at, openings[ticket_id]))
            outcome = react(standing, what, promised.get(ticket_id, {}))
            standing = outcome.clocks
            transitions += outcome.transitions
        outcomes[ticket_id] = _together(before, standing, transitions)
    await keep(outcomes, taken, at=at)


async def _own_openings(
    happenings: Mapping[int, Sequence[Happening]],
) -> dict[int, datetime]:
    """Return when tickets that a part has left were opened: at the source, not when the desk heard of them."""
    parted = {What.CAME_BACK, What.PART_LEFT}
    ids = [key for key, some in happenings.items() if any(one.what in parted for one in some)]
    steps = await queries.transitions_of(ids) if ids else {}
    own = {key: own_opening(chain.from_iterable(of.values())) for key, of in steps.items()}
    return {key: at for key, at in own.items() if at is not None}


def _together(
    before: Sequence[Clock], after: tuple[Clock, ...], transitions: Sequence[Transition]
) -> Outcome:
    known = {id(clock) for clock in before}
    changed = tuple(clock for clock in after if id(clock) not in known)
    return Outcome(after, changed, tuple(transitions))


async def keep(
    outcomes: Mapping[int, Outcome], taken: Mapping[tuple[int, str, int], Taken], *, at: datetime
) -> None:
    """Store what changed on locked tickets, and emit the transitions."""
    changed = [(ticket_id, clock) for ticket_id, one in outcomes.items() for clock in one.changed]
    if not changed:
        return
    steps = await queries.steps(
        clock.target.policy_version for one in outcomes.values() for clock in one.clocks
    )
    rows = []
    for ticket_id, clock in changed:
        of_clock = steps.get(clock.target.policy_version, ())
        already = taken.get((ticket_id, str(clock.kind), clock.turn), {})
        already = still_taken(clock, of_clock, already, at=at)
        coming = next_moment(clock, of_clock, already)
        rows.append((ticket_id, *_row(clock), coming, _dump_taken(already)))
    await _store(rows)
    heads = []
    for ticket_id, one in outcomes.items():
        if one.changed:
            heads.append((ticket_id, one.next_due_at, urgent_from(one, steps)))
    await sql.run(
        """
        UPDATE tickets t SET next_due_at = d.due_at, next_warn_at = d.warn_at
        FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) AS d(id, due_at, warn_at)
        WHERE t.id = d.id
        """,
        *sql.columns(heads, 3),
    )
    events = [
        Event(ticket_id, f"clock_{step.step}", transition_data(step))
        for ticket_id, one in outcomes.items()
        for step in one.transitions
    ]
    await emit(events, at=at)


def _dump_taken(taken: Taken) -> str:
    return sql.dump(taken) if taken else "{}"


def _row(clock: Clock) -> tuple[object, ...]:
    decided = clock.breached_at or clock.met_at
    took = int(used_at(clock, clock.met_at).total_seconds()) if clock.met_at else None
    return (
        str(clock.kind),
        clock.turn,
        str(clock.state),
        clock.due_at,
        sql.dump(clock_data(clock)),
        clock.started_at,
        decided,
        took,
    )


async def _store(rows: Sequence[tuple[object, ...]]) -> None:
    await sql.run(
        """
        INSERT INTO clocks (ticket_id, target, turn, state, due_at, data, started_at, decided_at,
                            used_seconds, warn_at, taken)
        SELECT ticket_id, target, turn, state, due_at, data::jsonb, started_at, decided_at, used, warn_at,
            taken::jsonb
        FROM unnest($1::bigint[], $2::text[], $3::int[], $4::text[], $5::timestamptz[], $6::text[],
                    $7::timestamptz[], $8::timestamptz[], $9::int[], $10::timestamptz[], $11::text[])
            AS c(ticket_id, target, turn, state, due_at, data, started_at, decided_at, used, warn_at, taken)
        ON CONFLICT (ticket_id, target, turn) DO UPDATE
            SET state = excluded.state, due_at = excluded.due_at, data = excluded.data,
                started_at = excluded.started_at, decided_at = excluded.decided_at,
                used_seconds = excluded.used_seconds, warn_at = excluded.warn_at,
                taken = excluded.taken
        """,
        *sql.columns(rows, 11),
    )
