"""Move topics among their neighbours, put them away, and bring them back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.assignment import queries
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.errors import Conflict, Forbidden, Invalid, NotFound
from server.kit.work import transaction
from server.people.queries import Viewer


class TopicInUse(Conflict):
    """A rule or a policy names the topic; ``called`` is its name."""

    def __init__(self, code: str, called: str) -> None:
        super().__init__()
        self.code = code
        self.called = called


async def move_topic(topic_id: int, *, up: bool, by: Viewer) -> None:
    """Let a topic change places with its neighbour under the same parent; at the end it stays."""
    _only_administrators(by)
    async with transaction():
        await sql.run("LOCK TABLE topics IN SHARE ROW EXCLUSIVE MODE")
        written = await queries.written_topics()
        own = next((topic for topic in written if topic.id == topic_id), None)
        if own is None:
            raise NotFound
        ids = [topic.id for topic in written if topic.parent_id == own.parent_id]
        at = ids.index(topic_id)
        other = at - 1 if up else at + 1
        if not 0 <= other < len(ids):
            return
        ids[at], ids[other] = ids[other], ids[at]
        await sql.run(
            """
            UPDATE topics t SET position = o.place
            FROM unnest($1::bigint[]) WITH ORDINALITY AS o(id, place) WHERE t.id = o.id
            """,
            ids,
        )


async def remove_topic(topic_id: int, *, into: int | None, by: Viewer, now: datetime) -> None:
    """Put a topic away: what lies under it and its open tickets go over to ``into``.

    Tickets that are over keep it, and its name stays in reports. Nothing is destroyed: it can be brought back.
    """
    _only_administrators(by)
    async with transaction():
        await sql.run("LOCK TABLE topics IN SHARE ROW EXCLUSIVE MODE")
        tree = await queries.topics()
        if topic_id not in tree.by_id:
            raise NotFound
        if into is not None and (into not in tree.by_id or topic_id in tree.path(into)):
            raise Invalid("topic", field="into")
        await _check_unused(topic_id)
        below = [topic.id for topic in tree.by_id.values() if topic.parent == topic_id]
        tickets = await sql.rows(
            """
            SELECT id FROM tickets WHERE topic_id = $1 AND status IN ('new', 'open', 'pending', 'on_hold')
            ORDER BY id FOR UPDATE
            """,
            topic_id,
        )
        if into is None and (below or tickets):
            raise Invalid("topic_needs_heir", field="into")
        ids = [row["id"] for row in tickets]
        await sql.run(
            "UPDATE topics SET removed_at = $2, moved_to = $3 WHERE id = $1", topic_id, now, into
        )
        await sql.run("UPDATE topics SET parent_id = $2 WHERE id = ANY($1::bigint[])", below, into)
        await sql.run("UPDATE tickets SET topic_id = $2 WHERE id = ANY($1::bigint[])", ids, into)
        await sql.run(
            """
            UPDATE workloads SET topics = CASE WHEN $2::bigint IS NULL OR $2 = ANY(topics)
                THEN array_remove(topics, $1) ELSE array_replace(topics, $1, $2) END
            WHERE $1 = ANY(topics)
            """,
            topic_id,
            into,
        )
        await emit(
            [
                Event(ticket_id, "topic_changed", {"from": topic_id, "to": into}, by.id)
                for ticket_id in ids
            ],
            at=now,
        )


async def restore_topic(topic_id: int, *, by: Viewer) -> None:
    """Bring a topic back; what went over to another one stays there."""
    _only_administrators(by)
    restored = await sql.run(
        """
        UPDATE topics t SET removed_at = NULL, moved_to = NULL, parent_id = (
            SELECT p.id FROM topics p WHERE p.id = t.parent_id AND p.removed_at IS NULL)
        WHERE t.id = $1 AND t.removed_at IS NOT NULL
        """,
        topic_id,
    )
    if not restored:
        raise NotFound


async def _check_unused(topic_id: int) -> None:
    for rule in await queries.written_rules():
        if _names(rule.body, topic_id):
            raise TopicInUse("topic_in_rule", rule.name)
    for _, name in (await queries.policies_of_topics()).get(topic_id, ()):
        raise TopicInUse("topic_in_policy", name)


def _names(body: Mapping[str, Any], topic_id: int) -> bool:
    """Tell whether a rule speaks of a topic, however deep its groups are."""
    waiting: list[Any] = [body.get("when", {})]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mapping):
            if found.get("field") == "topic":
                value = found.get("value")
                if topic_id in (value if isinstance(value, list | tuple) else [value]):
                    return True
            waiting += found.values()
        elif isinstance(found, list | tuple):
            waiting += found
    return bool(body.get("then", {}).get("topic") == topic_id)


def _only_administrators(by: Viewer) -> None:
    if not by.administrator:
        raise Forbidden
