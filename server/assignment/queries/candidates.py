"""Gather what assignment reads: agents with what they carry, and tickets that wait."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from asyncpg import Record

from routing import AgentFacts, Strategy, TicketFacts, work_of
from server.assignment.queries.deciding import topics
from server.assignment.queries.shifts import on_shift, teams_on_shift
from server.db import sql

HOUR = timedelta(hours=1)
USUAL_CAPACITY = 15
NOTHING = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Way:
    """How a team hands out; ``on_shift`` is whether its hours are on for those who keep them."""

    strategy: Strategy
    hourly_cap: int | None
    on_shift: bool = True


@dataclass(slots=True)
class Candidates:
    """Everybody in some teams with what they carry; ``keep_hours`` work when their teams do."""

    agents: dict[int, AgentFacts]
    keep_hours: frozenset[int] = frozenset()

    def of(self, team: int, way: Way) -> list[AgentFacts]:
        """Return the people of one team, as they stand in it."""
        mine = [agent for agent in self.agents.values() if team in agent.teams]
        if way.on_shift or not self.keep_hours:
            return mine
        return [replace(a, on_shift=False) if a.id in self.keep_hours else a for a in mine]


async def team_ways(teams: Sequence[int], *, now: datetime) -> dict[int, Way]:
    """Return how these teams hand out."""
    found = await sql.rows(
        """
        SELECT id, strategy, hourly_cap, on_shift, shift_changes_at <= $2 AS turning FROM teams
        WHERE id = ANY($1::bigint[]) ORDER BY id
        """,
        teams,
        now,
    )
    turned = await teams_on_shift([row["id"] for row in found if row["turning"]], now=now)
    return {
        row["id"]: Way(row["strategy"], row["hourly_cap"], turned.get(row["id"], row["on_shift"]))
        for row in found
    }


async def last_agents(ticket_ids: Sequence[int]) -> dict[int, int]:
    """Return who last had a ticket of the same contact, by ticket id."""
    found = await sql.rows(
        """
        SELECT t.id, e.assignee_id FROM tickets t CROSS JOIN LATERAL (
            SELECT assignee_id FROM tickets WHERE contact_id = t.contact_id AND id < t.id AND assignee_id IS NOT NULL
            ORDER BY id DESC LIMIT 1
        ) AS e WHERE t.id = ANY($1::bigint[])
        """,
        ticket_ids,
    )
    return {row["id"]: row["assignee_id"] for row in found}


async def lock_agents(teams: Sequence[int], *, now: datetime, capped: bool = True) -> Candidates:
    """Lock these teams, and those with which they share people, against other rounds; return who is in them.

    Only tickets whose citizen waits for an answer count as load. What somebody was given in the last hour
    is counted where it is ``capped``.
    """
    await sql.run(
        """
        SELECT FROM teams WHERE id IN (
            SELECT o.team_id FROM memberships m JOIN memberships o ON o.user_id = m.user_id
            WHERE m.team_id = ANY($1::bigint[]))
        ORDER BY id FOR NO KEY UPDATE
        """,
        list(teams),
    )
    # A second look, at what is true now that the lock is ours. Of two thousand people a round changes a few,
    # so rows say their versions, and only those who have another than before are read again.
    found = await sql.rows(
        """
        SELECT m.user_id, m.team_id, u.xmin AS person, w.xmin AS work, p.state,
               w.shift_changes_at <= $2 AS turning
        FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
        LEFT JOIN presences p ON p.user_id = m.user_id LEFT JOIN workloads w ON w.user_id = m.user_id
        WHERE m.team_id = ANY($1::bigint[])
        """,
        list(teams),
        now,
    )
    await _look([row for row in found if _versions.get(row["user_id"]) != _version(row)])
    # Who is not there is asked nothing further.
    here = [row["user_id"] for row in found if row["state"] == "online"]
    carried = await _carried(here)
    taken = await _taken(here, since=now - HOUR) if capped else {}
    turned = await on_shift([row["user_id"] for row in found if row["turning"]], now=now)
    agents: dict[int, AgentFacts] = {}
    for row in found:
        user_id = row["user_id"]
        if user_id in agents:
            teams_of = agents[user_id].teams | {row["team_id"]}
            agents[user_id] = replace(agents[user_id], teams=teams_of)
            continue
        agents[user_id] = _agent(row, carried.get(user_id, NOTHING), taken.get(user_id, 0))
    for user_id, own in turned.items():
        agents[user_id] = replace(agents[user_id], on_shift=own is not False)
    keep_hours = (
        user_id for user_id in agents if turned.get(user_id, _traits[user_id].on_shift) is None
    )
    return Candidates(agents, frozenset(keep_hours))


@dataclass(frozen=True, slots=True)
class _Traits:
    """What of an agent changes seldom; ``on_shift`` is None for those who keep their team's hours."""

    languages: frozenset[str] | None
    topics: frozenset[int] | None
    capacity: int
    last_assigned_at: datetime | None
    idle_since: datetime | None
    on_shift: bool | None


# What this process knows of each agent, of whom an office has thousands at most.
_versions: dict[int, tuple[int, int | None]] = {}
_traits: dict[int, _Traits] = {}
_facts: dict[int, tuple[tuple[object, ...], AgentFacts]] = {}


def _version(row: Record) -> tuple[int, int | None]:
    return row["person"], row["work"]


async def _look(rows: Sequence[Record]) -> None:
    """Read again what is kept of these people."""
    if not rows:
        return
    found = await sql.rows(
        """
        SELECT u.id, u.languages, w.topics, w.capacity, w.last_assigned_at, w.idle_since, w.on_shift
        FROM users u LEFT JOIN workloads w ON w.user_id = u.id WHERE u.id = ANY($1::bigint[])
        """,
        [row["user_id"] for row in rows],
    )
    for row in found:
        _facts.pop(row["id"], None)
        _traits[row["id"]] = _Traits(
            languages=frozenset(row["languages"]) or None,
            topics=None if row["topics"] is None else frozenset(row["topics"]),
            capacity=USUAL_CAPACITY if row["capacity"] is None else row["capacity"],
            last_assigned_at=row["last_assigned_at"],
            idle_since=row["idle_since"],
            on_shift=row["on_shift"],
        )
    _versions.update((row["user_id"], _version(row)) for row in rows)


def _agent(row: Record, load: tuple[int, int, int], taken: int) -> AgentFacts:
    user_id = row["user_id"]
    stands = (row["team_id"], row["state"], load, taken)
    known = _facts.get(user_id)
    if known is not None and known[0] == stands:
        return known[1]
    traits = _traits[user_id]
    facts = AgentFacts(
        id=user_id,
        teams=frozenset((row["team_id"],)),
        presence=row["state"] or "offline",
        on_shift=traits.on_shift is not False,
        topics=traits.topics,
        languages=traits.languages,
        calls=load[0],
        chats=load[1],
        mails=load[2],
        capacity=traits.capacity,
        last_assigned_at=traits.last_assigned_at,
        idle_since=traits.idle_since,
        taken_last_hour=taken,
    )
    _facts[user_id] = stands, facts
    return facts


async def _carried(user_ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Count the calls, chats and mails that wait for each of these people."""
    found = await sql.rows(
        """
        SELECT assignee_id, channel, count(*) FROM tickets
        WHERE assignee_id = ANY($1::bigint[]) AND assignee_id IS NOT NULL
            AND waiting_since IS NOT NULL AND status IN ('new', 'open', 'pending', 'on_hold')
        GROUP BY assignee_id, channel
        """,
        user_ids,
    )
    carried: dict[int, tuple[int, int, int]] = {}
    for user_id, channel, count in found:
        calls, chats, mails = carried.get(user_id, NOTHING)
        match work_of(channel):
            case "call":
                calls += count
            case "chat":
                chats += count
            case _:
                mails += count
        carried[user_id] = calls, chats, mails
    return carried


async def _taken(user_ids: Sequence[int], *, since: datetime) -> dict[int, int]:
    """Count what each of these people was given since then; what came back to them by itself is not given."""
    found = await sql.rows(
        """
        SELECT user_id, count(*) FROM hand_outs
        WHERE user_id = ANY($1::bigint[]) AND at > $2 AND NOT came_back GROUP BY user_id
        """,
        user_ids,
        since,
    )
    return dict(map(tuple, found))


async def lock_waiting(
    teams: Sequence[int], *, limit: int = 200, skip: int = 0
) -> tuple[TicketFacts, ...]:
    """Lock unassigned tickets of these teams whose citizens wait, the most urgent first."""
    found = await sql.rows(
        """
        SELECT t.id, t.team_id, t.channel, t.topic_id, t.language, t.next_due_at, t.created_at,
               ARRAY(SELECT d.user_id FROM declines d WHERE d.ticket_id = t.id) AS declined,
               (SELECT e.assignee_id FROM tickets e WHERE e.contact_id = t.contact_id AND e.id < t.id
                    AND e.assignee_id IS NOT NULL ORDER BY e.id DESC LIMIT 1) AS last_agent
        FROM tickets t WHERE t.team_id = ANY($1::bigint[]) AND t.assignee_id IS NULL
            AND t.status IN ('new', 'open', 'pending', 'on_hold') AND t.waiting_since IS NOT NULL
        ORDER BY t.next_due_at NULLS LAST, t.id LIMIT $2 OFFSET $3 FOR UPDATE OF t SKIP LOCKED
        """,
        sorted(set(teams)),
        limit,
        skip,
    )
    tree = await topics()
    return tuple(
        TicketFacts(
            id=row["id"],
            team=row["team_id"],
            channel=row["channel"],
            topics=tree.path(row["topic_id"]),
            language=row["language"],
            due_at=row["next_due_at"],
            created_at=row["created_at"],
            last_agent=row["last_agent"],
            declined_by=frozenset(row["declined"]),
        )
        for row in found
    )


async def teams_to_look_at(
    *,
    agents: Collection[int] = (),
    worked_on: Collection[int] = (),
    spoken_on: Collection[int] = (),
) -> frozenset[int]:
    """Return the teams in which these agents, or those of the tickets worked on, might take more.

    With them come the teams of those of the tickets that nobody has.
    """
    if not (agents or worked_on or spoken_on):
        return frozenset()
    found = await sql.rows(
        """
        SELECT DISTINCT m.team_id FROM memberships m
        WHERE m.user_id IN (
            SELECT t.assignee_id FROM tickets t WHERE t.id = ANY($1::bigint[])
            UNION ALL SELECT unnest($2::bigint[]))
        UNION SELECT t.team_id FROM tickets t WHERE t.id = ANY($1::bigint[] || $3::bigint[])
            AND t.assignee_id IS NULL AND t.waiting_since IS NOT NULL
        """,
        list(worked_on),
        list(agents),
        list(spoken_on),
    )
    return frozenset(row["team_id"] for row in found)
