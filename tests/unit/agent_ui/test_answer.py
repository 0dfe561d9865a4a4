"""An answer reads well in any mail program, in the contact's own direction."""

from agent_ui.mail import render_answer
from agent_ui.mail.answer import language_of, signature

from .page import Page


def test_an_arabic_answer_runs_from_right_to_left_from_its_outer_table_on() -> None:
    _, html = render_answer("وعليكم السلام", language="ar", ticket_number="T-1042")
    page = Page(html)
    assert page.complaints == []
    assert page.all("table")[0].attrs["dir"] == "rtl"
    assert page.all("html")[0].attrs["lang"] == "ar"


def test_an_english_answer_runs_from_left_to_right() -> None:
    _, html = render_answer("Hello", language="en")
    assert Page(html).all("table")[0].attrs["dir"] == "ltr"


def test_the_number_is_isolated_in_both_parts() -> None:
    text, html = render_answer("نص", language="ar", ticket_number="T-1042")
    assert "\u2066T-1042\u2069" in text
    assert "".join(Page(html).all("bdi", dir="ltr")[0].text).strip("\u2066\u2069") == "T-1042"


def test_what_was_written_is_text_in_the_html_too() -> None:
    _, html = render_answer(
        "<b>x</b>", language="en", signature="<i>", quoted="<script>", ticket_number="<u>"
    )
    assert not {"b", "i", "script", "u"} & {one.tag for one in Page(html).elements}


def test_lines_and_paragraphs_stay_what_they_are() -> None:
    text, html = render_answer("one\r\ntwo\r\n\r\nthree", language="en")
    assert text == "one\ntwo\n\nthree\n"
    page = Page(html)
    assert ["".join(p.text) for p in page.all("p")] == ["onetwo", "three"]
    assert len(page.all("br")) == 1


def test_the_question_is_quoted_below_the_answer() -> None:
    text, html = render_answer("Yes.", language="en", quoted="May I?\nNow?")
    assert text == "Yes.\n\nYou wrote:\n> May I?\n> Now?\n"
    assert html.index("Yes.") < html.index("May I?")


def test_a_signature_stands_below_the_line_that_mail_programs_know() -> None:
    text, html = render_answer(
        "Yes.", language="en", signature="Amal\nPassports", ticket_number="7"
    )
    assert text.startswith("Yes.\n\n-- \nAmal\nPassports\n\nYour reference:")
    assert html.index("Yes.") < html.index("Amal")


def test_ones_own_signature_is_chosen_by_the_readers_language_and_serves_both_alone() -> None:
    def signed(own: tuple[str, str], language: str) -> str:
        return signature("Amal", own=own, account="Passports", language=language_of(language))

    assert signed(("أمل", "Amal A."), "ar") == "أمل\nPassports"
    assert signed(("أمل", "Amal A."), "fr") == "Amal A.\nPassports"
    assert signed(("", "Amal A."), "ar") == "Amal A.\nPassports"
    assert signed(("", " "), "en") == "Amal\nPassports"


def test_a_picture_stands_in_the_html_and_is_named_in_the_text() -> None:
    text, html = render_answer(
        "Here:\n[Picture: a&b.png]\nand [Picture: c.png]",
        language="ar",
        pictures={"a&b.png": "x@desk.example"},
    )
    (picture,) = Page(html).all("img")
    assert (picture.attrs["src"], picture.attrs["alt"]) == ("cid:x@desk.example", "a&b.png")
    assert "[صورة: a&b.png]" in text
    assert "[Picture: c.png]" in html
