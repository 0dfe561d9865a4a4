"""Write people: who they are, what they may do, how they like it, whether they are here."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from server.db import sql
from server.kit import passwords
from server.kit.addresses import email_address
from server.kit.errors import Conflict, Invalid, NotFound
from server.kit.limits import (
    AWAY_AFTER,
    NAME_CHARACTERS,
    OFFLINE_AFTER,
    SIGNATURE_CHARACTERS,
    SIGNATURE_LINES,
)
from server.kit.work import transaction
from server.live.actions import announce_access, announce_presence
from server.people.reactions import Leaving, PresenceChange, part, react

Role = Literal["agent", "supervisor", "administrator"]
TeamRole = Literal["agent", "supervisor"]
State = Literal["online", "away", "offline"]

PREFERENCES = {
    "locale": ("ar", "en"),
    "digits": ("arab", "latn"),
    "theme": ("auto", "light", "dark"),
}


class AddressTaken(Conflict):
    """Somebody with this e-mail address is here already."""

    code = "address_taken"


async def add_user(
    email: str,
    *,
    name: str,
    role: Role,
    team: str | None = None,
    password: str | None = None,
    locale: str = "ar",
    now: datetime,
) -> int:
    """Add a person; agents and supervisors need a ``team`` (its slug). Without a password nobody signs in."""
    email, name = email_address(email), name.strip()
    if not name or len(name) > NAME_CHARACTERS:
        raise Invalid("required", field="name")
    if role != "administrator" and team is None:
        raise Invalid("required", field="team")
    if password is not None:
        passwords.judge(password, email=email, name=name)
    stored = None if password is None else await passwords.hashed(password)
    async with transaction():
        user_id: int | None = await sql.value(
            """
            INSERT INTO users (email, name, password_hash, administrator, locale, digits, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (email) DO NOTHING RETURNING id
            """,
            email,
            name,
            stored,
            role == "administrator",
            locale,
            "arab" if locale == "ar" else "latn",
            now,
        )
        if user_id is None:
            raise AddressTaken
        if team is not None:
            await set_membership(
                user_id,
                team=team,
                role="supervisor" if role == "supervisor" else "agent",
                now=now,
            )
    return user_id


async def add_team(slug: str, *, name_ar: str, name_en: str) -> int:
    """Add a team, or rename the one with this slug."""
    team_id: int = await sql.value(
        """
        INSERT INTO teams (slug, name_ar, name_en) VALUES ($1, $2, $3)
        ON CONFLICT (slug) DO UPDATE SET name_ar = excluded.name_ar, name_en = excluded.name_en
        RETURNING id
        """,
        slug,
        name_ar,
        name_en,
    )
    return team_id


async def set_membership(user_id: int, *, team: str, role: TeamRole | None, now: datetime) -> None:
    """Give a person a role in a team, or with ``None`` take it away; sessions and streams end."""
    async with transaction():
        team_id = await sql.value("SELECT id FROM teams WHERE slug = $1", team)
        if team_id is None:
            raise NotFound(f"there is no team {team!r}")
        if role is None:
            await sql.run(
                "DELETE FROM memberships WHERE user_id = $1 AND team_id = $2", user_id, team_id
            )
            await part([Leaving(user_id, team_id)], now)
        else:
            await sql.run(
                """
                INSERT INTO memberships (user_id, team_id, role) VALUES ($1, $2, $3)
                ON CONFLICT (user_id, team_id) DO UPDATE SET role = excluded.role
                """,
                user_id,
                team_id,
                role,
            )
            # Whoever is here already comes to this team with it.
            state = await sql.value("SELECT state FROM presences WHERE user_id = $1", user_id)
            if state is not None:
                await react([PresenceChange(user_id, state)], now)
        await _end_access(user_id)


async def set_administrator(user_id: int, *, administrator: bool) -> None:
    """Make somebody an administrator or not; sessions and streams end."""
    async with transaction():
        await sql.run("UPDATE users SET administrator = $2 WHERE id = $1", user_id, administrator)
        await _end_access(user_id)


async def set_active(user_id: int, *, active: bool, now: datetime) -> None:
    """Let somebody in or out; whoever is out is offline, and sessions and streams end."""
    async with transaction():
        await sql.run("UPDATE users SET active = $2 WHERE id = $1", user_id, active)
        await _end_access(user_id)
        if not active:
            await set_presence(user_id, "offline", now=now)
            await part([Leaving(user_id, None)], now)


async def set_password(user_id: int, *, password: str) -> None:
    """Set a new password; sessions and streams end."""
    person = await sql.row("SELECT email, name FROM users WHERE id = $1", user_id)
    if person is None:
        raise NotFound
    passwords.judge(password, email=person["email"], name=person["name"])
    stored = await passwords.hashed(password)
    async with transaction():
        await sql.run("UPDATE users SET password_hash = $2 WHERE id = $1", user_id, stored)
        await _end_access(user_id)


async def set_preferences(user_id: int, **chosen: str) -> None:
    """Set ``locale``, ``digits`` or ``theme``."""
    for name, value in chosen.items():
        if value not in PREFERENCES.get(name, ()):
            raise Invalid("not_possible", field=name)
    if chosen:
        await sql.run(
            """
            UPDATE users SET locale = coalesce($2, locale), digits = coalesce($3, digits),
                             theme = coalesce($4, theme) WHERE id = $1
            """,
            user_id,
            chosen.get("locale"),
            chosen.get("digits"),
            chosen.get("theme"),
        )


async def set_signatures(user_id: int, *, arabic: str, english: str) -> None:
    """Set what a person's answers are signed with in either language; empty signs with the name."""
    await sql.run(
        "UPDATE users SET signature_ar = $2, signature_en = $3 WHERE id = $1",
        user_id,
        _signature(arabic, field="arabic"),
        _signature(english, field="english"),
    )


def _signature(text: str, *, field: str) -> str:
    lines = [line.rstrip() for line in text.replace("\x00", "").strip().splitlines()]
    if len("\n".join(lines)) > SIGNATURE_CHARACTERS:
        raise Invalid("signature_too_long", field=field)
    if len(lines) > SIGNATURE_LINES:
        raise Invalid("signature_too_many_lines", field=field)
    return "\n".join(lines)


async def set_presence(user_id: int, state: State, *, now: datetime) -> None:
    """Set what the person chose; it stays chosen while they are gone."""
    async with transaction():
        before = await sql.value(
            "SELECT state FROM presences WHERE user_id = $1 FOR UPDATE", user_id
        )
        await sql.run(
            """
            INSERT INTO presences (user_id, state, chosen, changed_at, seen_at)
            VALUES ($1, $2, $2, $3, $3)
            ON CONFLICT (user_id) DO UPDATE SET state = excluded.state, chosen = excluded.chosen,
                changed_at = excluded.changed_at, seen_at = greatest(presences.seen_at, excluded.seen_at)
            """,
            user_id,
            state,
            now,
        )
        if before != state:
            await _tell([PresenceChange(user_id, state)], now)


async def seen(user_ids: Iterable[int], *, now: datetime) -> None:
    """Note that these people have a screen open; whoever was gone is again what they had chosen.

    Those who were here are noted first and by themselves, so that trouble with somebody's return never
    makes everybody look gone.
    """
    here = sorted(set(user_ids))
    if not here:
        return
    stayed = await sql.rows(
        """
        UPDATE presences p SET seen_at = greatest(p.seen_at, $2)
        FROM (SELECT user_id FROM presences WHERE user_id = ANY ($1::bigint[]) AND state = chosen
              ORDER BY user_id FOR UPDATE) AS l
        WHERE p.user_id = l.user_id RETURNING p.user_id
        """,
        here,
        now,
    )
    if back := sorted(set(here) - {row["user_id"] for row in stayed}):
        await _come_back(back, now=now)


async def expire_presences(*, now: datetime) -> int:
    """Make away whoever has had no screen open for a minute, offline after ten; return how many."""
    async with transaction():
        gone = await sql.rows(
            """
            UPDATE presences p SET state = g.state, changed_at = $1
            FROM (
                SELECT user_id, CASE WHEN seen_at < $3 THEN 'offline' ELSE 'away' END AS state
                FROM presences
                WHERE state <> 'offline' AND seen_at < $2
                  AND (state = 'online' OR seen_at < $3)
                ORDER BY user_id FOR UPDATE SKIP LOCKED
            ) AS g
            WHERE p.user_id = g.user_id RETURNING p.user_id, p.state
            """,
            now,
            now - AWAY_AFTER,
            now - OFFLINE_AFTER,
        )
        await _tell([PresenceChange(row["user_id"], row["state"]) for row in gone], now)
    return len(gone)


async def _come_back(user_ids: Sequence[int], *, now: datetime) -> None:
    async with transaction():
        back = await sql.rows(
            """
            INSERT INTO presences (user_id, state, chosen, changed_at, seen_at)
            SELECT id, 'online', 'online', $2, $2 FROM users
            WHERE id = ANY ($1::bigint[]) AND active ORDER BY id
            ON CONFLICT (user_id) DO UPDATE SET
                state = presences.chosen, changed_at = excluded.changed_at,
                seen_at = greatest(presences.seen_at, excluded.seen_at)
            WHERE presences.state <> presences.chosen
            RETURNING user_id, state
            """,
            list(user_ids),
            now,
        )
        await _tell([PresenceChange(row["user_id"], row["state"]) for row in back], now)


async def _tell(changes: Sequence[PresenceChange], now: datetime) -> None:
    if changes:
        await react(changes, now)
        await announce_presence()


async def _end_access(user_id: int) -> None:
    await sql.run("UPDATE users SET access_version = access_version + 1 WHERE id = $1", user_id)
    await announce_access([user_id])
