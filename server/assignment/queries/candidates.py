"""Gather what assignment reads: agents with what they carry, and tickets that wait."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import get_args

from asyncpg import Record

from agent_ui.models.codes import ChannelKind
from routing import AgentFacts, Strategy, TicketFacts, work_of
from server.assignment.queries.deciding import topics
from server.assignment.queries.shifts import on_shift, teams_on_shift
from server.db import sql

HOUR = timedelta(hours=1)
CALLS = [kind for kind in get_args(ChannelKind) if work_of(kind) == "call"]
CHATS = [kind for kind in get_args(ChannelKind) if work_of(kind) == "chat"]


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
    # A second look, at what is true now that the lock is ours.
    found = await sql.rows(
        """
        SELECT m.user_id, m.teams, u.languages, coalesce(p.state, 'offline') AS state, w.topics,
               coalesce(w.capacity, 15) AS capacity, w.last_assigned_at, w.idle_since, w.on_shift,
               w.shift_changes_at <= $2 AS turning, l.calls, l.chats, l.mails, l.taken
        FROM (SELECT user_id, array_agg(team_id ORDER BY team_id) AS teams FROM memberships
              WHERE team_id = ANY($1::bigint[]) GROUP BY user_id) AS m
        JOIN users u ON u.id = m.user_id AND u.active
        LEFT JOIN presences p ON p.user_id = m.user_id LEFT JOIN workloads w ON w.user_id = m.user_id
        LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE channel = ANY($3::text[])) AS calls,
                   count(*) FILTER (WHERE channel = ANY($4::text[])) AS chats,
                   count(*) FILTER (WHERE NOT channel = ANY($3::text[] || $4::text[])) AS mails,
                   (SELECT count(*) FROM hand_outs h
                    WHERE $6 AND h.user_id = m.user_id AND h.at > $5 AND NOT h.came_back) AS taken
            FROM tickets t WHERE t.assignee_id = m.user_id
                AND t.waiting_since IS NOT NULL AND t.status IN ('new', 'open', 'pending', 'on_hold')
        ) AS l ON p.state = 'online'
        ORDER BY m.user_id
        """,
        list(teams),
        now,
        CALLS,
        CHATS,
        now - HOUR,
        capped,
    )
    turned = await on_shift([row["user_id"] for row in found if row["turning"]], now=now)
    return Candidates(
        {row["user_id"]: _agent(row, turned) for row in found},
        frozenset(
            row["user_id"] for row in found if row["on_shift"] is None and not row["turning"]
        ),
    )


def _agent(row: Record, turned: Mapping[int, bool]) -> AgentFacts:
    topics, on_shift = row["topics"], row["on_shift"]
    if row["turning"]:
        on_shift = turned.get(row["user_id"])
    return AgentFacts(
        id=row["user_id"],
        teams=_numbers(tuple(row["teams"])),
        presence=row["state"],
        on_shift=on_shift is not False,
        topics=None if topics is None else _numbers(tuple(topics)),
        languages=_codes(tuple(row["languages"])) or None,
        calls=row["calls"] or 0,
        chats=row["chats"] or 0,
        mails=row["mails"] or 0,
        capacity=row["capacity"],
        last_assigned_at=row["last_assigned_at"],
        idle_since=row["idle_since"],
        taken_last_hour=row["taken"] or 0,
    )


@lru_cache(maxsize=4000)
def _numbers(numbers: tuple[int, ...]) -> frozenset[int]:
    return frozenset(numbers)


@lru_cache(maxsize=100)
def _codes(codes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(codes)


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
