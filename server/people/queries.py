"""Read people: who is looking, what they may see, teams and their members."""

from dataclasses import dataclass
from typing import Any

from server.db import sql

EVERYBODY = 1000


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person.

    ``team_ids`` are the teams whose tickets may be seen, ``supervised`` those where this person is
    supervisor; for administrators both are all teams.
    """

    id: int
    name: str
    email: str
    administrator: bool
    locale: str
    digits: str
    theme: str
    team_ids: tuple[int, ...]
    supervised: frozenset[int]
    roles: frozenset[str]
    presence: str


@dataclass(frozen=True, slots=True)
class Team:
    id: int
    slug: str
    name_ar: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A role in one team: ``agent`` or ``supervisor``."""

    team_id: int
    role: str


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who works here."""

    id: int
    name: str
    email: str
    administrator: bool
    active: bool
    languages: tuple[str, ...]
    presence: str
    memberships: tuple[Membership, ...]


async def viewer_of(user_id: int) -> Viewer | None:
    """Return the person as a viewer; nobody when unknown or no longer active."""
    found = await sql.row(
        """
        SELECT u.id, u.name, u.email, u.administrator, u.locale, u.digits, u.theme,
               coalesce(p.state, 'offline') AS presence,
               array(SELECT m.team_id FROM memberships m WHERE m.user_id = u.id ORDER BY 1) AS member_of,
               array(SELECT m.team_id FROM memberships m
                     WHERE m.user_id = u.id AND m.role = 'supervisor') AS supervises,
               CASE WHEN u.administrator THEN array(SELECT t.id FROM teams t ORDER BY 1) END AS every_team
        FROM users u LEFT JOIN presences p ON p.user_id = u.id
        WHERE u.id = $1 AND u.active
        """,
        user_id,
    )
    return None if found is None else _viewer(found)


async def signatures(user_id: int) -> tuple[str, str]:
    """Return what a person's answers are signed with, in Arabic and in English."""
    row = await sql.row("SELECT signature_ar, signature_en FROM users WHERE id = $1", user_id)
    return (row["signature_ar"], row["signature_en"]) if row else ("", "")


async def teams() -> tuple[Team, ...]:
    """Return all teams in the order they were made."""
    found = await sql.rows(
        "SELECT id, slug, name_ar, name_en FROM teams ORDER BY id LIMIT $1", EVERYBODY
    )
    return tuple(Team(**row) for row in found)


async def team_id(slug: str) -> int | None:
    """Return the id of the team with this slug."""
    found: int | None = await sql.value("SELECT id FROM teams WHERE slug = $1", slug)
    return found


async def user_id(email: str) -> int | None:
    """Return the id of the person with this address."""
    found: int | None = await sql.value("SELECT id FROM users WHERE email = lower($1)", email)
    return found


async def users(*, of_teams: tuple[int, ...] | None = None) -> tuple[User, ...]:
    """Return active people by name: all, or those with a role in one of the teams."""
    found = await sql.rows(
        """
        SELECT u.id, u.name, u.email, u.administrator, u.active, u.languages,
               coalesce(p.state, 'offline') AS presence,
               array(SELECT m.team_id FROM memberships m WHERE m.user_id = u.id ORDER BY m.team_id) AS team_ids,
               array(SELECT m.role FROM memberships m WHERE m.user_id = u.id ORDER BY m.team_id) AS team_roles
        FROM users u LEFT JOIN presences p ON p.user_id = u.id
        WHERE u.active AND ($1::bigint[] IS NULL OR EXISTS (
            SELECT FROM memberships m WHERE m.user_id = u.id AND m.team_id = ANY ($1)))
        ORDER BY u.name, u.id LIMIT $2
        """,
        None if of_teams is None else list(of_teams),
        EVERYBODY,
    )
    return tuple(_user(row) for row in found)


def _viewer(row: Any) -> Viewer:
    every = row["every_team"]
    roles = {"administrator"} if row["administrator"] else set[str]()
    if row["supervises"]:
        roles.add("supervisor")
    if len(row["member_of"]) > len(row["supervises"]):
        roles.add("agent")
    return Viewer(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        administrator=row["administrator"],
        locale=row["locale"],
        digits=row["digits"],
        theme=row["theme"],
        team_ids=tuple(row["member_of"] if every is None else every),
        supervised=frozenset(row["supervises"] if every is None else every),
        roles=frozenset(roles),
        presence=row["presence"],
    )


def _user(row: Any) -> User:
    return User(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        administrator=row["administrator"],
        active=row["active"],
        languages=tuple(row["languages"]),
        presence=row["presence"],
        memberships=tuple(
            Membership(team, role)
            for team, role in zip(row["team_ids"], row["team_roles"], strict=True)
        ),
    )
