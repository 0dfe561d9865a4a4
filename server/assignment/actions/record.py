"""Keep what a report of fairness is told from: who was there for which team, and who held which ticket."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import get_args

from routing import Strategy
from server.db import sql
from server.events.reactions import Event

BY_ITSELF = frozenset({*get_args(Strategy), "last_agent", "assigned_by_rule"})
"""The first reasons of tickets that assignment gave out by itself."""
HOLDS = frozenset({"assigned", "team_changed", "status_changed", "ticket_merged", "merge_undone"})


async def attend(people: Mapping[int, datetime]) -> None:
    """Write down from when these people are there, or no longer are: online, and on shift for each team.

    Their presences are locked first, so that somebody's coming and the beginning of their shift see each other.
    """
    if not people:
        return
    ids, times = list(people), list(people.values())
    await sql.run(
        "SELECT user_id FROM presences WHERE user_id = ANY($1::bigint[]) ORDER BY user_id FOR UPDATE",
        ids,
    )
    there = """
        WITH there AS (
            SELECT m.user_id, m.team_id, c.at FROM unnest($1::bigint[], $2::timestamptz[]) AS c(user_id, at)
            JOIN users u ON u.id = c.user_id AND u.active
            JOIN presences p ON p.user_id = u.id AND p.state = 'online'
            JOIN memberships m ON m.user_id = u.id JOIN teams g ON g.id = m.team_id
            LEFT JOIN workloads w ON w.user_id = u.id
            WHERE coalesce(w.on_shift, g.on_shift))
    """
    # Who has vanished was last there when last seen.
    await sql.run(
        f"""
        {there} UPDATE attendances a SET until = greatest(a.since,
            CASE WHEN p.state = 'online' THEN c.at ELSE least(c.at, p.seen_at) END)
        FROM unnest($1::bigint[], $2::timestamptz[]) AS c(user_id, at)
        LEFT JOIN presences p ON p.user_id = c.user_id
        WHERE a.user_id = c.user_id AND a.until IS NULL
            AND NOT EXISTS (SELECT FROM there t WHERE t.user_id = a.user_id AND t.team_id = a.team_id)
        """,
        ids,
        times,
    )
    await sql.run(
        f"""
        {there} INSERT INTO attendances (user_id, team_id, since)
        SELECT user_id, team_id, at FROM there ORDER BY user_id, team_id
        ON CONFLICT (user_id, team_id) WHERE until IS NULL DO NOTHING
        """,
        ids,
        times,
    )


async def hold(events: Sequence[Event], *, at: datetime) -> None:
    """Write down who holds the tickets of these events from now on, and who no longer does."""
    said: dict[int, tuple[int, str, str]] = {}
    for event in events:
        if event.kind in HOLDS:
            said[event.ticket_id] = (event.ticket_id, _how(event), _ended(event))
    if not said:
        return
    ids, hows, ends = sql.columns(list(said.values()), 3)
    await sql.run(
        """
        UPDATE holdings h SET until = greatest(h.since, $2), ended_by = s.ended_by
        FROM unnest($1::bigint[], $3::text[]) AS s(ticket_id, ended_by) JOIN tickets t ON t.id = s.ticket_id
        WHERE h.ticket_id = s.ticket_id AND h.until IS NULL AND NOT (
            h.user_id IS NOT DISTINCT FROM t.assignee_id AND h.team_id = t.team_id
            AND t.status IN ('new', 'open', 'pending', 'on_hold'))
        """,
        ids,
        at,
        ends,
    )
    await sql.run(
        """
        INSERT INTO holdings (ticket_id, team_id, user_id, how, since)
        SELECT t.id, t.team_id, t.assignee_id, s.how, $2
        FROM unnest($1::bigint[], $3::text[]) AS s(ticket_id, how) JOIN tickets t ON t.id = s.ticket_id
        WHERE t.assignee_id IS NOT NULL AND t.status IN ('new', 'open', 'pending', 'on_hold')
        ON CONFLICT (ticket_id) WHERE until IS NULL DO NOTHING
        """,
        ids,
        at,
        hows,
    )


def _how(event: Event) -> str:
    if event.kind in {"status_changed", "merge_undone"}:
        return "came_back"
    if event.actor_id is None:
        return "given" if _code(event) in BY_ITSELF else "handed"
    return "taken" if event.data.get("to") == event.actor_id else "handed"


def _ended(event: Event) -> str:
    if event.kind == "status_changed":
        return "done"
    code = _code(event)
    if code.startswith("declined_"):
        return "declined"
    return "gave_back" if code.endswith("_gave_back") else "moved"


def _code(event: Event) -> str:
    reasons = event.data.get("reasons")
    return str(reasons[0]["code"]) if reasons else ""
