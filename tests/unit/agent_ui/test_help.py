"""Help stands where an answer is written, and comes after the conversation."""

from agent_ui import gallery, urls

from .page import Page
from .readers import reader


def test_the_composer_offers_canned_replies_of_its_ticket() -> None:
    page = Page(reader().component("composer", gallery.COMPOSER))
    (picker,) = page.all("reply-picker")
    assert picker.attrs["src"] == urls.help_replies(1042)
    assert picker.attrs["to"] == urls.help_insert(1042)
    (place,) = [one for one in page.elements if "data-choices" in one.attrs]
    assert "reply-picker" in place.within
    assert "hidden" in place.attrs


def test_the_conversation_leaves_a_place_that_asks_for_help_by_itself() -> None:
    page = Page(reader().component("conversation", gallery.CONVERSATION))
    (place,) = page.all("section", id="answer-help")
    assert place.attrs["hx-get"] == urls.help_with(1042)
    assert place.attrs["hx-trigger"] == "load"


def test_help_that_has_come_stays_through_live_changes_and_asks_no_more() -> None:
    page = Page(reader().component("answer_help", gallery.COMPONENTS["answer_help"][0]))
    (place,) = page.all("section", id="answer-help")
    assert "hx-morph-skip" in place.attrs
    assert "hx-trigger" not in place.attrs
