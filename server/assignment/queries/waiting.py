"""Read what waits without anybody: where to look again, where it might go, what has waited too long."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from asyncpg import Record

from agent_ui.models.codes import ChannelKind
from routing import work_of
from routing.eligibility import NOBODY_THERE
from server.db import sql
from server.people.reactions import Leaving

CALLS = [kind for kind in get_args(ChannelKind) if work_of(kind) == "call"]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a team's tickets go when nobody is there, and whether anybody is."""

    to: int | None
    staffed: bool


@dataclass(frozen=True, slots=True)
class Unserved:
    """A team with so many tickets for which nobody could be found for too long."""

    id: int
    slug: str
    tickets: int


async def teams_with_waiting() -> frozenset[int]:
    """Return the teams where a citizen waits, nobody has the ticket, and somebody is online.

    With them come those that everybody has left since their tickets were last looked at.
    """
    found = await sql.rows(
        """
        SELECT g.id FROM teams g CROSS JOIN LATERAL (
            SELECT EXISTS (SELECT FROM memberships m JOIN presences p ON p.user_id = m.user_id
                           WHERE m.team_id = g.id AND p.state = 'online') AS staffed) AS s
        WHERE EXISTS (SELECT FROM tickets t LEFT JOIN waiting_tickets w ON w.ticket_id = t.id
                      WHERE t.team_id = g.id AND t.assignee_id IS NULL AND t.waiting_since IS NOT NULL
                          AND t.status IN ('new', 'open', 'pending', 'on_hold')
                          AND (s.staffed OR w.ticket_id IS NULL OR NOT w.code = ANY($1::text[])))
        """,
        sorted(NOBODY_THERE),
    )
    return frozenset(row["id"] for row in found)


async def calls_wait(team_ids: Sequence[int]) -> bool:
    """Say whether a call waits for somebody in these teams."""
    return bool(
        await sql.value(
            """
            SELECT EXISTS (SELECT FROM tickets WHERE team_id = ANY($1::bigint[]) AND assignee_id IS NULL
                AND waiting_since IS NOT NULL AND status IN ('new', 'open', 'pending', 'on_hold')
                AND channel = ANY($2::text[]))
            """,
            list(team_ids),
            CALLS,
        )
    )


async def overflow_routes() -> dict[int, Route]:
    """Return the routes of every team, if any team has one."""
    found = await sql.rows(
        """
        SELECT g.id, g.overflow_team_id, EXISTS (
            SELECT FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
            JOIN presences p ON p.user_id = u.id AND p.state = 'online'
            LEFT JOIN workloads w ON w.user_id = u.id
            WHERE m.team_id = g.id AND coalesce(w.on_shift, g.on_shift)) AS staffed
        FROM teams g WHERE EXISTS (SELECT FROM teams WHERE overflow_team_id IS NOT NULL)
        ORDER BY g.id LIMIT 5000
        """
    )
    return {row["id"]: Route(row["overflow_team_id"], row["staffed"]) for row in found}


async def lock_deserted(teams: Collection[int], *, now: datetime, limit: int) -> list[Record]:
    """Lock the tickets of these teams for which nobody has been there for too long, with the teams they left so."""
    return await sql.rows(
        """
        SELECT t.id, t.team_id, ARRAY(SELECT o.team_id FROM overflows o WHERE o.ticket_id = t.id) AS been
        FROM waiting_tickets w JOIN tickets t ON t.id = w.ticket_id JOIN teams g ON g.id = t.team_id
        WHERE t.team_id = ANY($1::bigint[]) AND w.code = ANY($2::text[])
            AND w.code_since <= $3::timestamptz - g.patience_minutes * interval '1 minute'
            AND t.assignee_id IS NULL AND t.waiting_since IS NOT NULL
            AND t.status IN ('new', 'open', 'pending', 'on_hold')
        ORDER BY t.id LIMIT $4 FOR UPDATE OF t SKIP LOCKED
        """,
        list(teams),
        sorted(NOBODY_THERE),
        now,
        limit,
    )


async def lock_unserved(*, now: datetime, limit: int) -> list[Record]:
    """Lock tickets that have waited for longer than their team has patience, and of which nobody was told."""
    return await sql.rows(
        """
        SELECT w.ticket_id, w.code FROM waiting_tickets w
        JOIN tickets t ON t.id = w.ticket_id AND t.assignee_id IS NULL AND t.waiting_since IS NOT NULL
            AND t.status IN ('new', 'open', 'pending', 'on_hold')
        JOIN teams g ON g.id = t.team_id
        WHERE w.alarmed_at IS NULL AND w.since <= $1::timestamptz - g.patience_minutes * interval '1 minute'
        ORDER BY t.id LIMIT $2 FOR UPDATE OF t SKIP LOCKED
        """,
        now,
        limit,
    )


async def unserved_teams() -> tuple[Unserved, ...]:
    """Return the teams in which tickets still wait of which was said that nobody could be found."""
    found = await sql.rows(
        """
        SELECT g.id, g.slug, count(*) AS tickets FROM waiting_tickets w
        JOIN tickets t ON t.id = w.ticket_id AND t.assignee_id IS NULL AND t.waiting_since IS NOT NULL
            AND t.status IN ('new', 'open', 'pending', 'on_hold')
        JOIN teams g ON g.id = t.team_id
        WHERE w.alarmed_at IS NOT NULL GROUP BY g.id ORDER BY g.id LIMIT 5000
        """
    )
    return tuple(Unserved(**row) for row in found)


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


async def lock_parted(leavings: Collection[Leaving]) -> list[Record]:
    """Lock whatever is open with people who have left, in the teams they left."""
    return await sql.rows(
        """
        SELECT t.id, t.team_id, t.assignee_id AS user_id
        FROM unnest($1::bigint[], $2::bigint[]) AS l(user_id, team_id)
        JOIN tickets t ON t.assignee_id = l.user_id AND (l.team_id IS NULL OR t.team_id = l.team_id)
            AND t.status IN ('new', 'open', 'pending', 'on_hold')
        ORDER BY t.id FOR UPDATE OF t
        """,
        [leaving.user_id for leaving in leavings],
        [leaving.team_id for leaving in leavings],
    )


async def parted(ticket_ids: Collection[int]) -> list[Record]:
    """Return those of these tickets whose people no longer work here, or not in the ticket's team."""
    return await sql.rows(
        """
        SELECT t.id, t.team_id, t.assignee_id AS user_id FROM tickets t JOIN users u ON u.id = t.assignee_id
        WHERE t.id = ANY($1::bigint[]) AND t.status IN ('new', 'open', 'pending', 'on_hold')
            AND NOT (u.active AND (u.administrator OR EXISTS (
                SELECT FROM memberships m WHERE m.user_id = u.id AND m.team_id = t.team_id)))
        ORDER BY t.id
        """,
        list(ticket_ids),
    )
