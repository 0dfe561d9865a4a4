"""Examples of rules as people read, write, try and look back on them; the gallery shows them with its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from agent_ui.models import Choice, Chrome, Name, Person, Question, QuestionForm, Reason
from agent_ui.models.rules import (
    AutomaticText,
    AutomaticTexts,
    RuleChange,
    RuleClause,
    RuleCondition,
    RuleEdit,
    RuleForm,
    RuleGroup,
    RuleLine,
    RuleList,
    RulePage,
    RulePreview,
    RuleShift,
    RulesPage,
    RuleTrial,
    RuleVerdict,
    RuleVersion,
    WhyStep,
)

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PASSPORTS, LOSS = Name("جوازات السفر", "Passports"), Name("بلاغ فقدان", "Loss report")
TRAVELS = Reason("if_words", {"value": "سفر، flight"})
LOST = Reason("if_topic", {"value": "بلاغ فقدان"})
CLAUSES = (
    RuleClause("all", items=(RuleClause(reason=LOST), RuleClause(reason=TRAVELS))),
    RuleClause("none", items=(RuleClause(reason=Reason("if_sender", {"value": "noreply@bank.example"})),)),
)  # fmt: skip
LOOKED_AT = (
    RuleClause(
        "all",
        holds=False,
        items=(
            RuleClause(reason=LOST, holds=True),
            RuleClause("any", holds=False, items=(RuleClause(reason=TRAVELS, holds=False),)),
        ),
    ),
)
URGENT = (Reason("do_priority", {"to": "عاجلة"}), Reason("do_stop"))
RULE = RuleLine(7, "سفر قريب", True, CLAUSES, URGENT, last=True)
OFF = replace(RULE, id=8, enabled=False, clauses=(), first=True, last=False)
BROKEN = replace(RULE, id=9, name="فريق أُلغي", warnings=(Reason("names_unknown_team"),))

WORDS = RuleCondition(
    "all-0", "if_words", Question("value-all-0", value="سفر، flight", word="if_words")
)
EMPTY = RuleCondition(
    "all-1-0",
    "if_number",
    Question("value-all-1-0", "number", word="if_earlier"),
    Reason("required"),
)
HOURS = RuleCondition(
    "all-1-1",
    "if_time",
    Question("value-all-1-1", "times", "20:00", word="if_time", until="06:00", focused=True),
)
SECTIONS = (
    RuleGroup(
        "all",
        "all",
        (
            WORDS,
            RuleGroup("all-1", "any", (EMPTY, HOURS), error=Reason("group_is_empty"), focused="up"),
        ),
        section=True,
    ),
    RuleGroup("any", "any", section=True, focused="add"),
    RuleGroup(
        "none",
        "none",
        (RuleCondition("none-0", "if_vip", focused="down"),),
        section=True,
        nests=False,
    ),
)
THEN = (
    Question(
        "then_topic", "one", options=(Choice("", selected=True), Choice("3", PASSPORTS, depth=1))
    ),
    Question("then_tags", value="عائلة", error=Reason("too_many_tags")),
    Question("then_stop", "yes", "yes"),
)
ASKS = (("said", ("if_words", "if_subject")), ("when", ("if_time", "if_date", "if_open")))
CHANGE = RuleChange(
    451,
    "100451",
    "فقدت جوازي",
    Reason("outcome", {"value": "أ"}),
    Reason("outcome", {"value": "ب"}),
)
PREVIEW = RulePreview(
    20_140,
    1000,
    12,
    3,
    (RuleShift(PASSPORTS, 120, 117), RuleShift(LOSS, 0, 3)),
    (RuleShift(None, 4, 1),),
    (CHANGE,),
)
FORM = RuleForm(7, Question("name", value="سفر قريب"), SECTIONS, THEN, ASKS, preview=PREVIEW)
REFUSED = replace(
    FORM,
    id=None,
    preview=None,
    when_error=Reason("never_reached", {"by": "ب"}),
    then_error=Reason("does_nothing"),
    notices=(Reason("rule_refused"), Reason("of_another_rule", {"rule": "أ", "by": "ب"})),
)

VERDICTS = (
    RuleVerdict(7, "سفر قريب", "not_matched", LOOKED_AT),
    RuleVerdict(8, "كل جديد", "matched", did=URGENT, left=(Reason("do_team", {"to": "الإقامة"}),)),
    RuleVerdict(9, "بعدها", "not_reached", by="كل جديد"),
    RuleVerdict(10, "أخرى", "disabled"),
)
TRIAL = RuleTrial(
    PASSPORTS,
    "urgent",
    LOSS,
    VERDICTS,
    (Reason("topic_unknown"),),
    (Reason("do_tags", {"to": "عائلة"}),),
)
TRY_OUT = QuestionForm(
    "/rules",
    "try_out",
    (
        Question("ticket", "number", "100451", error=Reason("no_such_message")),
        Question("text", "long", "فقدت جوازي"),
        Question("at", "moment", "2026-03-02T09:30"),
        Question("vip", "yes"),
    ),
    ("try",),
)
EDITS = (
    RuleEdit(Reason("rule_changed", {"rule": "سفر قريب"}), gone=(TRAVELS,), come=(LOST,)),
    RuleEdit(Reason("rules_moved")),
)
VERSION = RuleVersion(3, "سلمى الفارس", AT, 2, EDITS, current=True)
LIST = RuleList((OFF, BROKEN, RULE), (VERSION, replace(VERSION, id=2, current=False, edits=())))

TEXT = AutomaticText(
    1, "مواعيد العمل", "تلقينا رسالتكم خارج ساعات العمل.", "You wrote outside working hours.", 2
)
TEXT_FORM = QuestionForm(
    "/rules/texts/1",
    "automatic_text",
    (
        Question("name", value="مواعيد العمل"),
        Question("text_ar", "long"),
        Question("text_en", "long"),
    ),
    ("save", "remove"),
)

SARA = Person(4, "سارة العنزي")
WHY = (
    WhyStep("about", (Reason("topic_sure", {"topic": LOSS, "percent": 94}),), AT),
    WhyStep(
        "rules",
        (
            Reason("rules_read", {"looked": 12, "hit": 1}),
            Reason("no_rule_applied", {"looked": 12}),
            Reason("rule_sets_priority", {"rule": "سفر قريب", "priority": "urgent"}),
            Reason("rules_not_applied", {"rules": "رسوم، شكاوى +8"}),
        ),
        AT,
    ),
    WhyStep("team", (Reason("team", {"team": PASSPORTS}),), AT),
    WhyStep(
        "person",
        (
            Reason("round_robin", {"agent": SARA}),
            Reason("passed_full", {"names": "بدر العلي، Dana Ibrahim", "count": 2}),
        ),
        AT,
    ),
    WhyStep("later", (Reason("hand_taken", {"actor": SARA}),), AT),
)

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "rule_line": (RULE, OFF, BROKEN),
    "rule_clause": (*CLAUSES, *LOOKED_AT),
    "rule_list": (LIST, RuleList((), notices=(Reason("never_reached", {"by": "أ"}),))),
    "rule_version": LIST.versions,
    "rule_trial": (TRIAL, replace(TRIAL, topic=None, verdicts=())),
    "rule_verdict": VERDICTS,
    "rule_preview": (PREVIEW, RulePreview(0, 0, 0, 0)),
    "rule_change": (CHANGE,),
    "rule_form": (FORM, REFUSED),
    "automatic_text": (TEXT,),
    "why_step": WHY,
}


def pages(chrome: Chrome) -> Mapping[str, tuple[object, ...]]:
    """Return examples of the pages, with the gallery's own rail around them."""
    chrome = replace(chrome, here="rules")
    return {
        "rules": (
            RulesPage(chrome, LIST, TRY_OUT, TRIAL),
            RulesPage(chrome, RuleList(()), TRY_OUT),
        ),
        "rule": (RulePage(chrome, FORM), RulePage(chrome, REFUSED)),
        "automatic_texts": (
            AutomaticTexts(chrome, (TEXT,), TEXT_FORM),
            AutomaticTexts(chrome, (), TEXT_FORM),
        ),
    }
