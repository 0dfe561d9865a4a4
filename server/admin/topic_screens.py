"""The page of topics, as view models."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from agent_ui import urls
from agent_ui.models import Choice, Name, Question, QuestionForm, Reason
from agent_ui.models.codes import Priority
from agent_ui.models.topics import RemovedTopic, TopicLine, TopicPlace, TopicsPage
from routing.facts import PRIORITIES
from server.admin.rule_known import Known, knowledge
from server.assignment import queries
from server.assignment.queries import WrittenTopic
from server.people.queries import Viewer
from server.tickets.screens.chrome import chrome


async def topics_page(
    viewer: Viewer,
    *,
    topic_id: int | None,
    now: datetime,
    filled: WrittenTopic | None = None,
    wrong: tuple[str, Reason] | None = None,
) -> TopicsPage:
    """Build the tree of topics with the form of one of them, or of a new one."""
    rail = await chrome(viewer, here="topics", now=now)
    written = {topic.id: topic for topic in await queries.written_topics()}
    known = await knowledge()
    team_names = dict(known.teams)
    topic = filled or written.get(topic_id or 0) or WrittenTopic(0, None, "", "", None, None, ())
    lines = tuple(
        TopicLine(
            id=key,
            name=name,
            depth=depth,
            team=team_names.get(written[key].team_id or 0),
            priority=cast("Priority | None", written[key].priority),
            keywords=written[key].keywords,
            examples=len(written[key].examples),
        )
        for key, name, depth in known.topics
        if key in written
    )
    form = QuestionForm(
        action=urls.topics(topic_id or 0),
        title="topic" if topic_id else "new_topic",
        name=Name(written[topic_id].name_ar, written[topic_id].name_en)
        if topic_id in written
        else None,
        questions=_topic_questions(topic, known, wrong),
    )
    names = {key: name for key, name, _ in known.topics}
    removed = tuple(
        RemovedTopic(one.id, Name(one.name_ar, one.name_en), names.get(one.moved_to or 0))
        for one in await queries.removed_topics()
    )
    place = None
    if topic_id in written:
        error = wrong[1] if wrong and wrong[0] == "into" else None
        place = await _place(written[topic_id], written, known, error)
    return TopicsPage(rail, lines, form, place, removed)


async def _place(
    topic: WrittenTopic,
    written: Mapping[int, WrittenTopic],
    known: Known,
    error: Reason | None,
) -> TopicPlace:
    neighbours = [one.id for one in written.values() if one.parent_id == topic.parent_id]
    tree = await queries.topics()
    return TopicPlace(
        id=topic.id,
        policies=(await queries.policies_of_topics()).get(topic.id, ()),
        first=neighbours[0] == topic.id,
        last=neighbours[-1] == topic.id,
        tickets=await queries.open_tickets_of(topic.id),
        below=sum(one.parent_id == topic.id for one in written.values()),
        heirs=(
            Choice("", selected=topic.parent_id is None),
            *(
                Choice(str(key), name, selected=key == topic.parent_id, depth=depth)
                for key, name, depth in known.topics
                if topic.id not in tree.path(key)
            ),
        ),
        error=error,
    )


def _topic_questions(
    topic: WrittenTopic, known: Known, wrong: tuple[str, Reason] | None
) -> tuple[Question, ...]:
    error = dict([wrong]) if wrong else {}
    parents = [(key, name, depth) for key, name, depth in known.topics if key != topic.id]
    priorities = ("", *PRIORITIES)
    return (
        Question("name_ar", value=topic.name_ar, error=error.get("name_ar")),
        Question("name_en", value=topic.name_en, error=error.get("name_en")),
        Question(
            "parent",
            "one",
            options=(
                Choice("", selected=topic.parent_id is None),
                *(
                    Choice(str(key), name, selected=key == topic.parent_id, depth=depth)
                    for key, name, depth in parents
                ),
            ),
            error=error.get("parent"),
        ),
        Question("keywords", "long", value="، ".join(topic.keywords), error=error.get("keywords")),
        Question("examples", "long", value="\n".join(topic.examples), error=error.get("examples")),
        Question(
            "team",
            "one",
            options=(
                Choice("", selected=topic.team_id is None),
                *(Choice(str(k), name, selected=k == topic.team_id) for k, name in known.teams),
            ),
            error=error.get("team"),
        ),
        Question(
            "priority",
            "one",
            options=tuple(Choice(c, selected=c == (topic.priority or "")) for c in priorities),
            of="priority",
        ),
    )
