"""Let open tickets follow changed terms: two hundred at a time, each batch a transaction of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from server.alarms.actions import Trouble, raise_alarm
from server.db import sql
from server.kit.work import transaction
from server.service_levels import queries
from server.service_levels.actions.clocks import keep
from server.service_levels.actions.recount import Version, by_other_calendars
from server.service_levels.queries import ACTIVE, Policy
from sla import steps as clock_steps
from sla.clock import Clock, Kind, Step, Target, Transition
from sla.happenings import react
from sla.ticket import Happening, Outcome, What

BATCH = 200


async def order_following(
    *,
    calendar: str | None = None,
    policy: str | None = None,
    team_id: int | None = None,
    channel: str | None = None,
    from_at: datetime | None = None,
    by: int | None,
    now: datetime,
) -> int:
    """Ask for open tickets to follow what one of these says, now or from an instant on.

    Of a team or a channel it is the hours that they have of their own.

    The scheduler sees to it.
    """
    return int(
        await sql.value(
            """
            INSERT INTO term_changes (calendar, policy, team_id, channel, author_id, made_at, starts_at)
            VALUES ($1, $2, $3, $4, $5, $6::timestamptz, greatest($6, $7)) RETURNING id
            """,
            calendar,
            policy,
            team_id,
            channel,
            by,
            now,
            from_at,
        )
    )


async def follow_terms(*, now: datetime) -> bool:
    """Take the next batch of the oldest change; say whether there may be more to do."""
    async with transaction():
        change = await sql.row(
            """
            SELECT id, calendar, policy, team_id, channel, after_ticket, touched, broken FROM term_changes
            WHERE done_at IS NULL AND starts_at <= $1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
            """,
            now,
        )
        if change is None:
            return False
        found = await sql.rows(
            f"""
            SELECT id, created_at, waiting_since FROM tickets
            WHERE id > $1 AND status IN {ACTIVE} ORDER BY id LIMIT {BATCH} FOR UPDATE
            """,
            change["after_ticket"],
        )
        ids = [row["id"] for row in found]
        touched, broken = change["touched"], change["broken"]
        if ids:
            clocks, taken = await queries.standing(ids)
            if change["calendar"] is not None:
                outcomes = await by_calendar(clocks, change["calendar"], at=now)
            elif change["policy"] is None:
                team_id, channel = change["team_id"], change["channel"]
                outcomes = await by_hours(clocks, team_id=team_id, channel=channel, at=now)
            else:
                since = {row["id"]: (row["created_at"], row["waiting_since"]) for row in found}
                outcomes = await by_policy(clocks, change["policy"], since, at=now)
            touched += len(outcomes)
            broken += sum(_breaks(one) for one in outcomes.values())
            await keep(outcomes, taken, at=now)
        done = len(ids) < BATCH
        await sql.run(
            """
            UPDATE term_changes SET after_ticket = $2, touched = $3, broken = $4, done_at = $5 WHERE id = $1
            """,
            change["id"],
            ids[-1] if ids else change["after_ticket"],
            touched,
            broken,
            now if done else None,
        )
        if done and touched:
            named = change["calendar"] or change["policy"]
            data = {"change": change["id"], "count": touched, "breaches": broken}
            trouble = Trouble(
                "terms_followed" if named else "hours_followed",
                str(change["id"]),
                data,
                team_id=change["team_id"],
                everywhere=change["team_id"] is None,
            )
            await raise_alarm(trouble, now=now, ended=True)
        return True


def _breaks(outcome: Outcome) -> bool:
    return any(one.step is Step.BREACHED for one in outcome.transitions)


async def by_calendar(
    clocks: Mapping[int, tuple[Clock, ...]],
    name: str,
    *,
    at: datetime,
    draft: Version | None = None,
) -> dict[int, Outcome]:
    """Count every clock that runs by an earlier version of a calendar again, by today's or by a draft."""
    rows = await sql.rows(
        "SELECT id, superseded_at IS NULL AS current FROM calendars WHERE name = $1", name
    )
    versions = {row["id"] for row in rows}
    if draft is None:
        current = max(row["id"] for row in rows if row["current"])
        await queries.know_calendars([current])
        draft = (current, queries.known_calendar(current))
    instead_of = dict.fromkeys(versions - {draft[0]}, draft)
    made: dict[int, Outcome] = {}
    for ticket_id, of_ticket in clocks.items():
        after, transitions = by_other_calendars(of_ticket, instead_of, cancelled=False, at=at)
        outcome = _judged(of_ticket, after, transitions, at)
        if outcome.changed:
            made[ticket_id] = outcome
    return made


def _judged(
    clocks: tuple[Clock, ...],
    after: Sequence[Clock],
    transitions: Sequence[Transition],
    at: datetime,
) -> Outcome:
    """Say what became of clocks under other terms, what is broken under them among it."""
    if not transitions:
        return Outcome(clocks, (), ())
    judged = react(tuple(after), Happening(What.DUE, at), {})
    known = {id(clock) for clock in clocks}
    changed = tuple(clock for clock in judged.clocks if id(clock) not in known)
    return Outcome(judged.clocks, changed, (*transitions, *judged.transitions))


async def by_hours(
    clocks: Mapping[int, tuple[Clock, ...]],
    *,
    team_id: int | None,
    channel: str | None,
    at: datetime,
) -> dict[int, Outcome]:
    """Let what runs in a team or on a channel go on by the hours that count there now.

    Only policies that let such hours count are concerned; what was counted so far stays counted.
    """
    terms = await queries.terms(sorted(clocks))
    own = await queries.with_own_hours(
        one.target.policy_version for of_ticket in clocks.values() for one in of_ticket
    )
    of_tickets = {one.calendar_id for one in terms.values() if one.calendar_id is not None}
    await queries.know_calendars(of_tickets | set(own.values()))
    made: dict[int, Outcome] = {}
    for ticket_id, of_ticket in clocks.items():
        ticket = terms[ticket_id]
        if team_id not in {None, ticket.team_id} or channel not in {None, ticket.channel}:
            continue
        after, transitions = list(of_ticket), list[Transition]()
        for index, clock in enumerate(of_ticket):
            usual = own.get(clock.target.policy_version)
            if usual is None or clock.finished:
                continue
            version = usual if ticket.calendar_id is None else ticket.calendar_id
            if version != clock.target.calendar_version:
                calendar = queries.known_calendar(version)
                target = replace(clock.target, calendar=calendar, calendar_version=version)
                after[index], step = clock_steps.retarget(clock, target, at, cause="hours_changed")
                transitions.append(step)
        outcome = _judged(of_ticket, after, transitions, at)
        if outcome.changed:
            made[ticket_id] = outcome
    return made


async def by_policy(
    clocks: Mapping[int, tuple[Clock, ...]],
    name: str,
    since: Mapping[int, tuple[datetime, datetime | None]],
    *,
    at: datetime,
    draft: Policy | None = None,
) -> dict[int, Outcome]:
    """Bring tickets that are or come under a policy under what it says now, or what a draft says.

    Others stay under what they began with, and so does a ticket that no policy fits any more: a promise
    once made is not forgotten because somebody narrowed a condition.
    """
    versions = {
        row["id"] for row in await sql.rows("SELECT id FROM policies WHERE name = $1", name)
    }
    every: Sequence[Policy] = await queries.policies(at=at)
    if draft is not None:
        others = [policy for policy in every if policy.name != name]
        every = sorted([*others, draft], key=lambda policy: (policy.position, policy.id))
    terms = await queries.terms(sorted(since))
    await queries.know_calendars_of(every, terms.values())
    made: dict[tuple[int, int], dict[Kind, Target]] = {}
    outcomes: dict[int, Outcome] = {}
    for ticket_id, (created_at, waiting_since) in since.items():
        fitting = queries.fitting(every, terms[ticket_id])
        of_ticket = clocks.get(ticket_id, ())
        was = any(one.target.policy_version in versions and not one.finished for one in of_ticket)
        if fitting is None or not (was or fitting.name == name):
            continue
        key = (fitting.id, queries.hours_of(fitting, terms[ticket_id]))
        if key not in made:
            made[key] = queries.targets_of(fitting, key[1])
        happening = Happening(
            What.TARGETS,
            at,
            cause="policy_changed",
            opened_at=created_at,
            waiting_since=waiting_since,
        )
        outcome = react(of_ticket, happening, made[key])
        if outcome.changed:
            outcomes[ticket_id] = outcome
    return outcomes
