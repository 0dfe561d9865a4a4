"""Who can take what, as view models."""

from datetime import datetime, timedelta
from typing import cast

from agent_ui import urls
from agent_ui.models import (
    AgentSkills,
    AssignmentPage,
    Choice,
    Name,
    Question,
    QuestionForm,
    Reason,
    TeamWay,
)
from agent_ui.models.codes import Presence
from server.assignment import queries
from server.assignment.queries import Agent
from server.assignment.queries import TeamWay as Way
from server.people.queries import Viewer
from server.tickets.queries import topics
from server.tickets.queries.topics import Topic
from server.tickets.screens.chrome import chrome

WEEK = timedelta(days=7)
STRATEGIES = ("round_robin", "most_spare_capacity", "longest_idle")
LANGUAGES = ("ar", "en")


async def assignment_page(
    viewer: Viewer, *, now: datetime, wrong: tuple[str, Reason] | None = None
) -> AssignmentPage:
    """Build the page; ``wrong`` is the address of the form that was not accepted, and why."""
    rail = await chrome(viewer, here="assignment", now=now)
    ways = await queries.ways_of(viewer.supervised)
    agents = await queries.agents_of(viewer.supervised, since=now - WEEK)
    tree = await topics.tree()
    return AssignmentPage(
        rail,
        tuple(
            _team(way, [agent for agent in agents if way.id in agent.team_ids], tree, wrong)
            for way in ways
        ),
    )


def _team(
    way: Way, agents: list[Agent], tree: tuple[Topic, ...], wrong: tuple[str, Reason] | None
) -> TeamWay:
    form = QuestionForm(
        action=urls.assignment_team(way.id),
        title="way",
        questions=(
            Question(
                "strategy",
                "one",
                options=tuple(Choice(code, selected=code == way.strategy) for code in STRATEGIES),
                of="strategy",
            ),
            Question(
                "hourly_cap", "number", value="" if way.hourly_cap is None else str(way.hourly_cap)
            ),
            Question("grace_minutes", "number", value=str(way.grace_minutes)),
        ),
        notices=_wrong(urls.assignment_team(way.id), wrong),
    )
    return TeamWay(
        id=way.id,
        name=Name(way.name_ar, way.name_en),
        waiting=way.waiting,
        because=Reason(way.because) if way.because else None,
        form=form,
        agents=tuple(_agent(agent, way.id, tree, wrong) for agent in agents),
    )


def _agent(
    agent: Agent, team_id: int, tree: tuple[Topic, ...], wrong: tuple[str, Reason] | None
) -> AgentSkills:
    action = urls.assignment_agent(agent.id)
    chosen = agent.topics or ()
    return AgentSkills(
        # One person may be in several teams of this page.
        id=agent.id * 1_000_000 + team_id,
        name=agent.name,
        presence=cast("Presence", agent.presence),
        waiting=agent.waiting,
        capacity=agent.capacity,
        taken_week=agent.taken_week,
        form=QuestionForm(
            action=action,
            title="skills",
            questions=(
                Question("capacity", "number", value=str(agent.capacity)),
                Question(
                    "languages",
                    "many",
                    options=tuple(Choice(c, selected=c in agent.languages) for c in LANGUAGES),
                    of="language",
                ),
                Question("every_topic", "yes", value="yes" if agent.topics is None else ""),
                Question(
                    "topics",
                    "many",
                    options=tuple(
                        Choice(
                            str(node.topic.id),
                            Name(node.topic.ar, node.topic.en),
                            selected=node.topic.id in chosen,
                            depth=node.depth,
                        )
                        for node in tree
                    ),
                ),
            ),
            notices=_wrong(action, wrong),
        ),
    )


def _wrong(action: str, wrong: tuple[str, Reason] | None) -> tuple[Reason, ...]:
    return (wrong[1],) if wrong and wrong[0] == action else ()
