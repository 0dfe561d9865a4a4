"""Apply what routing decided: team, topic and priority of new tickets, and who gets what waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from routing import Assign, TicketFacts, Wait, assign_many, decide
from server.assignment import queries
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.work import transaction
from server.people.reactions import PresenceChange


async def route(created: Sequence[Event], at: datetime) -> None:
    """React to new tickets: decide where each belongs, then look for an agent.

    Automatic mail starts nothing: it stays with the team of its account until a person looks.
    """
    citizens = [event for event in created if "automatic" not in event.data]
    if not citizens:
        return
    found = await queries.inquiries([event.data["message"] for event in citizens])
    rules = await queries.rules()
    topics = await queries.topics()
    teams = await queries.team_ids()
    decisions = {
        ticket_id: decide(inquiry, rules, topics, fallback_team=team_id, teams=teams)
        for ticket_id, (inquiry, team_id) in found.items()
    }
    await sql.run(
        """
        UPDATE tickets t SET team_id = d.team_id, priority = d.priority,
                             topic_id = CASE WHEN t.topic_by_person THEN t.topic_id ELSE d.topic_id END
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) AS d(id, team_id, priority, topic_id)
        WHERE t.id = d.id
        """,
        *sql.columns(
            [
                (ticket_id, decision.team, decision.priority, decision.topic)
                for ticket_id, decision in decisions.items()
            ],
            4,
        ),
    )
    await emit(
        [
            Event(
                ticket_id,
                "routed",
                {
                    "team": decision.team,
                    "topic": decision.topic,
                    "priority": decision.priority,
                    "reasons": [reason.as_dict() for reason in decision.reasons],
                },
            )
            for ticket_id, decision in decisions.items()
        ],
        at=at,
    )
    await _hand_out(
        [
            TicketFacts(
                id=ticket_id,
                team=decision.team,
                channel=found[ticket_id][0].channel,
                topics=topics.path(decision.topic),
                language=found[ticket_id][0].language,
                created_at=at,
                assign_to=decision.assign_to,
            )
            for ticket_id, decision in decisions.items()
        ],
        at=at,
    )


async def hand_out_waiting(changes: Sequence[PresenceChange], at: datetime) -> None:
    """React to people coming online: give out what waits in their teams."""
    online = [change.user_id for change in changes if change.state == "online"]
    if not online:
        return
    async with transaction():
        rows = await sql.rows(
            "SELECT DISTINCT team_id FROM memberships WHERE user_id = ANY($1::bigint[])", online
        )
        waiting = await queries.lock_waiting([row["team_id"] for row in rows])
        await _hand_out(waiting, at=at)


async def hand_out_team(moved: Sequence[Event], at: datetime) -> None:
    """React to tickets handed over to another team: look for an agent there."""
    async with transaction():
        waiting = await queries.lock_waiting([event.data["to"] for event in moved])
        ids = {event.ticket_id for event in moved}
        await _hand_out([ticket for ticket in waiting if ticket.id in ids], at=at)


async def _hand_out(tickets: Sequence[TicketFacts], *, at: datetime) -> None:
    """Assign locked tickets under the lock of their agents' capacity rows; tell who waits, and why."""
    if not tickets:
        return
    agents = await queries.lock_agents(sorted({ticket.team for ticket in tickets}))
    answers = assign_many(tickets, agents, strategy="round_robin", now=at)
    given = {ticket: answer for ticket, answer in answers.items() if isinstance(answer, Assign)}
    await sql.run(
        """
        UPDATE tickets t SET assignee_id = g.agent_id
        FROM unnest($1::bigint[], $2::bigint[]) AS g(id, agent_id) WHERE t.id = g.id
        """,
        *sql.columns([(ticket, answer.agent_id) for ticket, answer in given.items()], 2),
    )
    # A microsecond apart, so that the next round goes on with whoever's turn it is.
    turns = {
        answer.agent_id: at + timedelta(microseconds=turn)
        for turn, answer in enumerate(given.values())
    }
    await sql.run(
        """
        UPDATE workloads w SET last_assigned_at = g.at
        FROM unnest($1::bigint[], $2::timestamptz[]) AS g(user_id, at) WHERE w.user_id = g.user_id
        """,
        *sql.columns(list(turns.items()), 2),
    )
    await emit([_told(ticket, answer) for ticket, answer in answers.items()], at=at)


def _told(ticket_id: int, answer: Assign | Wait) -> Event:
    reasons = [reason.as_dict() for reason in answer.reasons]
    if isinstance(answer, Assign):
        return Event(
            ticket_id, "assigned", {"from": None, "to": answer.agent_id, "reasons": reasons}
        )
    return Event(ticket_id, "waits_for_agent", {"reasons": reasons})


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
