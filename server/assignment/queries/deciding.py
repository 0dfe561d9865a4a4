"""Gather what rules read: the rules themselves, topics and inquiries."""

from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

from routing import Inquiry, InvalidRule, Rule, TopicFacts, TopicTree, parse_rule
from server.db import sql
from server.kit import log
from server.kit.settings import settings

_log = log.get(__name__)


async def rules() -> tuple[Rule, ...]:
    """Return the rules in their order; one that cannot be read is passed over, and no ticket waits for it."""
    found = await sql.rows(
        """
        SELECT id, name, enabled, body::text AS body FROM rules
        WHERE removed_at IS NULL ORDER BY position, id LIMIT 1000
        """
    )
    read = (_rule(row["id"], row["name"], row["enabled"], row["body"]) for row in found)
    return tuple(rule for rule in read if rule is not None)


@lru_cache(maxsize=2000)
def _rule(rule_id: int, name: str, enabled: bool, body: str) -> Rule | None:
    try:
        return parse_rule({"id": rule_id, "name": name, "enabled": enabled} | sql.load(body))
    except InvalidRule as error:
        _log.error("rule cannot be read", rule=rule_id, error=str(error)[:200])
        return None


async def rules_version() -> int | None:
    """Return the newest version of the rules."""
    found: int | None = await sql.value("SELECT max(id) FROM rule_versions")
    return found


async def topics() -> TopicTree:
    """Return the tree of topics."""
    found = await sql.rows(
        """
        SELECT id, parent_id, keywords, team_id, priority FROM topics WHERE removed_at IS NULL
        ORDER BY position, id LIMIT 5000
        """
    )
    return _tree(
        tuple(
            TopicFacts(
                id=row["id"],
                parent=row["parent_id"],
                keywords=tuple(row["keywords"]),
                team=row["team_id"],
                priority=row["priority"],
            )
            for row in found
        )
    )


@lru_cache(maxsize=4)
def _tree(facts: tuple[TopicFacts, ...]) -> TopicTree:
    return TopicTree(facts)


async def team_ids() -> frozenset[int]:
    """Return every team that exists."""
    return frozenset(row["id"] for row in await sql.rows("SELECT id FROM teams LIMIT 5000"))


async def inquiries(message_ids: Sequence[int]) -> dict[int, tuple[Inquiry, int]]:
    """Return, by ticket id, the inquiry that began each ticket and the team it has so far."""
    found = await sql.rows(
        """
        SELECT t.id, t.team_id, t.topic_id, t.topic_by_person, t.priority, m.channel, m.channel_account_id,
               m.subject, left(m.reply_text, 20000) AS reply_text, m.language, m.said_at, i.address, c.vip,
               (SELECT count(*) FROM attachments a WHERE a.message_id = m.id) AS attachments,
               (SELECT count(*) FROM (SELECT 1 FROM tickets e
                    WHERE e.contact_id = t.contact_id AND e.id < t.id LIMIT 100) AS earlier) AS earlier
        FROM messages m JOIN tickets t ON t.id = m.ticket_id
        JOIN identities i ON i.id = m.identity_id JOIN contacts c ON c.id = t.contact_id
        WHERE m.id = ANY($1::bigint[])
        """,
        list(message_ids),
    )
    zone = ZoneInfo(settings().zone)
    return {
        row["id"]: (
            Inquiry(
                channel=row["channel"],
                at=row["said_at"].astimezone(zone),
                account=row["channel_account_id"],
                subject=row["subject"],
                text=row["reply_text"],
                sender=row["address"],
                language=row["language"],
                topic=row["topic_id"],
                topic_chosen=row["topic_by_person"],
                priority=row["priority"],
                attachments=row["attachments"],
                vip=row["vip"],
                earlier_tickets=row["earlier"],
            ),
            row["team_id"],
        )
        for row in found
    }
