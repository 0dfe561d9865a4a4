"""Write the tree of topics, and a first rule without an author."""

from collections.abc import Sequence
from datetime import datetime

from server.assignment import queries
from server.db import sql
from server.kit.errors import Forbidden, Invalid, NotFound
from server.kit.limits import NAME_CHARACTERS
from server.kit.work import transaction
from server.people.queries import Viewer

KEYWORDS = 200
KEYWORD_CHARACTERS = 100
PRIORITIES = ("low", "normal", "high", "urgent")


async def add_rule(*, name: str, body: dict[str, object], position: int, now: datetime) -> int:
    """Write a rule; :class:`routing.InvalidRule` names what is wrong with it."""
    from routing import parse_rule

    parse_rule({"id": 0, "name": name} | body)
    return int(
        await sql.value(
            "INSERT INTO rules (position, name, body, created_at) VALUES ($1, $2, $3::jsonb, $4) RETURNING id",
            position,
            name,
            sql.dump(body),
            now,
        )
    )


async def add_topic(
    slug: str,
    *,
    parent_id: int | None,
    name_ar: str,
    name_en: str,
    team: str | None,
    priority: str | None,
    keywords: Sequence[str],
    position: int,
) -> int:
    """Add a topic to the tree; what it leaves open it takes from its parent."""
    return int(
        await sql.value(
            """
            INSERT INTO topics (slug, parent_id, name_ar, name_en, team_id, priority, keywords, position)
            VALUES ($1, $2, $3, $4, (SELECT id FROM teams WHERE slug = $5), $6, $7, $8) RETURNING id
            """,
            slug,
            parent_id,
            name_ar,
            name_en,
            team,
            priority,
            list(keywords),
            position,
        )
    )


async def save_topic(
    topic_id: int | None,
    *,
    parent_id: int | None,
    name_ar: str,
    name_en: str,
    team_id: int | None,
    priority: str | None,
    keywords: Sequence[str],
    by: Viewer,
) -> int:
    """Write a topic, a new one behind its neighbours."""
    if not by.administrator:
        raise Forbidden
    _checked(name_ar, name_en, priority, keywords)
    async with transaction():
        await sql.run("LOCK TABLE topics IN SHARE ROW EXCLUSIVE MODE")
        tree = await queries.topics()
        if parent_id is not None and parent_id not in tree.by_id:
            raise Invalid("topic", field="parent")
        if topic_id is not None and topic_id in tree.path(parent_id):
            raise Invalid("topic_under_itself", field="parent")
        if team_id is not None and team_id not in await queries.team_ids():
            raise Invalid("team", field="team")
        values = (parent_id, name_ar.strip(), name_en.strip(), team_id, priority, list(keywords))
        if topic_id is None:
            return int(
                await sql.value(
                    """
                    INSERT INTO topics (slug, parent_id, name_ar, name_en, team_id, priority, keywords, position)
                    SELECT 'topic-' || nextval(pg_get_serial_sequence('topics', 'id')), $1, $2, $3, $4, $5, $6,
                           coalesce(max(position), 0) + 1 FROM topics RETURNING id
                    """,
                    *values,
                )
            )
        changed = await sql.run(
            """
            UPDATE topics SET parent_id = $1, name_ar = $2, name_en = $3, team_id = $4, priority = $5, keywords = $6
            WHERE id = $7
            """,
            *values,
            topic_id,
        )
        if not changed:
            raise NotFound
        return topic_id


def _checked(name_ar: str, name_en: str, priority: str | None, keywords: Sequence[str]) -> None:
    for field, name in (("name_ar", name_ar), ("name_en", name_en)):
        if not name.strip() or len(name) > NAME_CHARACTERS:
            raise Invalid("required", field=field)
    if priority is not None and priority not in PRIORITIES:
        raise Invalid("priority", field="priority")
    if len(keywords) > KEYWORDS or any(len(word) > KEYWORD_CHARACTERS for word in keywords):
        raise Invalid("too_long", field="keywords")
