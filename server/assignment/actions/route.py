"""Apply what routing decided about new tickets: team, topic, priority, policy, tags; then look for an agent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from routing import Decision, Inquiry, TicketFacts, TopicTree, decide
from server.assignment import queries, topic_model
from server.assignment.actions.hand_out import give
from server.assignment.queries import deciding, named
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.tickets.actions.tags import tag_ids
from sla import Calendar

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


def at_hours(inquiry: Inquiry, calendars: Mapping[int, Calendar]) -> Inquiry:
    """Add which of these calendars were open when it was said."""
    if not calendars:
        return inquiry
    return replace(
        inquiry, calendars={one: found.is_open(inquiry.at) for one, found in calendars.items()}
    )


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
    existing = await named.existing()
    calendars = await named.calendars_asked(rules)
    decisions = {
        ticket_id: decide(
            recognised(at_hours(inquiry, calendars), topics),
            rules,
            topics,
            fallback_team=team_id,
            existing=existing,
        )
        for ticket_id, (inquiry, team_id) in found.items()
    }
    await _keep(decisions)
    await _tell(decisions, {event.ticket_id: event.data["message"] for event in citizens}, at)
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


async def _keep(decisions: Mapping[int, Decision]) -> None:
    await sql.run(
        """
        UPDATE tickets t SET team_id = d.team_id, priority = d.priority, asked_policy_id = d.policy_id,
            topic_id = CASE WHEN t.topic_by_person THEN t.topic_id ELSE d.topic_id END
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])
            AS d(id, team_id, priority, topic_id, policy_id)
        WHERE t.id = d.id
        """,
        *sql.columns(
            [
                (ticket_id, one.team, one.priority, one.topic, one.policy)
                for ticket_id, one in decisions.items()
            ],
            5,
        ),
    )
    tagged = [(ticket_id, sql.dump(one.tags)) for ticket_id, one in decisions.items() if one.tags]
    if tagged:
        await sql.run(
            """
            UPDATE tickets t SET tags = ARRAY(SELECT jsonb_array_elements_text(d.tags::jsonb))
            FROM unnest($1::bigint[], $2::text[]) AS d(id, tags) WHERE t.id = d.id
            """,
            *sql.columns(tagged, 2),
        )


async def _tell(
    decisions: Mapping[int, Decision], messages: Mapping[int, int], at: datetime
) -> None:
    tags = await tag_ids({tag for one in decisions.values() for tag in one.tags})
    version = await deciding.rules_version()
    await emit(
        [
            Event(
                ticket_id,
                "routed",
                {
                    "team": one.team,
                    "topic": one.topic,
                    "priority": one.priority,
                    "policy": one.policy,
                    "tags": [tags[tag] for tag in one.tags],
                    "answer": one.auto_reply,
                    "message": messages[ticket_id],
                    "rules": version,
                    "reasons": [reason.as_dict() for reason in one.reasons],
                },
            )
            for ticket_id, one in decisions.items()
        ],
        at=at,
    )
