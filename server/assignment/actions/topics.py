"""Write rules and topics."""

from collections.abc import Sequence
from datetime import datetime

from server.db import sql


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
