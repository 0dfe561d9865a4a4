"""The words that tell a ticket apart are chosen by how few tickets hold them."""

from itertools import combinations

import pytest

from server.knowledge.likeness import RAREST, TELLING, question

SHARES = {"جواز": 0.5, "مطار": 0.02, "ضاع": 0.01, "رسم": 0.1, "موعد": 0.05}


def stems(*texts: str, **how: tuple[str, ...]) -> tuple[str, ...]:
    return question(texts, SHARES, **how).stems


def test_courtesies_numbers_and_the_contacts_name_tell_nothing() -> None:
    text = "السلام عليكم ورحمة الله، اسمي سعد، ضاع 100042 في المطار، شكرًا لكم. Thank you!"
    assert set(stems(text, without=("سعد",))) == {"اسم", "ضاع", "مطار"}


def test_a_word_of_every_second_ticket_is_left_out_and_rarer_ones_come_first() -> None:
    assert stems("الجواز ضاع في المطار قبل الموعد ودفعت الرسوم")[-4:] == (
        "ضاع",
        "مطار",
        "موعد",
        "رسم",
    )


def test_slips_of_the_pen_do_not_crowd_out_what_others_say_too() -> None:
    slips = " ".join(f"كلمه{letter}خط" for letter in "ابتثجحخدذر")
    asked = question([slips, "ضاع في المطار"], SHARES)
    assert {"ضاع", "مطار"} <= set(asked.stems)
    assert len(asked.stems) <= TELLING


def test_without_statistics_every_word_counts_alike() -> None:
    asked = question(["ضاع جوازي في المطار"], {})
    assert asked.stems == ("ضاع", "جواز", "مطار")
    assert len({word.weight for word in asked.words}) == 1


def test_words_are_named_as_they_were_written() -> None:
    asked = question(["أضعتُ الجـــواز بالمطار"], {})
    assert [word.spelled for word in asked.shared({"جواز", "مطار"})] == ["الجـــواز", "بالمطار"]
    assert asked.share(asked.shared({"مطار"})) == pytest.approx(1 / 3)
    assert asked.share(()) == 0


@pytest.mark.parametrize("text", ["", "😀", "123 456", "السلام عليكم", "a b c", "'\\"])
def test_a_text_that_says_nothing_asks_nothing(text: str) -> None:
    asked = question([text], SHARES)
    assert (asked.words, asked.any_of, asked.two_of) == ((), "", "")


def test_one_word_is_too_little_for_a_likeness() -> None:
    assert question(["المطار"], {}).two_of == ""
    assert question(["المطار"], {}).any_of == "'nمطار'"


def test_whatever_shares_four_words_is_asked_for() -> None:
    letters = "abcdfghij"
    shares = {f"word{letter}": 10 * RAREST for letter in letters}
    asked = question([" ".join(shares)], shares)
    assert len(asked.stems) == TELLING

    def holds(query: str, held: frozenset[str]) -> bool:
        said = query.replace("&", " and ").replace("|", " or ")
        for stem in asked.stems:
            said = said.replace(f"'n{stem}'", str(stem in held))
        return bool(eval(said))  # noqa: S307 -- a query of ours, of True and False

    for four in combinations(asked.stems, 4):
        assert holds(asked.two_of, frozenset(four))
    pairs = [holds(asked.two_of, frozenset(pair)) for pair in combinations(asked.stems, 2)]
    assert sum(pairs) >= 27
    assert not any(holds(asked.two_of, frozenset({stem})) for stem in asked.stems)


def test_a_megabyte_is_read_only_as_far_as_it_tells() -> None:
    asked = question(["كلمة " * 250_000, "x" * 1_000_000], {})
    assert len(asked.stems) <= TELLING
