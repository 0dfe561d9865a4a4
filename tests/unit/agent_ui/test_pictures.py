"""A picture's mark is found wherever somebody put it, and nothing else is taken for one."""

import pytest

from agent_ui.gallery import NOW
from agent_ui.models import Attachment, Message
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


def test_on_screen_a_picture_has_its_line_to_itself() -> None:
    note = Message(
        id=1,
        seq=1,
        direction="note",
        at=NOW,
        text="above\n[Picture: a.png]\nbelow [Picture: b.png]",
        pictures=(Attachment(7, "a.png", "image/png", 9),),
    )
    shown = [(text, picture and picture.id) for text, picture in reader("en").with_pictures(note)]
    assert shown == [("above", 7), ("below [Picture: b.png]", None)]
    page = Page(reader("en").component("message", note))
    (picture,) = page.all("img")
    assert (picture.attrs["src"], picture.attrs["alt"]) == ("/attachments/7", "a.png")
