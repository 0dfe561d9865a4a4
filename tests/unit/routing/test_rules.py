"""Rules as data: what each condition means, and what is said about one that cannot be read."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import (
    Existing,
    Inquiry,
    InvalidRule,
    TopicFacts,
    TopicTree,
    decide,
    parse_rule,
    review,
)
from routing.implied import implies
from routing.reading import Reading

NOON = datetime(
    2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=3))
)  # a Monday, in the organisation's zone
TREE = TopicTree((TopicFacts(1), TopicFacts(2, parent=1), TopicFacts(3, parent=2), TopicFacts(9)))
PLAIN = Inquiry("email", NOON)


def holds(condition: dict[str, Any], **facts: Any) -> bool:
    rule = parse_rule({"id": 1, "when": {"all": [condition]}, "then": {"tags": ["hit"]}})
    return decide(replace(PLAIN, **facts), [rule], TREE, fallback_team=1).tags == ("hit",)


def on(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        (on("channel", "in", ["email", "webchat"]), {}, True),
        (on("channel", "in", ["webchat"]), {}, False),
        (on("account", "in", [4]), {"account": 4}, True),
        (on("account", "in", [4]), {}, False),
        (on("topic", "in", [1]), {"topic": 3}, True),
        (on("topic", "in", [3]), {"topic": 1}, False),
        (on("topic", "exactly", [1]), {"topic": 3}, False),
        (on("topic", "unknown", True), {}, True),
        (on("topic", "unknown", True), {"topic": 9}, False),
        (on("topic", "in", [77]), {"topic": 77}, True),
        (on("topic_confidence", "at_least", 0.8), {"topic": 1, "topic_confidence": 0.8}, True),
        (on("topic_confidence", "at_least", 0.8), {"topic": 1}, False),
        (on("topic_confidence", "below", 0.8), {"topic": 1, "topic_confidence": 0.5}, True),
        (on("topic_confidence", "below", 0.8), {}, True),
        (on("language", "in", ["ar"]), {"text": "أريد تجديد جوازي"}, True),
        (on("language", "in", ["ar"]), {"text": "أريد", "language": "en"}, False),
        (on("sender", "in", ["F@Example.org "]), {"sender": "f@example.org"}, True),
        (on("sender", "domain", ["example.org"]), {"sender": "x@Mail.Example.org"}, True),
        (on("sender", "domain", ["@example.org"]), {"sender": "x@example.org"}, True),
        (on("sender", "domain", ["example.org"]), {"sender": "x@notexample.org"}, False),
        (on("sender", "domain", ["example.org"]), {"sender": "+9665.example.org"}, False),
        (on("priority", "in", ["high"]), {"priority": "high"}, True),
        (on("priority", "at_least", "high"), {"priority": "urgent"}, True),
        (on("priority", "at_least", "high"), {"priority": "normal"}, False),
        (on("attachments", "at_least", 1), {"attachments": 2}, True),
        (on("attachments", "below", 1), {"attachments": 2}, False),
        (on("vip", "is", True), {"vip": True}, True),
        (on("vip", "is", False), {"vip": True}, False),
        (on("earlier_tickets", "at_least", 3), {"earlier_tickets": 3}, True),
        (on("earlier_tickets", "below", 1), {}, True),
        (on("calendar", "open", [4]), {"calendars": {4: True}}, True),
        (on("calendar", "open", [4]), {"calendars": {4: False}}, False),
        (on("calendar", "closed", [4, 5]), {"calendars": {4: True, 5: False}}, True),
        (on("calendar", "closed", [4]), {}, False),
        (on("weekday", "in", [0, 6]), {}, True),
        (on("weekday", "in", [4, 5]), {}, False),
        (on("time", "between", ["08:00", "12:00"]), {}, False),
        (on("time", "between", ["12:00", "12:01"]), {}, True),
        (on("time", "between", ["20:00", "06:00"]), {"at": NOON + timedelta(hours=13)}, True),
        (on("time", "between", ["20:00", "06:00"]), {}, False),
        (on("date", "between", ["2026-03-02", "2026-03-02"]), {}, True),
        (on("date", "between", ["2026-03-03", "2026-03-09"]), {}, False),
    ],
)
def test_what_each_condition_means(
    condition: dict[str, Any], facts: dict[str, Any], *, expected: bool
) -> None:
    assert holds(condition, **facts) is expected


@pytest.mark.parametrize(
    ("op", "phrases", "text", "expected"),
    [
        ("any", ["جواز"], "وبجوازاتهم القديمة", True),
        ("any", ["جَواز سَفر"], "ضاع جوازي سفري", True),
        ("any", ["جواز سفر"], "سفر بلا جواز", False),
        ("any", ["تجديد", "lost"], "I LOST it", True),
        ("any", ["مسؤول"], "أين المسئولين؟", True),
        ("any", ["عبد الرحمن"], "اسمي عبدالرحمن", True),
        ("any", ["pass"], "passport", False),
        ("any", ["١٢٣٤"], "رقم 1234", True),
        ("any", ["1234"], "12345", False),
        ("all", ["جواز", "ابن"], "جواز ابني", True),
        ("all", ["جواز", "ابن"], "جوازي", False),
        ("all", ["جواز السفر", "رسوم التجديد"], "رسوم التجديد لجواز السفر", True),
    ],
)
def test_words_are_found_in_every_form_and_never_in_part(
    op: str, phrases: list[str], text: str, *, expected: bool
) -> None:
    assert holds(on("words", op, phrases), text=text) is expected


def test_words_look_into_the_subject_too_but_a_phrase_does_not_reach_over() -> None:
    assert holds(on("words", "any", ["شكوى"]), subject="شكوى", text="")
    assert not holds(on("words", "any", ["lost passport"]), subject="lost", text="passport")
    assert not holds(on("subject", "any", ["شكوى"]), text="شكوى")
    assert holds(on("subject", "all", ["lost", "passport"]), subject="Passport: lost")


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, True),
        ({"all": [], "any": [], "none": []}, True),
        ({"any": [on("vip", "is", True), on("attachments", "at_least", 1)]}, True),
        ({"any": [on("vip", "is", True)]}, False),
        ({"none": [on("attachments", "at_least", 1)]}, False),
        ({"all": [on("attachments", "at_least", 1)], "none": [on("vip", "is", True)]}, True),
        ({"all": [{"any": [on("vip", "is", True), {"none": [on("vip", "is", True)]}]}]}, True),
    ],
)
def test_groups_of_all_any_and_none(when: dict[str, Any], *, expected: bool) -> None:
    rule = parse_rule({"id": 1, "when": when, "then": {"tags": ["hit"]}})
    assert (
        decide(replace(PLAIN, attachments=1), [rule], TREE, fallback_team=1).tags == ("hit",)
    ) is expected


def deep(levels: int) -> dict[str, Any]:
    return {"all": [deep(levels - 1)]} if levels else {"all": [on("vip", "is", True)]}


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ([], "rule"),
        ({"then": {"stop": True}}, "id"),
        ({"id": True, "then": {"stop": True}}, "id"),
        ({"id": 1}, "then"),
        ({"id": 1, "then": {}}, "then"),
        ({"id": 1, "then": {"teem": 3}}, "then.teem"),
        ({"id": 1, "then": {"team": "3"}}, "then.team"),
        ({"id": 1, "then": {"priority": "asap"}}, "then.priority"),
        ({"id": 1, "then": {"tags": "vip"}}, "then.tags"),
        ({"id": 1, "then": {"stop": 1}}, "then.stop"),
        ({"id": 1, "enabled": "yes", "then": {"stop": True}}, "enabled"),
        ({"id": 1, "when": [], "then": {"stop": True}}, "when"),
        ({"id": 1, "when": {"every": []}, "then": {"stop": True}}, "when.every"),
        ({"id": 1, "when": {"all": {}}, "then": {"stop": True}}, "when.all"),
        ({"id": 1, "when": {"all": ["vip"]}, "then": {"stop": True}}, "when.all[0]"),
        (
            {"id": 1, "when": {"any": [{"field": "mood"}]}, "then": {"stop": True}},
            "when.any[0].field",
        ),
        (
            {"id": 1, "when": {"any": [{"field": ["vip"]}]}, "then": {"stop": True}},
            "when.any[0].field",
        ),
        (
            {"id": 1, "when": {"any": [on("vip", "in", True)]}, "then": {"stop": True}},
            "when.any[0].op",
        ),
        (
            {"id": 1, "when": {"any": [{"field": "vip", "op": "is"}]}, "then": {"stop": True}},
            "when.any[0].value",
        ),
        ({"id": 1, "when": deep(9), "then": {"stop": True}}, "when.all[0].all[0].all[0].all[0]"),
        ({"id": 1, "when": {"all": [on("vip", "is", True)] * 101}, "then": {"stop": True}}, "when"),
    ],
)
def test_a_rule_that_cannot_be_read_names_the_field_at_fault(source: Any, field: str) -> None:
    with pytest.raises(InvalidRule) as caught:
        parse_rule(source)
    assert caught.value.field == field
    assert str(caught.value).startswith(field)


@pytest.mark.parametrize(
    ("field", "op", "value"),
    [
        ("topic", "in", []),
        ("topic", "in", ["1"]),
        ("topic", "in", [True]),
        ("topic_confidence", "at_least", "0.5"),
        ("topic_confidence", "at_least", float("nan")),
        ("channel", "in", []),
        ("words", "any", ["؟"]),
        ("words", "any", [""]),
        ("words", "any", ["a" * 500]),
        ("words", "any", ["a"] * 500),
        ("words", "any", 5),
        ("priority", "at_least", "asap"),
        ("priority", "at_least", ["high"]),
        ("priority", "in", [["high"]]),
        ("vip", "is", "true"),
        ("weekday", "in", [7]),
        ("time", "between", ["08:00"]),
        ("time", "between", ["8 o'clock", "09:00"]),
        ("time", "between", ["08:00", "08:00"]),
        ("date", "between", ["2026-03-02", "2026-03-01"]),
        ("date", "between", ["2026-13-02", "2026-03-01"]),
    ],
)
def test_values_that_make_no_sense_are_refused_when_saved(field: str, op: str, value: Any) -> None:
    with pytest.raises(InvalidRule) as caught:
        parse_rule({"id": 1, "when": {"all": [on(field, op, value)]}, "then": {"stop": True}})
    assert caught.value.field == "when.all[0].value"


def test_a_rule_goes_through_json_and_back() -> None:
    source = {
        "id": 7,
        "name": "جوازات ضائعة",
        "enabled": True,
        "when": {"all": [on("words", "any", ["ضاع"])], "none": [on("vip", "is", True)]},
        "then": {"team": 3, "priority": "high", "tags": ["lost"], "auto_reply": 2, "stop": True},
    }
    rule = parse_rule(source)
    assert parse_rule(json.loads(json.dumps(rule.as_dict()))) == rule
    assert rule.as_dict() == source


def test_changing_what_was_read_does_not_change_the_rule() -> None:
    source: dict[str, Any] = {"id": 1, "then": {"tags": ["a"]}}
    rule = parse_rule(source)
    source["then"]["tags"].append("b")
    assert rule.as_dict()["then"]["tags"] == ["a"]


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)
names = st.sampled_from(
    ["topic", "words", "time", "vip", "priority", "sender", "weekday", "account"]
)
comparisons = st.sampled_from(
    ["in", "any", "between", "is", "at_least", "exactly", "domain", "below"]
)


@given(
    st.fixed_dictionaries(
        {
            "id": st.integers(),
            "when": anything
            | st.fixed_dictionaries(
                {
                    "all": st.lists(
                        st.fixed_dictionaries(
                            {"field": names, "op": comparisons, "value": anything}
                        )
                    )
                }
            ),
            "then": anything | st.just({"stop": True}),
        }
    ),
    st.text(max_size=50),
)
@settings(max_examples=300, deadline=None)
def test_any_json_is_either_refused_or_decides(source: dict[str, Any], text: str) -> None:
    try:
        rule = parse_rule(source)
    except InvalidRule:
        return
    asked = Inquiry("email", datetime(2026, 1, 1, tzinfo=UTC), subject=text, text=text, sender=text)
    assert decide(asked, [rule], TREE, fallback_team=5).team is not None


def found(*sources: dict[str, Any]) -> list[tuple[str, Any]]:
    rules = [parse_rule({"id": at, **source}) for at, source in enumerate(sources, 1)]
    return [
        (reason.code, reason.params["rule"])
        for reason in review(rules, topics=TREE, existing=Existing(teams={5, 6}))
    ]


def test_a_set_of_rules_is_looked_over_before_it_is_saved() -> None:
    vip = on("vip", "is", True)
    assert found({"then": {"team": 5}}, {"when": {"all": [vip]}, "then": {"topic": 2}}) == []
    assert found({"then": {"team": 404}}) == [("names_unknown_team", 1)]
    assert found(
        {"when": {"any": [{"all": [on("topic", "in", [2, 404])]}]}, "then": {"team": 5}}
    ) == [("names_unknown_topic", 1)]
    assert found({"then": {"stop": True}}, {"then": {"team": 5}}) == [("never_reached", 2)]
    assert found({"enabled": False, "then": {"stop": True}}, {"then": {"team": 5}}) == []
    assert found({"when": {"all": [vip], "none": [vip]}, "then": {"team": 5}}) == [
        ("never_matches", 1)
    ]
    assert found(
        {
            "when": {"all": [on("channel", "in", ["email"]), on("channel", "in", "webchat")]},
            "then": {"team": 5},
        }
    ) == [("never_matches", 1)]
    assert found(
        {"when": {"all": [vip]}, "then": {"team": 5}}, {"when": {"all": [vip]}, "then": {"team": 6}}
    ) == [("contradicts", 2)]


def test_a_rule_under_a_wider_one_that_ends_the_run_is_never_reached() -> None:
    few = {
        "when": {"all": [on("words", "any", ["a"]), on("vip", "is", True)]},
        "then": {"topic": 2},
    }
    many = {"when": {"all": [on("words", "any", ["a", "b"])]}, "then": {"stop": True}}
    assert found(many, few) == [("never_reached", 2)]
    assert found(few, many) == []


def test_a_rule_that_a_higher_one_leaves_nothing_to_do_is_shadowed() -> None:
    wide = {
        "when": {"all": [on("earlier_tickets", "at_least", 2)]},
        "then": {"team": 5, "tags": ["x"]},
    }
    narrow = on("earlier_tickets", "at_least", 3)
    assert found(wide, {"when": {"all": [narrow]}, "then": {"team": 6}}) == [("shadowed", 2)]
    assert found(wide, {"when": {"all": [narrow]}, "then": {"team": 6, "tags": ["y"]}}) == []
    assert found(wide, {"when": {"all": [narrow]}, "then": {"team": 6, "priority": "high"}}) == []
    assert found({"then": {"team": 5}}, {"when": {"any": [narrow]}, "then": {"team": 5}}) == [
        ("shadowed", 2)
    ]


def test_what_rules_change_in_between_is_not_taken_for_the_same() -> None:
    on_two = {"all": [on("topic", "in", [2])]}
    rules = (
        {"when": on_two, "then": {"team": 5}},
        {"when": {"all": [on("vip", "is", True)]}, "then": {"topic": 2}},
        {"when": on_two, "then": {"team": 6}},
    )
    assert found(*rules) == []
    assert found(rules[0], rules[2]) == [("contradicts", 2)]


def test_rules_that_send_topics_to_and_fro_go_in_a_circle() -> None:
    def turning(one: int, other: int) -> dict[str, Any]:
        return {"when": {"all": [on("topic", "exactly", [one])]}, "then": {"topic": other}}

    assert found(turning(2, 9), turning(9, 2)) == [("goes_in_circle", 2)]
    assert found(turning(2, 9), turning(9, 3)) == []


def test_what_is_wrong_says_where_it_stands() -> None:
    rule = parse_rule(
        {
            "id": 7,
            "when": {"all": [{"none": [on("calendar", "open", [3, 4])]}, on("account", "in", 8)]},
            "then": {"assign_to": 1, "policy": 2, "auto_reply": 3},
        }
    )
    there = Existing(people=(), policies=(), answers=(), calendars={3}, accounts=())
    remarks = review([rule], topics=TREE, existing=there)
    assert {(remark.code, remark.params["where"]) for remark in remarks} == {
        ("names_unknown_calendar", "when.all[0].none[0]"),
        ("names_unknown_account", "when.all[1]"),
        ("names_unknown_person", "then.assign_to"),
        ("names_unknown_policy", "then.policy"),
        ("names_unknown_answer", "then.auto_reply"),
    }


conditions = st.sampled_from(
    [
        on("vip", "is", True),
        on("channel", "in", ["email"]),
        on("channel", "in", ["email", "webchat"]),
        on("words", "any", ["a"]),
        on("words", "all", ["a", "b"]),
        on("attachments", "below", 2),
        on("attachments", "at_least", 1),
        {"any": [on("vip", "is", True), on("words", "any", ["a", "b"])]},
    ]
)
groups = st.fixed_dictionaries(
    {}, optional={name: st.lists(conditions, max_size=3) for name in ("all", "any", "none")}
)
inquiries = st.builds(
    Inquiry,
    channel=st.sampled_from(["email", "webchat", "x"]),
    at=st.just(NOON),
    text=st.sampled_from(["", "a", "b", "a b"]),
    attachments=st.integers(0, 3),
    vip=st.booleans(),
)


@given(groups, groups, st.lists(inquiries, max_size=10))
@settings(max_examples=400, deadline=None)
def test_what_is_called_implied_holds_whenever_the_other_does(
    narrow: dict[str, Any], wide: dict[str, Any], asked: list[Inquiry]
) -> None:
    if not implies(narrow, wide):
        return
    first, second = (
        parse_rule({"id": 1, "when": when, "then": {"stop": True}}) for when in (narrow, wide)
    )
    for one in asked:
        reading = Reading(one, TREE)
        assert second.matches(reading) or not first.matches(reading)
