"""Write rules: every change is a version of the whole set, with its author, and can be gone back to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from routing import InvalidRule, Reason, Rule, parse_rule, review
from server.assignment import queries
from server.assignment.queries import named
from server.db import sql
from server.kit.errors import Forbidden, Invalid, NotFound
from server.kit.limits import NAME_CHARACTERS
from server.kit.work import transaction
from server.people.queries import Viewer

_LOCK = 0x7A3A5032
REFUSED = frozenset({"names_unknown_team", "names_unknown_topic"})


async def save_rule(
    rule_id: int | None,
    *,
    name: str,
    body: Mapping[str, Any],
    enabled: bool = True,
    by: Viewer,
    now: datetime,
) -> int:
    """Write a rule, a new one behind the others; :class:`Invalid` says what is wrong with it."""
    _only_administrators(by)
    name = name.strip()
    if not name or len(name) > NAME_CHARACTERS:
        raise Invalid("required", field="name")
    await checked(rule_id, name=name, body=body, enabled=enabled)
    async with transaction():
        await _alone()
        saved: int | None
        if rule_id is None:
            saved = await sql.value(
                """
                INSERT INTO rules (position, name, enabled, body, created_at)
                SELECT coalesce(max(position), 0) + 1, $1, $2, $3::jsonb, $4 FROM rules RETURNING id
                """,
                name,
                enabled,
                sql.dump(body),
                now,
            )
        else:
            saved = await sql.value(
                """
                UPDATE rules SET name = $2, enabled = $3, body = $4::jsonb
                WHERE id = $1 AND removed_at IS NULL RETURNING id
                """,
                rule_id,
                name,
                enabled,
                sql.dump(body),
            )
        if saved is None:
            raise NotFound
        await _keep_version(by, now=now)
    return saved


async def checked(
    rule_id: int | None, *, name: str, body: Mapping[str, Any], enabled: bool
) -> tuple[tuple[Rule, ...], tuple[Reason, ...]]:
    """Return all rules as they would be, and what deserves a look; raise :class:`Invalid` for what cannot be."""
    try:
        rule = parse_rule({"id": rule_id or 0, "name": name, "enabled": enabled} | dict(body))
    except InvalidRule as error:
        raise Invalid("rule_cannot_be_read", field=error.field) from error
    known = await queries.rules()
    rules = tuple(rule if other.id == rule_id else other for other in known)
    if rule_id is None:
        rules = (*known, rule)
    topics, existing = await queries.topics(), await named.existing()
    remarks = review(rules, topics=topics, existing=existing)
    own = tuple(remark for remark in remarks if remark.params.get("rule") == rule.id)
    for remark in own:
        if remark.code in REFUSED:
            raise Invalid(remark.code, field="when")
    return rules, own


async def move_rule(rule_id: int, *, up: bool, by: Viewer, now: datetime) -> None:
    """Let a rule change places with its neighbour; at the end it stays."""
    _only_administrators(by)
    async with transaction():
        await _alone()
        rows = await sql.rows("SELECT id FROM rules WHERE removed_at IS NULL ORDER BY position, id")
        ids = [row["id"] for row in rows]
        if rule_id not in ids:
            raise NotFound
        at = ids.index(rule_id)
        other = at - 1 if up else at + 1
        if 0 <= other < len(ids):
            ids[at], ids[other] = ids[other], ids[at]
            await sql.run(
                """
                UPDATE rules r SET position = o.place
                FROM unnest($1::bigint[]) WITH ORDINALITY AS o(id, place) WHERE r.id = o.id
                """,
                ids,
            )
            await _keep_version(by, now=now)


async def set_rule_enabled(rule_id: int, *, enabled: bool, by: Viewer, now: datetime) -> None:
    """Switch a rule on or off."""
    await _change("enabled = $2", rule_id, enabled, by=by, now=now)


async def remove_rule(rule_id: int, *, by: Viewer, now: datetime) -> None:
    """Take a rule away; earlier versions still have it."""
    await _change("removed_at = $2", rule_id, now, by=by, now=now)


async def restore_rules(version_id: int, *, by: Viewer, now: datetime) -> None:
    """Make the rules what they were in a version; that is a new version."""
    _only_administrators(by)
    async with transaction():
        await _alone()
        kept = await sql.value("SELECT rules FROM rule_versions WHERE id = $1", version_id)
        if kept is None:
            raise NotFound
        await sql.run("UPDATE rules SET removed_at = $1 WHERE removed_at IS NULL", now)
        await sql.run(
            """
            UPDATE rules r SET removed_at = NULL, position = k.place, name = k.rule->>'name',
                enabled = (k.rule->>'enabled')::bool, body = k.rule->'body'
            FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS k(rule, place)
            WHERE r.id = (k.rule->>'id')::bigint
            """,
            kept,
        )
        await _keep_version(by, now=now)


async def _change(what: str, rule_id: int, value: object, *, by: Viewer, now: datetime) -> None:
    _only_administrators(by)
    async with transaction():
        await _alone()
        if not await sql.run(
            f"UPDATE rules SET {what} WHERE id = $1 AND removed_at IS NULL", rule_id, value
        ):
            raise NotFound
        await _keep_version(by, now=now)


async def _keep_version(by: Viewer, *, now: datetime) -> None:
    await sql.run(
        """
        INSERT INTO rule_versions (rules, author_id, at)
        SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name, 'enabled', enabled, 'body', body)
               ORDER BY position, id), '[]'), $1, $2
        FROM rules WHERE removed_at IS NULL
        """,
        by.id,
        now,
    )


async def _alone() -> None:
    """Let one change of the set end before the next begins."""
    await sql.run("SELECT pg_advisory_xact_lock($1)", _LOCK)


def _only_administrators(by: Viewer) -> None:
    if not by.administrator:
        raise Forbidden
