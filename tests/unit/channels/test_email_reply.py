"""Where history begins: what mail programs write above it, and what only looks like it."""

from pathlib import Path

import pytest

from channels.email.parse.reply import trimmed

DATA = Path(__file__).parents[2] / "data" / "email"
ATTRIBUTIONS = (DATA / "attributions.txt").read_text(encoding="utf-8").splitlines()
COPIED_HEADERS = (DATA / "copied-headers.txt").read_text(encoding="utf-8").split("\n%%\n")
OWN_WORDS = (DATA / "own-words.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", ATTRIBUTIONS)
@pytest.mark.parametrize("history", ["> old words\n> more", "old words\nmore"])
def test_what_programs_write_above_history_ends_the_reply(line: str, history: str) -> None:
    assert trimmed(f"New words\n\n{line}\n\n{history}\n", subject="Re: z") == "New words"


@pytest.mark.parametrize(
    "line", [line for line in ATTRIBUTIONS if "2026" in line.partition(" <")[0] and " <" in line]
)
def test_an_attribution_may_be_wrapped_before_the_address(line: str) -> None:
    first, _, second = line.partition(" <")
    text = f"New words\n\n{first}\n<{second}\n\n> old words\n"
    assert trimmed(text, subject=None) == "New words"


@pytest.mark.parametrize("block", COPIED_HEADERS)
def test_copied_headers_end_the_reply(block: str) -> None:
    assert trimmed(f"New words\n\n{block}\n", subject="Re: z") == "New words"


@pytest.mark.parametrize("line", OWN_WORDS)
def test_a_citizens_own_lines_stay(line: str) -> None:
    text = f"Peace be upon you\n{line}\nthe rest of the letter"
    assert trimmed(text, subject=None) == text


def test_a_letter_of_many_lines_is_kept_whole() -> None:
    text = "\n".join(f"line {number}" for number in range(8_000))
    assert trimmed(text, subject=None) == text


def test_history_below_very_many_own_lines_is_left_to_the_reader() -> None:
    text = "\n".join([*(f"line {number}" for number in range(8_000)), "> old"])
    assert trimmed(text, subject=None).startswith("line 0\n")


@pytest.mark.parametrize(
    "line",
    [
        "Salma via the help desk wrote:",
        "понедельник, 4 мая 2026 г. пользователь salma написал:",
        "2026-05-04 8:41 GMT+03:00 Salma",
    ],
)
def test_a_line_that_only_a_quote_makes_sure_of_goes_with_the_quote(line: str) -> None:
    assert trimmed(f"New words\n\n{line}\n\n> old\n> more\n", subject=None) == "New words"
    alone = f"New words\n\n{line}\n\nmore words"
    assert trimmed(alone, subject=None) == alone


def test_an_attribution_may_be_wrapped_in_its_date() -> None:
    text = "New words\n\nLeo <leo@example.de> schrieb am So., 3.\nMai 2026, 08:41:\n\n> old\n"
    assert trimmed(text, subject=None) == "New words"


def test_a_quote_above_the_signature_is_cut_though_nothing_announces_it() -> None:
    text = "New words\n\n> old\n> more\n\n-- \nSalma\n"
    assert trimmed(text, subject=None) == "New words"


@pytest.mark.parametrize(
    "line",
    [
        "Get Outlook for iOS<https://example.org/get>",
        "Outlook für Android beziehen <https://example.org/get>",
        "الحصول على Outlook لـ iOS",
    ],
)
def test_the_advertisement_of_a_telephone_is_no_part_of_the_reply(line: str) -> None:
    text = f"New words\n\n{line}\n________________\nFrom: a@example.org\nSent: 4 May 2026 08:41\nTo: b\n\nold"
    assert trimmed(text, subject=None) == "New words"
