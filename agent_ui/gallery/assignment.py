"""Forms of questions, and how teams hand out tickets."""

from agent_ui.gallery.people import PASSPORTS
from agent_ui.models import (
    AgentSkills,
    Choice,
    Question,
    QuestionForm,
    Reason,
    TeamWay,
)

TRY_OUT = QuestionForm("/rules", "try_out", (Question("subject"),), ("try",))
ASKED = (
    Question("name", value="سفر قريب"),
    Question(
        "if_channel", "many", options=(Choice("email", selected=True), Choice("x")), of="channel"
    ),
    Question(
        "then_topic", "one", options=(Choice("", selected=True), Choice("3", PASSPORTS, depth=1))
    ),
    Question("if_earlier", "number", "3", error=Reason("not_possible")),
    Question("then_stop", "yes", "yes"),
    Question("keywords", "long", "جواز"),
    Question("languages", "many", options=(Choice("ar"),), of="language", error=Reason("required")),
)
ASKED_FORM = QuestionForm(
    "/rules/7", "rule", ASKED, ("save", "preview"), notices=(Reason("never_matches"),)
)
TOPIC_FORM = QuestionForm("/topics/3", "topic", ASKED[:1], name=PASSPORTS)
WAY_FORM = QuestionForm("/assignment/teams/3", "way", (Question("grace_minutes", "number", "15"),))
SKILLS = AgentSkills(
    4, "أمل الشهري", "online", 3, 15, 41, QuestionForm("/assignment/people/4", "skills", ASKED[6:])
)
WAY = TeamWay(3, PASSPORTS, 2, Reason("everyone_full"), WAY_FORM, (SKILLS,))
