"""What the desk shows, and what it never lets through."""

from dataclasses import replace

import pytest

from agent_ui import gallery, urls
from agent_ui.models import Desk, Direction, ErrorPage, Message, Name, RailView, Reason, Role
from agent_ui.models.codes import Locale

from .page import Page
from .readers import reader

HOSTILE = '<script>alert(1)</script>"\u202e'


def test_arabic_is_written_from_right_to_left() -> None:
    root = Page(reader("ar").page("desk", gallery.PAGES["desk"][0])).all("html")[0]
    assert (root.attrs["lang"], root.attrs["dir"], root.attrs["data-digits"]) == (
        "ar",
        "rtl",
        "arab",
    )


@pytest.mark.parametrize("direction", ["in", "out", "note", "call"])
def test_people_s_words_are_text_and_nothing_else(direction: Direction) -> None:
    message = Message(1, 1, direction, gallery.NOW, HOSTILE, HOSTILE, HOSTILE, rest=HOSTILE)
    html = reader().component("message", message)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_hostile_subject_stays_inside_its_title() -> None:
    view = gallery.CONVERSATION
    thread = replace(view.thread, subject="</title>" + HOSTILE)
    desk = Desk(gallery.CHROME, gallery.LIST, replace(view, thread=thread))
    page = Page(reader().page("desk", desk))
    assert page.complaints == []
    assert not [one for one in page.all("script") if "src" not in one.attrs]
    assert "\u2068#1042\u2069" in "".join(page.all("title")[0].text)


def test_a_link_in_a_message_leads_out_safely() -> None:
    message = Message(1, 1, "in", gallery.NOW, "see https://e.example/?a=1&b=2 javascript:x")
    (link,) = Page(reader().component("message", message)).all("a")
    assert link.attrs["href"] == "https://e.example/?a=1&b=2"
    assert {"noopener", "noreferrer", "nofollow"} <= set(link.attrs["rel"].split())


def test_a_frame_runs_no_script_and_sends_no_form() -> None:
    (frame,) = Page(reader().component("message", gallery.ITEMS[1])).all("iframe")
    assert "allow-scripts" not in frame.attrs["sandbox"]
    assert "allow-forms" not in frame.attrs["sandbox"]
    assert "allow-top-navigation" not in frame.attrs["sandbox"]


@pytest.mark.parametrize("locale", ["ar", "en"])
def test_pictures_from_elsewhere_are_asked_for_by_a_link_into_the_frame(locale: Locale) -> None:
    page = Page(reader(locale).component("message", gallery.ITEMS[1]))
    (frame,) = page.all("iframe")
    assert "images" not in frame.attrs["src"]
    (link,) = page.all("a", target=frame.attrs["name"])
    assert link.attrs["href"] == frame.attrs["src"] + "?images=remote"


def test_the_conversation_refetches_itself_when_its_ticket_changes() -> None:
    (section,) = Page(reader().component("conversation", gallery.CONVERSATION)).all(
        "section", id="conversation"
    )
    assert section.attrs["hx-get"] == urls.ticket(1042, view="mine")
    assert section.attrs["hx-trigger"].startswith("ticket-1042 from:#live")
    assert section.attrs["hx-swap"] == "outerMorph"


def test_what_is_typed_and_its_key_survive_a_refetch() -> None:
    page = Page(reader().component("composer", gallery.COMPOSER))
    for one in (*page.all("textarea"), *page.all("input", name="form_key")):
        assert "draft-keeper" in one.within
    (keeper,) = page.all("draft-keeper")
    assert "hx-morph-skip" in keeper.attrs
    (seen,) = page.all("input", name="seen_seq")
    assert "draft-keeper" not in seen.within


def test_an_answer_that_is_stopped_says_why_and_leaves_the_note_open() -> None:
    composer = replace(gallery.COMPOSER, blocked=Reason("no_address"))
    page = Page(reader().component("composer", composer))
    send = page.all("button", formaction="/tickets/1042/reply")
    keep = page.all("button", formaction="/tickets/1042/note")
    assert "disabled" in send[0].attrs
    assert "disabled" not in keep[0].attrs
    assert "no address" in "".join(page.all("form")[0].text)


def test_a_conflict_shows_what_is_new_and_a_way_on() -> None:
    html = reader("ar").component("composer", gallery.ENGLISH.composer)
    page = Page(html)
    assert "حدث أمران أثناء كتابتك" in html
    assert page.all("button", name="anyway")
    assert "A copy is enough." in "".join(page.all("textarea")[0].text)


def test_counts_stop_where_nobody_reads_on() -> None:
    assert "999+" in reader().component("rail_view", RailView("all", 1432))
    assert "+٩٩٩" in reader("ar").component("rail_view", RailView("all", 1000)).replace(
        "٩٩٩+", "+٩٩٩"
    )


def test_a_team_is_called_in_the_reader_s_language_or_in_the_one_it_has() -> None:
    team = Name("الجوازات", "Passports")
    assert reader("ar").words.name(team) == "الجوازات"
    assert reader("en").words.name(team) == "Passports"
    assert reader("en").words.name(Name("الجوازات", "")) == "الجوازات"


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("agent", set()),
        ("supervisor", {urls.SUPERVISION}),
        ("administrator", {urls.SUPERVISION, urls.CHANNELS, urls.QUARANTINE}),
    ],
)
def test_nobody_is_offered_pages_that_are_not_theirs(role: Role, offered: set[str]) -> None:
    viewer = replace(gallery.VIEWER, roles=frozenset({role}))
    page = Page(reader().component("chrome", replace(gallery.CHROME, viewer=viewer)))
    links = {one.attrs["href"] for one in page.all("a")}
    assert links & {urls.SUPERVISION, urls.CHANNELS, urls.QUARANTINE} == offered


def test_numbers_and_addresses_are_isolated() -> None:
    page = Page(reader("ar").component("conversation", gallery.CONVERSATION))
    isolated = {"".join(one.text) for one in page.all("bdi", dir="ltr")}
    assert {"#1042", "fatima.z@mail.example", "+966 55 012 3456"} <= isolated


def test_an_unknown_status_is_an_error_page_all_the_same() -> None:
    html = reader().page("error", ErrorPage(418))
    assert "This could not be understood" in html
    assert "Something went wrong on our side" in reader().page("error", ErrorPage(599))


def test_links_carry_what_they_need_and_no_more() -> None:
    assert urls.inbox("team-3", status="open", after="a b") == (
        "/inbox/team-3?status=open&after=a+b"
    )
    assert urls.inbox("mine") == "/inbox/mine"
    assert urls.ticket(7) == "/tickets/7"
    assert urls.set_up("a/b") == "/set-up/a%2Fb"
