"""Examples of topics and of how they are recognised; the gallery shows them with its own."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from agent_ui.models import Choice, Chrome, Name, Question, QuestionForm, Reason
from agent_ui.models.topics import (
    ConfusedPair,
    ConfusedTopics,
    ModelDrift,
    ModelState,
    ModelVersion,
    ModelVersions,
    ModelWeek,
    RecognisedTopic,
    RecognisedTopics,
    RemovedTopic,
    TopicLine,
    TopicModelPage,
    TopicPlace,
    TopicShare,
    TopicsPage,
)

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PASSPORTS, LOSS = Name("جوازات السفر", "Passports"), Name("بلاغ فقدان", "Loss report")
FEES = Name("الرسوم", "Fees")
LINES = (
    TopicLine(3, PASSPORTS, 0, PASSPORTS, "high", ("جواز", "passport"), 31),
    TopicLine(4, LOSS, 1, None, None),
)
FORM = QuestionForm(
    "/topics/3",
    "topic",
    (
        Question("name_ar", value="جوازات السفر"),
        Question("examples", "long", "ضاع جوازي\nI lost my passport", error=Reason("too_long")),
    ),
    name=PASSPORTS,
)
HEIRS = (Choice("", selected=True), Choice("4", LOSS, depth=1))
PLACE = TopicPlace(3, ((7, "البلاغات العاجلة"),), False, False, 12, 2, HEIRS)
ALONE = TopicPlace(
    4, (), True, True, 0, 0, HEIRS[:1], Reason("topic_in_rule", {"called": "سفر قريب"})
)
REMOVED = (RemovedTopic(9, FEES, PASSPORTS), RemovedTopic(10, LOSS))
KEPT = ModelVersion(AT, "kept", 330, 1204, 9120, 91.4, 90.8, 84.1, 83.0, current=True)
VERSIONS = ModelVersions((
    ModelVersion(AT + timedelta(days=2), "running", 0, 0, 0),
    ModelVersion(AT + timedelta(days=1), "worse_on_seeded", 330, 1800, 9300, 92.1, 90.0, 61.0, 84.1),
    KEPT,
    ModelVersion(AT - timedelta(days=1), "worse", 330, 900, 9000, 88.0, 90.8),
    ModelVersion(AT - timedelta(days=2), "too_few_examples", 12, 0, 0),
))  # fmt: skip
STATE = ModelState(KEPT, 81.0, 95.2, 62.0, 310)
TOPICS = RecognisedTopics(
    (
        RecognisedTopic(PASSPORTS, 31, 6, 83.3, 71.4),
        RecognisedTopic(FEES, 0, 0, None, None),
    )
)
CONFUSED = ConfusedTopics(
    (
        ConfusedPair(FEES, PASSPORTS, 4, 11, ((8, "100482"), (9, "100377"))),
        ConfusedPair(LOSS, PASSPORTS, 1, 0),
    )
)
WEEKS = (
    ModelWeek(AT - timedelta(days=7), 842, 12.5, 3.1),
    ModelWeek(AT - timedelta(days=14), 0, 0.0, 0.0),
)
DRIFT = ModelDrift(WEEKS, (TopicShare(PASSPORTS, 40.0, 52.5), TopicShare(FEES, 20.0, 8.0)))


def pages(chrome: Chrome) -> Mapping[str, tuple[object, ...]]:
    """Return the pages."""
    full = TopicModelPage(chrome, STATE, TOPICS, CONFUSED, DRIFT, VERSIONS, running=True)
    damaged = ModelState(KEPT, 81.0, 95.2, 62.0, 310, damaged=True)
    return {
        "topics": (
            TopicsPage(chrome, LINES, FORM, PLACE, REMOVED),
            TopicsPage(chrome, LINES, FORM, ALONE),
            TopicsPage(chrome, (), QuestionForm("/topics/0", "new_topic", FORM.questions[:1])),
        ),
        "topic_model": (
            full,
            TopicModelPage(chrome, damaged, TOPICS),
            TopicModelPage(chrome, None),
        ),
    }


COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "topic_line": LINES,
    "topic_place": (PLACE, ALONE),
    "removed_topic": REMOVED,
    "model_state": (STATE,),
    "recognised_topics": (TOPICS,),
    "confused_topics": (CONFUSED, ConfusedTopics()),
    "model_drift": (DRIFT, ModelDrift()),
    "model_versions": (VERSIONS,),
}
