"""Gather what assignment reads: agents with what they carry, and tickets that wait."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from asyncpg import Record

from agent_ui.models.codes import ChannelKind
from routing import AgentFacts, Strategy, TicketFacts, work_of
from server.assignment.queries.deciding import topics
from server.db import sql

HOUR = timedelta(hours=1)
CALLS = [kind for kind in get_args(ChannelKind) if work_of(kind) == "call"]
CHATS = [kind for kind in get_args(ChannelKind) if work_of(kind) == "chat"]


@dataclass(frozen=True, slots=True)
class Way:
    """How a team hands out."""

    strategy: Strategy
    hourly_cap: int | None


async def team_ways(teams: Sequence[int]) -> dict[int, Way]:
    """Return how these teams hand out."""
    found = await sql.rows(
        "SELECT id, strategy, hourly_cap FROM teams WHERE id = ANY($1::bigint[]) ORDER BY id", teams
    )
    return {row["id"]: Way(row["strategy"], row["hourly_cap"]) for row in found}


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


async def lock_agents(teams: Sequence[int], *, now: datetime) -> tuple[AgentFacts, ...]:
    """Lock the capacity rows of these teams' people who are not gone, in id order; return what they carry.

    Only tickets whose citizen waits for an answer count as load.
    """
    await sql.run(
        """
        INSERT INTO workloads (user_id)
        SELECT DISTINCT m.user_id FROM memberships m JOIN presences p ON p.user_id = m.user_id
        WHERE m.team_id = ANY($1::bigint[]) AND p.state = 'online'
            AND NOT EXISTS (SELECT FROM workloads w WHERE w.user_id = m.user_id) ORDER BY m.user_id
        ON CONFLICT DO NOTHING
        """,
        list(teams),
    )
    locked = await sql.rows(
        """
        SELECT w.user_id FROM workloads w
        WHERE EXISTS (SELECT 1 FROM memberships m JOIN presences p ON p.user_id = m.user_id
                      WHERE m.user_id = w.user_id AND m.team_id = ANY($1::bigint[]) AND p.state <> 'offline')
        ORDER BY w.user_id FOR UPDATE OF w
        """,
        list(teams),
    )
    # A second look, at what is true now that the lock is ours.
    found = await sql.rows(
        """
        SELECT u.id AS user_id, w.last_assigned_at, w.idle_since, coalesce(w.capacity, 15) AS capacity, w.topics,
               u.languages, CASE WHEN u.id = ANY($1::bigint[]) THEN p.state ELSE 'offline' END AS state,
               ARRAY(SELECT m.team_id FROM memberships m WHERE m.user_id = u.id) AS teams,
               l.calls, l.chats, l.mails,
               (SELECT count(*) FROM hand_outs h WHERE h.user_id = w.user_id AND h.at > $2) AS taken
        FROM users u LEFT JOIN workloads w ON w.user_id = u.id LEFT JOIN presences p ON p.user_id = u.id
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE channel = ANY($3::text[])) AS calls,
                   count(*) FILTER (WHERE channel = ANY($4::text[])) AS chats,
                   count(*) FILTER (WHERE NOT channel = ANY($3::text[] || $4::text[])) AS mails
            FROM tickets t WHERE t.assignee_id = u.id AND t.assignee_id = ANY($1::bigint[])
                AND t.waiting_since IS NOT NULL AND t.status IN ('new', 'open', 'pending', 'on_hold')
        ) AS l
        WHERE u.active AND EXISTS (SELECT FROM memberships m WHERE m.user_id = u.id AND m.team_id = ANY($5::bigint[]))
        ORDER BY u.id
        """,
        [row["user_id"] for row in locked],
        now - HOUR,
        CALLS,
        CHATS,
        list(teams),
    )
    return tuple(
        AgentFacts(
            id=row["user_id"],
            teams=frozenset(row["teams"]),
            presence=row["state"] or "offline",
            topics=None if row["topics"] is None else frozenset(row["topics"]),
            languages=frozenset(row["languages"]) or None,
            calls=row["calls"],
            chats=row["chats"],
            mails=row["mails"],
            capacity=row["capacity"],
            last_assigned_at=row["last_assigned_at"],
            idle_since=row["idle_since"],
            taken_last_hour=row["taken"],
        )
        for row in found
    )


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


async def teams_with_waiting() -> frozenset[int]:
    """Return the teams where a citizen waits, nobody has the ticket, and somebody is online."""
    found = await sql.rows(
        """
        SELECT g.id FROM teams g
        WHERE EXISTS (SELECT FROM tickets t WHERE t.team_id = g.id AND t.assignee_id IS NULL
                          AND t.status IN ('new', 'open', 'pending', 'on_hold') AND t.waiting_since IS NOT NULL)
            AND EXISTS (SELECT FROM memberships m JOIN presences p ON p.user_id = m.user_id
                        WHERE m.team_id = g.id AND p.state = 'online')
        """
    )
    return frozenset(row["id"] for row in found)


async def lock_left_behind(*, now: datetime, limit: int) -> list[Record]:
    """Lock tickets that were handed to people who are away, and that they have not touched."""
    return await sql.rows(
        """
        SELECT t.id, t.team_id, h.user_id FROM hand_outs h
        JOIN tickets t ON t.id = h.ticket_id AND t.assignee_id = h.user_id
            AND t.status IN ('new', 'open', 'pending', 'on_hold') AND t.waiting_since IS NOT NULL
        JOIN teams g ON g.id = t.team_id
        LEFT JOIN presences p ON p.user_id = h.user_id
        WHERE h.ended_at IS NULL AND coalesce(p.state, 'offline') <> 'online'
            AND greatest(h.at, least(p.changed_at, p.seen_at))
                <= $1::timestamptz - g.grace_minutes * interval '1 minute'
        ORDER BY t.id LIMIT $2 FOR UPDATE OF t SKIP LOCKED
        """,
        now,
        limit,
    )


async def lock_unserved(*, before: datetime, limit: int) -> list[Record]:
    """Lock tickets for which nobody could be found since then, and of which nobody was told."""
    return await sql.rows(
        """
        SELECT w.ticket_id, w.code FROM waiting_tickets w
        JOIN tickets t ON t.id = w.ticket_id AND t.assignee_id IS NULL AND t.waiting_since IS NOT NULL
            AND t.status IN ('new', 'open', 'pending', 'on_hold')
        WHERE w.alarmed_at IS NULL AND w.since <= $1
        ORDER BY t.id LIMIT $2 FOR UPDATE OF t SKIP LOCKED
        """,
        before,
        limit,
    )
