"""Apply what routing decided about new tickets: team, topic and priority; then look for an agent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from routing import Inquiry, TicketFacts, TopicTree, decide
from server.assignment import queries, topic_model
from server.assignment.actions.hand_out import give
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event

READ = 4000
"""So many characters of a message tell what it is about."""


def recognised(inquiry: Inquiry, topics: TopicTree) -> Inquiry:
    """Add the topic that the model is sure of; where it is not, keywords decide."""
    if inquiry.topic is not None or inquiry.topic_chosen:
        return inquiry
    told = topic_model.tell(f"{inquiry.subject}\n{inquiry.text[:READ]}")
    if told is None or told[0] not in topics.by_id:
        return inquiry
    return replace(inquiry, topic=told[0], topic_confidence=round(told[1], 3))


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
        ticket_id: decide(
            recognised(inquiry, topics), rules, topics, fallback_team=team_id, teams=teams
        )
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
    last = await queries.last_agents(list(decisions))
    await give(
        [
            TicketFacts(
                id=ticket_id,
                team=decision.team,
                channel=found[ticket_id][0].channel,
                topics=topics.path(decision.topic),
                language=found[ticket_id][0].language,
                created_at=at,
                last_agent=last.get(ticket_id),
                assign_to=decision.assign_to,
            )
            for ticket_id, decision in decisions.items()
        ],
        at=at,
    )
