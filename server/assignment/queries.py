"""Gather what routing reads: rules, topics, inquiries, agents and tickets that wait."""

from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

from routing import AgentFacts, Inquiry, Rule, TicketFacts, TopicFacts, TopicTree, parse_rule
from server.db import sql
from server.kit.settings import settings


async def rules() -> tuple[Rule, ...]:
    """Return the rules in their order."""
    found = await sql.rows(
        "SELECT id, name, enabled, body::text AS body FROM rules ORDER BY position, id LIMIT 1000"
    )
    return tuple(_rule(row["id"], row["name"], row["enabled"], row["body"]) for row in found)


@lru_cache(maxsize=2000)
def _rule(rule_id: int, name: str, enabled: bool, body: str) -> Rule:
    return parse_rule({"id": rule_id, "name": name, "enabled": enabled} | sql.load(body))


async def topics() -> TopicTree:
    """Return the tree of topics."""
    found = await sql.rows(
        "SELECT id, parent_id, keywords, team_id, priority FROM topics ORDER BY position, id LIMIT 5000"
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
               m.subject, m.reply_text, m.language, m.said_at, i.address, c.vip,
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


async def lock_agents(teams: Sequence[int]) -> tuple[AgentFacts, ...]:
    """Lock the capacity rows of these teams' online agents, in id order, and return what they carry.

    Only tickets whose citizen waits for an answer count as load.
    """
    await sql.run(
        """
        INSERT INTO workloads (user_id)
        SELECT DISTINCT m.user_id FROM memberships m JOIN presences p ON p.user_id = m.user_id
        WHERE m.team_id = ANY($1::bigint[]) AND p.state = 'online' ORDER BY m.user_id
        ON CONFLICT DO NOTHING
        """,
        list(teams),
    )
    locked = await sql.rows(
        """
        SELECT w.user_id FROM workloads w JOIN users u ON u.id = w.user_id AND u.active
        JOIN presences p ON p.user_id = w.user_id AND p.state = 'online'
        WHERE EXISTS (SELECT 1 FROM memberships m
                      WHERE m.user_id = w.user_id AND m.team_id = ANY($1::bigint[]))
        ORDER BY w.user_id FOR UPDATE OF w
        """,
        list(teams),
    )
    found = await sql.rows(
        """
        SELECT w.user_id, w.last_assigned_at, u.languages,
               ARRAY(SELECT m.team_id FROM memberships m WHERE m.user_id = w.user_id) AS teams,
               (SELECT count(*) FROM tickets t WHERE t.assignee_id = w.user_id AND t.waiting_since IS NOT NULL
                    AND t.status IN ('new', 'open', 'pending', 'on_hold')) AS mails
        FROM workloads w JOIN users u ON u.id = w.user_id WHERE w.user_id = ANY($1::bigint[])
        """,
        [row["user_id"] for row in locked],
    )
    return tuple(
        AgentFacts(
            id=row["user_id"],
            teams=frozenset(row["teams"]),
            presence="online",
            languages=frozenset(row["languages"]) or None,
            mails=row["mails"],
            last_assigned_at=row["last_assigned_at"],
        )
        for row in found
    )


async def lock_waiting(teams: Sequence[int], *, limit: int = 200) -> tuple[TicketFacts, ...]:
    """Lock unassigned tickets of these teams whose citizens wait, the most urgent of each team first."""
    found = await sql.rows(
        """
        SELECT t.id, t.team_id, t.channel, t.topic_id, t.language, t.next_due_at, t.created_at
        FROM unnest($1::bigint[]) AS team(id) CROSS JOIN LATERAL (
            SELECT * FROM tickets t WHERE t.team_id = team.id AND t.assignee_id IS NULL
                AND t.status IN ('new', 'open', 'pending', 'on_hold') AND t.waiting_since IS NOT NULL
            ORDER BY t.next_due_at NULLS LAST, t.id LIMIT $2 FOR UPDATE SKIP LOCKED
        ) AS t ORDER BY t.id
        """,
        sorted(set(teams)),
        limit,
    )
    return tuple(
        TicketFacts(
            id=row["id"],
            team=row["team_id"],
            channel=row["channel"],
            topics=(row["topic_id"],) if row["topic_id"] else (),
            language=row["language"],
            due_at=row["next_due_at"],
            created_at=row["created_at"],
        )
        for row in found
    )
