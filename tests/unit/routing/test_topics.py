"""Topics by keywords, and what a tree lends to the topics below."""

import pytest

from routing import TopicFacts, TopicTree, classify

PASSPORTS, RENEWAL, LOSS, FEES, VISA = 1, 2, 3, 4, 5
TREE = TopicTree(
    (
        TopicFacts(PASSPORTS, keywords=("جواز", "passport"), team=10, policy=7, priority="low"),
        TopicFacts(RENEWAL, parent=PASSPORTS, keywords=("تجديد", "renew")),
        TopicFacts(
            LOSS, parent=PASSPORTS, keywords=("فقدان", "ضاع", "lost"), team=11, priority="high"
        ),
        TopicFacts(FEES, keywords=("رسوم", "fees", "تجديد الإقامة")),
        TopicFacts(VISA, keywords=("تأشيرة", "visa", "fees")),
    )
)


def best(text: str, subject: str = "") -> int | None:
    ranked = classify(text, TREE, subject=subject)
    return ranked[0].topic if ranked else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("أريد التجديد", RENEWAL),
        ("وبتجديدها؟", RENEWAL),
        ("my passports", PASSPORTS),
        ("I lost my passport", LOSS),
        ("كم الرسوم", FEES),
        ("مرحبا", None),
        ("", None),
        ("فيزا", None),
    ],
)
def test_a_keyword_in_any_form_tells_the_topic(text: str, expected: int | None) -> None:
    assert best(text) == expected


def test_the_topic_below_wins_over_the_one_above() -> None:
    assert best("تجديد جواز") == RENEWAL


def test_between_two_below_the_one_above_both_is_the_answer() -> None:
    assert best("renew or lost") == PASSPORTS


def test_between_strangers_there_is_no_answer() -> None:
    assert best("visa, renew") is None


def test_a_shared_keyword_settles_nothing_alone() -> None:
    assert best("fees") is None
    assert best("visa fees") == VISA


def test_a_longer_keyword_weighs_more_and_the_subject_most() -> None:
    assert best("تجديد الإقامة") == FEES
    assert best("lost", subject="visa") == VISA


def test_hits_are_the_keywords_as_they_were_written() -> None:
    ranked = classify("الجوازات التي ضاعت", TREE)
    assert (ranked[0].topic, ranked[0].hits, ranked[0].score) == (LOSS, ("ضاع",), 1.0)


def test_what_a_topic_leaves_open_comes_from_above() -> None:
    assert (TREE.team(RENEWAL), TREE.policy(RENEWAL), TREE.priority(RENEWAL)) == (10, 7, "low")
    assert (TREE.team(LOSS), TREE.policy(LOSS), TREE.priority(LOSS)) == (11, 7, "high")
    assert (TREE.team(VISA), TREE.team(None), TREE.team(404)) == (None, None, None)


def test_a_tree_in_a_circle_ends() -> None:
    circle = TopicTree(
        (TopicFacts(1, parent=2), TopicFacts(2, parent=1), TopicFacts(3, parent=404))
    )
    assert circle.path(1) == (1, 2)
    assert circle.path(3) == (3,)
    assert circle.team(1) is None
