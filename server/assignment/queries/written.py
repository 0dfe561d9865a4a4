"""Read what people wrote about routing, for the pages on which they look after it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.db import sql


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule as it was written."""

    id: int
    name: str
    enabled: bool
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """The rules as somebody left them, each with its id, name, body and whether it was on."""

    id: int
    author: str
    at: datetime
    rules: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Agent:
    """What somebody can take, and how much of it they have had."""

    id: int
    name: str
    presence: str
    languages: tuple[str, ...]
    capacity: int
    topics: tuple[int, ...] | None
    team_ids: tuple[int, ...]
    waiting: int
    taken_week: int


@dataclass(frozen=True, slots=True)
class TeamWay:
    """How a team hands out, and what waits there without anybody."""

    id: int
    name_ar: str
    name_en: str
    strategy: str
    hourly_cap: int | None
    grace_minutes: int
    patience_minutes: int
    overflow_team_id: int | None
    waiting: int
    because: str | None


async def written_rules() -> tuple[WrittenRule, ...]:
    """Return the rules in their order, as they were written."""
    found = await sql.rows(
        """
        SELECT id, name, enabled, body FROM rules WHERE removed_at IS NULL ORDER BY position, id LIMIT 1000
        """
    )
    return tuple(WrittenRule(**{**row, "body": sql.load(row["body"])}) for row in found)


async def rule_versions(*, limit: int = 20) -> tuple[Version, ...]:
    """Return the newest versions of the rules."""
    found = await sql.rows(
        """
        SELECT v.id, coalesce(u.name, '') AS author, v.at, v.rules
        FROM rule_versions v LEFT JOIN users u ON u.id = v.author_id ORDER BY v.id DESC LIMIT $1
        """,
        limit,
    )
    return tuple(Version(**{**row, "rules": tuple(sql.load(row["rules"]))}) for row in found)


async def rules_of(version_ids: Collection[int]) -> dict[int, tuple[Mapping[str, Any], ...]]:
    """Return the rules of versions."""
    if not version_ids:
        return {}
    found = await sql.rows(
        "SELECT id, rules FROM rule_versions WHERE id = ANY($1::bigint[])", sorted(version_ids)
    )
    return {row["id"]: tuple(sql.load(row["rules"])) for row in found}


async def agents_of(teams: Collection[int], *, since: datetime) -> tuple[Agent, ...]:
    """Return the people of these teams by name, with what they carry and what they were given since then."""
    found = await sql.rows(
        """
        SELECT u.id, u.name, coalesce(p.state, 'offline') AS presence, u.languages,
               coalesce(w.capacity, 15) AS capacity, w.topics,
               ARRAY(SELECT m.team_id FROM memberships m WHERE m.user_id = u.id ORDER BY 1) AS team_ids,
               (SELECT count(*) FROM tickets t WHERE t.assignee_id = u.id AND t.waiting_since IS NOT NULL
                    AND t.status IN ('new', 'open', 'pending', 'on_hold')) AS waiting,
               (SELECT count(*) FROM hand_outs h
                WHERE h.user_id = u.id AND h.at >= $2 AND NOT h.came_back) AS taken_week
        FROM users u LEFT JOIN presences p ON p.user_id = u.id LEFT JOIN workloads w ON w.user_id = u.id
        WHERE u.active AND EXISTS (
            SELECT FROM memberships m WHERE m.user_id = u.id AND m.team_id = ANY($1::bigint[]))
        ORDER BY u.name, u.id LIMIT 1000
        """,
        list(teams),
        since,
    )
    return tuple(
        Agent(
            **{
                **row,
                "languages": tuple(row["languages"]),
                "topics": None if row["topics"] is None else tuple(row["topics"]),
                "team_ids": tuple(row["team_ids"]),
            }
        )
        for row in found
    )


async def ways_of(teams: Collection[int]) -> tuple[TeamWay, ...]:
    """Return how these teams hand out, and how many of their tickets nobody could be found for."""
    found = await sql.rows(
        """
        SELECT g.id, g.name_ar, g.name_en, g.strategy, g.hourly_cap, g.grace_minutes,
               g.patience_minutes, g.overflow_team_id,
               coalesce(w.waiting, 0) AS waiting, w.because
        FROM teams g LEFT JOIN LATERAL (
            SELECT count(*) AS waiting, mode() WITHIN GROUP (ORDER BY w.code) AS because
            FROM waiting_tickets w JOIN tickets t ON t.id = w.ticket_id
            WHERE t.team_id = g.id AND t.assignee_id IS NULL AND t.waiting_since IS NOT NULL
                AND t.status IN ('new', 'open', 'pending', 'on_hold')
        ) AS w ON true
        WHERE g.id = ANY($1::bigint[]) ORDER BY g.id
        """,
        list(teams),
    )
    return tuple(TeamWay(**row) for row in found)


async def rule_names(rule_ids: Collection[int]) -> dict[int, str]:
    """Return what rules are called, also those that were taken away."""
    if not rule_ids:
        return {}
    found = await sql.rows(
        "SELECT id, name FROM rules WHERE id = ANY($1::bigint[])", sorted(rule_ids)
    )
    return {row["id"]: row["name"] for row in found}
