"""Write rules: every change is a version of the whole set, with its author, and can be gone back to."""

from collections.abc import Mapping, Sequence
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
TAGS = 20


class RefusedRule(Invalid):
    """What would be wrong with the rules after a change; each remark says in which rule, and where in it."""

    def __init__(self, remarks: tuple[Reason, ...]) -> None:
        super().__init__(remarks[0].code, field=str(remarks[0].params.get("where", "when")))
        self.remarks = remarks


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
    only_who_write_rules(by)
    name = name.strip()
    if not name or len(name) > NAME_CHARACTERS:
        raise Invalid("required", field="name")
    async with transaction():
        await _alone()
        await checked(rule_id, name=name, body=body, enabled=enabled)
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
) -> tuple[Rule, ...]:
    """Return all rules as they would be; raise :class:`Invalid` for what cannot be."""
    try:
        rule = parse_rule({"id": rule_id or 0, "name": name, "enabled": enabled} | dict(body))
    except InvalidRule as error:
        raise Invalid("rule_cannot_be_read", field=error.field) from error
    if len(rule.then.tags) > TAGS:
        raise Invalid("too_many_tags", field="then.tags")
    known = await queries.rules()
    rules = tuple(rule if other.id == rule_id else other for other in known)
    if rule not in rules:
        rules = (*rules, rule)
    await _refuse_worse(known, rules, of=rule.id)
    return rules


async def remarks(rules: Sequence[Rule]) -> tuple[Reason, ...]:
    """Return what is wrong with the rules as they are: things may have gone since they were saved."""
    return review(rules, topics=await queries.topics(), existing=await named.existing())


async def _refuse_worse(
    before: Sequence[Rule], after: Sequence[Rule], *, of: int | None = None
) -> None:
    """Raise :class:`RefusedRule` for what is wrong with the rule ``of``, and for what a change makes of the others."""
    topics, existing = await queries.topics(), await named.existing()
    known = {_what(one) for one in review(before, topics=topics, existing=existing)}
    worse = tuple(
        one
        for one in review(after, topics=topics, existing=existing)
        if one.params["rule"] == of or _what(one) not in known
    )
    if worse:
        raise RefusedRule(worse)


def _what(remark: Reason) -> tuple[object, ...]:
    return (remark.code, remark.params["rule"], remark.params.get("by"), remark.params.get("where"))


async def move_rule(rule_id: int, *, up: bool, by: Viewer, now: datetime) -> None:
    """Let a rule change places with its neighbour; at the end it stays."""
    only_who_write_rules(by)
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
            before = await queries.rules()
            await _refuse_worse(before, sorted(before, key=lambda rule: ids.index(rule.id)))
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
    await _change("enabled = $2", rule_id, enabled, by=by, now=now, refusing=enabled)


async def remove_rule(rule_id: int, *, by: Viewer, now: datetime) -> None:
    """Take a rule away; earlier versions still have it."""
    await _change("removed_at = $2", rule_id, now, by=by, now=now)


async def restore_rules(version_id: int, *, by: Viewer, now: datetime) -> None:
    """Make the rules what they were in a version; that is a new version."""
    only_who_write_rules(by)
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


async def _change(
    what: str, rule_id: int, value: object, *, by: Viewer, now: datetime, refusing: bool = False
) -> None:
    only_who_write_rules(by)
    async with transaction():
        await _alone()
        before = await queries.rules()
        if not await sql.run(
            f"UPDATE rules SET {what} WHERE id = $1 AND removed_at IS NULL", rule_id, value
        ):
            raise NotFound
        if refusing:
            await _refuse_worse(before, await queries.rules(), of=rule_id)
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


def only_who_write_rules(by: Viewer) -> None:
    """Let supervisors and administrators through; every version bears its author's name."""
    if not by.supervised:
        raise Forbidden
