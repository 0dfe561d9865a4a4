"""Write the tree of topics, and a first rule without an author."""

from collections.abc import Sequence
from datetime import datetime

from server.assignment import queries
from server.assignment.starting_topics import starting_topics
from server.db import sql
from server.kit.errors import Forbidden, Invalid, NotFound
from server.kit.limits import NAME_CHARACTERS
from server.kit.work import transaction
from server.people.queries import Viewer

KEYWORDS = 200
KEYWORD_CHARACTERS = 100
EXAMPLES = 1000
EXAMPLE_CHARACTERS = 1000
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
    examples: Sequence[str] = (),
) -> int:
    """Add a topic to the tree; what it leaves open it takes from its parent."""
    return int(
        await sql.value(
            """
            INSERT INTO topics (slug, parent_id, name_ar, name_en, team_id, priority, keywords, position, examples)
            VALUES ($1, $2, $3, $4, (SELECT id FROM teams WHERE slug = $5), $6, $7, $8, $9) RETURNING id
            """,
            slug,
            parent_id,
            name_ar,
            name_en,
            team,
            priority,
            list(keywords),
            position,
            list(examples),
        )
    )


async def begin_with_topics() -> dict[str, int]:
    """Add the topics that a new desk can begin with, each with its examples; return their ids by slug."""
    made: dict[str, int] = {}
    for place, topic in enumerate(starting_topics()):
        made[topic.slug] = await add_topic(
            topic.slug,
            parent_id=made.get(topic.parent or ""),
            name_ar=topic.name_ar,
            name_en=topic.name_en,
            team=topic.team,
            priority=topic.priority,
            keywords=topic.keywords,
            position=place,
            examples=topic.examples,
        )
    return made


async def take_starting_topics(*, by: Viewer) -> None:
    """Add the topics to begin with where there are none yet."""
    if not by.administrator:
        raise Forbidden
    async with transaction():
        await sql.run("LOCK TABLE topics IN SHARE ROW EXCLUSIVE MODE")
        if not await sql.value("SELECT EXISTS (SELECT FROM topics)"):
            await begin_with_topics()


async def save_topic(
    topic_id: int | None,
    *,
    parent_id: int | None,
    name_ar: str,
    name_en: str,
    team_id: int | None,
    priority: str | None,
    keywords: Sequence[str],
    examples: Sequence[str] = (),
    by: Viewer,
) -> int:
    """Write a topic, a new one behind its neighbours."""
    if not by.administrator:
        raise Forbidden
    _checked(name_ar, name_en, priority, keywords, examples)
    async with transaction():
        await sql.run("LOCK TABLE topics IN SHARE ROW EXCLUSIVE MODE")
        tree = await queries.topics()
        if parent_id is not None and parent_id not in tree.by_id:
            raise Invalid("topic", field="parent")
        if topic_id is not None and topic_id in tree.path(parent_id):
            raise Invalid("topic_under_itself", field="parent")
        if team_id is not None and team_id not in await queries.team_ids():
            raise Invalid("team", field="team")
        values = (
            parent_id,
            name_ar.strip(),
            name_en.strip(),
            team_id,
            priority,
            list(keywords),
            list(examples),
        )
        if topic_id is None:
            return int(
                await sql.value(
                    """
                    INSERT INTO topics (slug, parent_id, name_ar, name_en, team_id, priority, keywords, examples,
                                        position)
                    SELECT 'topic-' || nextval(pg_get_serial_sequence('topics', 'id')), $1, $2, $3, $4, $5, $6, $7,
                           coalesce(max(position), 0) + 1 FROM topics RETURNING id
                    """,
                    *values,
                )
            )
        changed = await sql.run(
            """
            UPDATE topics SET parent_id = $1, name_ar = $2, name_en = $3, team_id = $4, priority = $5, keywords = $6,
                              examples = $7
            WHERE id = $8 AND removed_at IS NULL
            """,
            *values,
            topic_id,
        )
        if not changed:
            raise NotFound
        return topic_id


def _checked(
    name_ar: str,
    name_en: str,
    priority: str | None,
    keywords: Sequence[str],
    examples: Sequence[str],
) -> None:
    for field, name in (("name_ar", name_ar), ("name_en", name_en)):
        if not name.strip():
            raise Invalid("required", field=field)
        if len(name) > NAME_CHARACTERS:
            raise Invalid("too_long", field=field)
    if priority is not None and priority not in PRIORITIES:
        raise Invalid("priority", field="priority")
    if len(keywords) > KEYWORDS or any(len(word) > KEYWORD_CHARACTERS for word in keywords):
        raise Invalid("too_long", field="keywords")
    if len(examples) > EXAMPLES or any(len(text) > EXAMPLE_CHARACTERS for text in examples):
        raise Invalid("too_long", field="examples")
