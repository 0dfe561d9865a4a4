"""A picture's mark is found wherever somebody put it, and nothing else is taken for one."""

import pytest

from agent_ui.pictures import named, pieces, said

from .page import Page
from .readers import reader


@pytest.mark.parametrize("locale", ["ar", "en"])
def test_a_mark_is_known_in_either_language(locale: str) -> None:
    text = f"one\n{said('صورة 1.png', locale)}\ntwo"  # type: ignore[arg-type]  # a parameter is text
    assert named(text) == ("صورة 1.png",)
    assert list(pieces(text, {"صورة 1.png"})) == [("one\n", "صورة 1.png"), ("\ntwo", "")]


def test_only_pictures_that_are_there_are_put_in() -> None:
    text = "[Picture: a.png][Picture: b.png]"
    assert list(pieces(text, {"b.png"})) == [("[Picture: a.png]", "b.png"), ("", "")]


@pytest.mark.parametrize(
    "text", ["", "[picture a.png]", "[Picture: ]", "[Picture: a\nb.png]", "[x]", "[Picture: [a]]"]
)
def test_other_brackets_are_words(text: str) -> None:
    assert named(text) == ()


def test_the_mark_ends_where_the_name_ends_in_every_language() -> None:
    for locale in ("ar", "en"):
        assert reader(locale).picture_mark("x").endswith("]")
        assert Page(reader(locale).picture_mark("x")).complaints == []
