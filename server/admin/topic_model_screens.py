"""How topics are recognised, as view models."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from agent_ui.models import Name
from agent_ui.models.topics import (
    ConfusedPair,
    ConfusedTopics,
    ModelDrift,
    ModelState,
    ModelVersion,
    ModelVersions,
    ModelWeek,
    Outcome,
    RecognisedTopic,
    RecognisedTopics,
    TopicModelPage,
    TopicShare,
)
from server.assignment import topic_model
from server.assignment.queries import about_model
from server.assignment.queries.about_model import Correction, Training, Week
from server.people.queries import Viewer
from server.tickets.queries import topics as tree
from server.tickets.screens.chrome import chrome

PAIRS = 30
_WORKING: Outcome = "running"
Names = Mapping[int, Name]


async def topic_model_page(viewer: Viewer, *, now: datetime) -> TopicModelPage:
    """Build the page; tickets are those of the teams that the viewer supervises."""
    rail = await chrome(viewer, here="topic_model", now=now)
    names = {node.topic.id: Name(node.topic.ar, node.topic.en) for node in await tree.tree()}
    found = await about_model.trainings()
    running = any(one.state != "done" for one in found)
    in_use = await about_model.report_in_use()
    current = in_use[0].id if in_use else None
    history = ModelVersions(tuple(_version(one, current=one.id == current) for one in found))
    if in_use is None:
        return TopicModelPage(rail, None, history=history, running=running)
    training, report = in_use
    weeks = await about_model.weeks(viewer.supervised, now=now)
    corrections = await about_model.corrections(viewer.supervised)
    taken = Counter({(topic, said): count for topic, said, count in report["judged"]["taken_for"]})
    return TopicModelPage(
        rail,
        _state(training, report["judged"]),
        topics=_recognised(report, taken, names),
        confused=_confused(taken, corrections, names),
        drift=ModelDrift(
            tuple(_week(week) for week in weeks),
            _shares(report, weeks[0], names) if weeks else (),
        ),
        history=history,
        running=running,
    )


def _state(training: Training, judged: Mapping[str, Any]) -> ModelState:
    return ModelState(
        version=_version(training, current=True),
        answered=_percent(judged["answered"], judged["held_back"]) or 0.0,
        answered_right=_percent(judged["answered_right"], judged["answered"]) or 0.0,
        threshold=100 * judged["threshold"],
        held_back=judged["held_back"],
        damaged=not topic_model.stands(training.file or ""),
    )


def _version(training: Training, *, current: bool) -> ModelVersion:
    outcome: Outcome = "failed"
    if training.state != "done":
        outcome = _WORKING
    elif training.kept:
        outcome = "kept"
    else:
        outcome = next((one for one in get_args(Outcome) if one == training.error), outcome)
    return ModelVersion(
        at=training.at,
        outcome=outcome,
        seeded=training.seeded,
        corrected=training.corrected,
        confirmed=training.confirmed,
        accuracy=_in_hundred(training.accuracy),
        former_accuracy=_in_hundred(training.former_accuracy),
        seeded_accuracy=_in_hundred(training.seeded_accuracy),
        former_seeded_accuracy=_in_hundred(training.former_seeded_accuracy),
        current=current,
    )


def _recognised(
    report: Mapping[str, Any], taken: Counter[tuple[int, int]], names: Names
) -> RecognisedTopics:
    learnt = {row["topic"]: row["examples"] for row in report["topics"]}
    belong: Counter[int] = Counter()
    given: Counter[int] = Counter()
    for (topic, said), count in taken.items():
        belong[topic] += count
        given[said] += count
    return RecognisedTopics(
        tuple(
            RecognisedTopic(
                name=name,
                examples=learnt.get(topic, 0),
                held_back=belong[topic],
                precision=_percent(taken[topic, topic], given[topic]),
                recall=_percent(taken[topic, topic], belong[topic]),
            )
            for topic, name in names.items()
        )
    )


def _confused(
    taken: Counter[tuple[int, int]], corrections: tuple[Correction, ...], names: Names
) -> ConfusedTopics:
    corrected = {(one.chosen, one.said): one for one in corrections}
    pairs = {pair for pair in taken.keys() | corrected.keys() if pair[0] != pair[1]}
    made = []
    for topic, said in pairs:
        if topic in names and said in names:
            one = corrected.get((topic, said))
            made.append(
                ConfusedPair(
                    topic=names[topic],
                    taken_for=names[said],
                    held_back=taken[topic, said],
                    corrected=one.count if one else 0,
                    tickets=tuple((key, str(number)) for key, number in one.tickets) if one else (),
                )
            )
    made.sort(key=lambda one: (-one.held_back - one.corrected, one.topic.en, one.taken_for.en))
    return ConfusedTopics(tuple(made[:PAIRS]))


def _week(week: Week) -> ModelWeek:
    return ModelWeek(
        begins=week.begins,
        tickets=week.tickets,
        unsure=_percent(week.unsure, week.tickets) or 0.0,
        corrected=_percent(week.corrected, week.tickets) or 0.0,
    )


def _shares(report: Mapping[str, Any], week: Week, names: Names) -> tuple[TopicShare, ...]:
    learnt = {row["topic"]: row["examples"] for row in report["topics"]}
    total, now = sum(learnt.values()), sum(week.topics.values())
    return tuple(
        TopicShare(
            name,
            _percent(learnt.get(topic, 0), total) or 0.0,
            _percent(week.topics.get(topic, 0), now) or 0.0,
        )
        for topic, name in names.items()
    )


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _in_hundred(share: float | None) -> float | None:
    return None if share is None else 100 * share
