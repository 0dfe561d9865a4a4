"""Where an inquiry belongs, and the reasons given for it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from routing import Existing, Inquiry, Rule, TopicFacts, TopicTree, decide, dry_run, parse_rule

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # a Monday
PASSPORTS, RENEWAL, LOSS, COMPLAINT = 1, 2, 3, 4
TOPICS = TopicTree(
    (
        TopicFacts(PASSPORTS, team=10, policy=5),
        TopicFacts(RENEWAL, parent=PASSPORTS, keywords=("تجديد الجواز", "renew passport", "تجديد")),
        TopicFacts(LOSS, parent=PASSPORTS, keywords=("فقدان", "lost", "ضاع"), priority="high"),
        TopicFacts(COMPLAINT, keywords=("شكوى", "complaint"), team=20),
    )
)
FALLBACK = 99


def inquiry(text: str = "", **facts: Any) -> Inquiry:
    return Inquiry(
        channel=facts.pop("channel", "email"), at=facts.pop("at", NOW), text=text, **facts
    )


def rule(identity: int, then: dict[str, Any], **when: Any) -> Rule:
    return parse_rule({"id": identity, "when": when, "then": then})


def words(*phrases: str) -> dict[str, Any]:
    return {"field": "words", "op": "any", "value": list(phrases)}


def codes(reasons: tuple[Any, ...]) -> list[str]:
    return [reason.code for reason in reasons]


def test_an_inquiry_that_nothing_matches_goes_to_the_fallback_team() -> None:
    decision = decide(inquiry("؟"), [], TOPICS, fallback_team=FALLBACK)
    assert (decision.topic, decision.team, decision.priority) == (None, FALLBACK, "normal")
    assert codes(decision.reasons) == ["topic_unknown", "fallback_team"]


def test_keywords_find_the_topic_and_its_parent_lends_team_and_policy() -> None:
    decision = decide(inquiry("كيف أجدد؟ أريد التجديد لجوازي"), [], TOPICS, fallback_team=FALLBACK)
    assert (decision.topic, decision.team, decision.policy) == (RENEWAL, 10, 5)
    assert codes(decision.reasons) == ["topic_by_keywords", "team_of_topic", "policy_of_topic"]


def test_a_rule_on_a_topic_holds_for_the_topics_below_it() -> None:
    on_passports = rule(7, {"team": 33}, all=[{"field": "topic", "op": "in", "value": [PASSPORTS]}])
    decision = decide(inquiry("I lost it"), [on_passports], TOPICS, fallback_team=FALLBACK)
    assert (decision.topic, decision.team, decision.priority) == (LOSS, 33, "high")


def test_the_higher_of_two_contradicting_rules_wins_and_the_lower_is_told() -> None:
    rules = [
        rule(1, {"team": 5, "tags": ["a"]}, all=[words("جواز")]),
        rule(2, {"team": 6, "tags": ["b"]}, all=[words("جواز")]),
    ]
    decision = decide(inquiry("الجوازات"), rules, TOPICS, fallback_team=FALLBACK)
    assert (decision.team, decision.tags) == (5, ("a", "b"))
    outranked = next(reason for reason in decision.reasons if reason.code == "rule_outranked")
    assert outranked.params == {"rule": 2, "setting": "team", "by": 1}


def test_stop_keeps_later_rules_from_being_reached() -> None:
    rules = [rule(1, {"priority": "urgent", "stop": True}), rule(2, {"tags": ["never"]})]
    decision, verdicts = dry_run(inquiry("x"), rules, TOPICS, fallback_team=FALLBACK)
    assert (decision.priority, decision.tags) == ("urgent", ())
    assert [(verdict.rule, verdict.outcome) for verdict in verdicts] == [
        (1, "matched"),
        (2, "not_reached"),
    ]


def test_a_team_that_is_gone_is_passed_over_never_followed() -> None:
    rules = [rule(1, {"team": 404}), rule(2, {"team": 405})]
    decision = decide(
        inquiry("complaint"),
        rules,
        TOPICS,
        fallback_team=FALLBACK,
        existing=Existing(teams={10, FALLBACK}),
    )
    assert decision.team == FALLBACK
    assert "rule_names_unknown_team" in codes(decision.reasons)
    assert "topic_names_unknown_team" in codes(decision.reasons)


def test_a_topic_that_a_person_chose_is_kept() -> None:
    asked = inquiry("lost", topic=COMPLAINT, topic_chosen=True)
    decision = decide(asked, [rule(1, {"topic": LOSS})], TOPICS, fallback_team=FALLBACK)
    assert decision.topic == COMPLAINT
    assert codes(decision.reasons)[:2] == ["topic_chosen", "topic_kept"]


def test_a_rule_sees_the_topic_that_an_earlier_rule_set() -> None:
    rules = [
        rule(1, {"topic": LOSS}, all=[words("stolen")]),
        rule(2, {"tags": ["watch"]}, all=[{"field": "topic", "op": "exactly", "value": LOSS}]),
    ]
    decision = decide(inquiry("stolen"), rules, TOPICS, fallback_team=FALLBACK)
    assert (decision.topic, decision.tags) == (LOSS, ("watch",))


def test_reasons_never_hold_a_word_that_a_person_wrote() -> None:
    decision = decide(
        inquiry("lost فاطمة", subject="secret", sender="f@example.org"),
        [rule(1, {"tags": ["t"]})],
        TOPICS,
        fallback_team=1,
    )
    assert not any(word in str(decision.reasons) for word in ("lost", "فاطمة", "secret", "example"))


def test_dry_run_and_decide_agree() -> None:
    rules = [
        rule(1, {"team": 5}, none=[words("جواز")]),
        replace(rule(2, {"team": 6}), enabled=False),
    ]
    asked = inquiry("سلام")
    decision, verdicts = dry_run(asked, rules, TOPICS, fallback_team=FALLBACK)
    assert decision == decide(asked, rules, TOPICS, fallback_team=FALLBACK)
    assert [verdict.outcome for verdict in verdicts] == ["matched", "disabled"]


def test_whatever_a_rule_names_and_is_gone_is_passed_over_with_a_reason() -> None:
    gone = rule(1, {"team": 1, "topic": 404, "policy": 2, "assign_to": 3, "auto_reply": 4})
    nothing = Existing(teams={FALLBACK}, people=(), policies=(), answers=())
    decision = decide(inquiry("x"), [gone], TOPICS, fallback_team=FALLBACK, existing=nothing)
    assert (decision.team, decision.topic, decision.policy) == (FALLBACK, None, None)
    assert (decision.assign_to, decision.auto_reply) == (None, None)
    assert {
        f"rule_names_unknown_{kind}" for kind in ("team", "topic", "policy", "person", "answer")
    } <= set(codes(decision.reasons))


def test_a_decision_tells_how_many_rules_were_read_and_how_many_applied() -> None:
    rules = [
        rule(1, {"tags": ["a"]}, all=[words("جواز")]),
        rule(2, {"stop": True}),
        rule(3, {"tags": ["b"]}),
    ]
    decision = decide(inquiry("سلام"), rules, TOPICS, fallback_team=FALLBACK)
    read = next(reason for reason in decision.reasons if reason.code == "rules_read")
    assert read.params == {"looked": 2, "hit": 1}


def test_a_dry_run_tells_of_every_condition_whether_it_held() -> None:
    vip = {"field": "vip", "op": "is", "value": True}
    asked = rule(
        1, {"team": 5}, all=[words("جواز"), {"any": [vip, words("سفر")]}], none=[words("شكوى")]
    )
    ender = rule(2, {"stop": True})
    _, (first, second, third) = dry_run(
        inquiry("جوازي"), [asked, ender, asked], TOPICS, fallback_team=FALLBACK
    )
    every, none = first.checks
    assert (first.outcome, every.group, every.holds) == ("not_matched", "all", False)
    assert [(check.holds, check.condition) for check in every.items[:1]] == [(True, words("جواز"))]
    assert [(check.group, check.holds) for check in every.items[1:]] == [("any", False)]
    assert [check.holds for check in every.items[1].items] == [False, False]
    assert (none.group, none.holds, none.items[0].holds) == ("none", True, False)
    assert (second.outcome, third.outcome, third.by) == ("matched", "not_reached", 2)
