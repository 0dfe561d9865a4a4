"""Read what people wrote about topics, and what the topic model learns from."""

from dataclasses import dataclass
from typing import NamedTuple

from server.db import sql


@dataclass(frozen=True, slots=True)
class WrittenTopic:
    """A topic as it was written; what it leaves open it takes from its parent."""

    id: int
    parent_id: int | None
    name_ar: str
    name_en: str
    team_id: int | None
    priority: str | None
    keywords: tuple[str, ...]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemovedTopic:
    """A topic that was put away, and where what came in for it went."""

    id: int
    name_ar: str
    name_en: str
    moved_to: int | None


class Example(NamedTuple):
    """A text and its topic; ``source`` says who told: ``seeded``, ``corrected`` or ``confirmed``."""

    text: str
    topic: int
    source: str


async def written_topics() -> tuple[WrittenTopic, ...]:
    """Return the topics as they were written."""
    found = await sql.rows(
        """
        SELECT id, parent_id, name_ar, name_en, team_id, priority, keywords, examples FROM topics
        WHERE removed_at IS NULL ORDER BY position, id LIMIT 5000
        """
    )
    return tuple(
        WrittenTopic(
            **{**row, "keywords": tuple(row["keywords"]), "examples": tuple(row["examples"])}
        )
        for row in found
    )


async def removed_topics() -> tuple[RemovedTopic, ...]:
    """Return the topics that were put away, the last first."""
    found = await sql.rows(
        """
        SELECT id, name_ar, name_en, moved_to FROM topics WHERE removed_at IS NOT NULL
        ORDER BY removed_at DESC, id LIMIT 100
        """
    )
    return tuple(RemovedTopic(**row) for row in found)


async def policies_of_topics() -> dict[int, tuple[tuple[int, str], ...]]:
    """Return id and name of the policies in force that are made for a topic, by topic."""
    found = await sql.rows(
        """
        SELECT topic_id, id, name FROM policies WHERE superseded_at IS NULL AND topic_id IS NOT NULL
        ORDER BY position, id LIMIT 1000
        """
    )
    of: dict[int, tuple[tuple[int, str], ...]] = {}
    for row in found:
        of[row["topic_id"]] = (*of.get(row["topic_id"], ()), (row["id"], row["name"]))
    return of


async def open_tickets_of(topic_id: int) -> int:
    """Count the tickets of a topic that are not over."""
    return int(
        await sql.value(
            """
            SELECT count(*) FROM tickets
            WHERE topic_id = $1 AND status IN ('new', 'open', 'pending', 'on_hold')
            """,
            topic_id,
        )
    )


async def examples(*, limit: int) -> list[Example]:
    """Return what there is to learn from: example sentences, people's choices, and what they let stand to the end.

    People's choices come before what was only let stand, the newest first. A topic that was put away teaches the
    one that took its place.
    """
    seeded = await sql.rows(
        """
        SELECT unnest(examples) AS text, id AS topic, 'seeded' AS source FROM topics WHERE removed_at IS NULL
        ORDER BY 2, 1 LIMIT $1
        """,
        limit,
    )
    told: list[Example] = []
    for source, chosen in (
        ("corrected", "t.topic_by_person"),
        (
            "confirmed",
            "NOT t.topic_by_person AND t.status IN ('resolved', 'closed') AND t.assignee_id IS NOT NULL",
        ),
    ):
        found = await sql.rows(
            f"""
            SELECT p.topic, m.text FROM (
                SELECT id, topic_id FROM tickets t WHERE {chosen} AND topic_id IS NOT NULL
                ORDER BY id DESC LIMIT $1
            ) AS t
            JOIN LATERAL (
                SELECT CASE WHEN removed_at IS NULL THEN id ELSE moved_to END AS topic FROM topics
                WHERE id = t.topic_id
            ) AS p ON p.topic IS NOT NULL
            CROSS JOIN LATERAL (
                SELECT left(concat_ws(E'\\n', nullif(subject, ''), reply_text), 4000) AS text FROM messages
                WHERE ticket_id = t.id AND direction = 'in' AND automatic IS NULL ORDER BY seq LIMIT 1
            ) AS m
            """,
            max(limit - len(seeded) - len(told), 0),
        )
        told += [Example(row["text"], row["topic"], source) for row in found]
    return [*(Example(**row) for row in seeded), *told]
