"""Who can take what, as view models."""

from dataclasses import dataclass
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
from server.people.queries import Team, Viewer, teams
from server.tickets.queries import topics
from server.tickets.queries.topics import Topic
from server.tickets.screens.chrome import chrome

WEEK = timedelta(days=7)
STRATEGIES = ("round_robin", "most_spare_capacity", "longest_idle")
LANGUAGES = ("ar", "en")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A form was not accepted: its address, the question that was answered wrongly, and why."""

    action: str
    field: str | None
    reason: Reason


async def assignment_page(
    viewer: Viewer, *, now: datetime, wrong: Wrong | None = None
) -> AssignmentPage:
    """Build the page; ``wrong`` is what was not accepted."""
    rail = await chrome(viewer, here="assignment", now=now)
    ways = await queries.ways_of(viewer.supervised)
    agents = await queries.agents_of(viewer.supervised, since=now - WEEK)
    tree = await topics.tree()
    every = await teams()
    return AssignmentPage(
        rail,
        tuple(
            _team(way, [agent for agent in agents if way.id in agent.team_ids], tree, every, wrong)
            for way in ways
        ),
    )


def _team(
    way: Way,
    agents: list[Agent],
    tree: tuple[Topic, ...],
    every: tuple[Team, ...],
    wrong: Wrong | None,
) -> TeamWay:
    action = urls.assignment_team(way.id)
    cap = "" if way.hourly_cap is None else str(way.hourly_cap)
    form = QuestionForm(
        action=action,
        title="way",
        questions=(
            Question(
                "strategy",
                "one",
                options=tuple(Choice(code, selected=code == way.strategy) for code in STRATEGIES),
                of="strategy",
            ),
            Question("hourly_cap", "number", cap, error=_of("hourly_cap", action, wrong)),
            Question(
                "grace_minutes",
                "number",
                str(way.grace_minutes),
                error=_of("grace_minutes", action, wrong),
            ),
            Question(
                "patience_minutes",
                "number",
                str(way.patience_minutes),
                error=_of("patience_minutes", action, wrong),
            ),
            Question(
                "overflow_team",
                "one",
                options=(
                    Choice("", selected=way.overflow_team_id is None),
                    *(
                        Choice(
                            str(team.id),
                            Name(team.name_ar, team.name_en),
                            selected=team.id == way.overflow_team_id,
                        )
                        for team in every
                        if team.id != way.id
                    ),
                ),
                of="strategy",
                error=_of("overflow_team", action, wrong),
            ),
        ),
        notices=_of_all(action, wrong),
    )
    return TeamWay(
        id=way.id,
        name=Name(way.name_ar, way.name_en),
        waiting=way.waiting,
        because=Reason(way.because) if way.because else None,
        form=form,
        agents=tuple(_agent(agent, way.id, tree, wrong) for agent in agents),
    )


def _agent(agent: Agent, team_id: int, tree: tuple[Topic, ...], wrong: Wrong | None) -> AgentSkills:
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
                Question(
                    "capacity",
                    "number",
                    str(agent.capacity),
                    error=_of("capacity", action, wrong),
                ),
                Question(
                    "languages",
                    "many",
                    options=tuple(Choice(c, selected=c in agent.languages) for c in LANGUAGES),
                    of="language",
                    error=_of("languages", action, wrong),
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
            notices=_of_all(action, wrong),
        ),
    )


def _of(question: str, action: str, wrong: Wrong | None) -> Reason | None:
    return wrong.reason if wrong and (wrong.action, wrong.field) == (action, question) else None


def _of_all(action: str, wrong: Wrong | None) -> tuple[Reason, ...]:
    """Return what is wrong and has no question to stand beside."""
    asked = {
        "hourly_cap",
        "grace_minutes",
        "patience_minutes",
        "overflow_team",
        "capacity",
        "languages",
    }
    return (wrong.reason,) if wrong and wrong.action == action and wrong.field not in asked else ()
