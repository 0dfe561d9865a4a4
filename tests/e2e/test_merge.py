"""Tickets are merged, given back and split in a real browser, with citizens who go on writing meanwhile."""

import re
from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.demo import Demo, sign_in
from tests.support.mails import mail
from tests.support.processes import living_in, wait_until

ROW = ".ticket-row a"
TURN = count(1)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("merge")
    made = Demo(folder / "data")
    yield made
    made.up.end()
    wait_until(lambda: not living_in(folder))


class Citizen:
    """Somebody who writes about one matter more than once."""

    def __init__(self, demo: Demo) -> None:
        turn = next(TURN)
        self.demo = demo
        self.name = f"Layla Nasser {turn}"
        self.address = f"layla{turn}@example.org"
        self.mails = count(1)

    def writes(self, text: str, *, after: str = "") -> str:
        """Send a mail; return its Message-ID."""
        message_id = f"<{next(self.mails)}.{self.address}>"
        self.demo.send(
            mail(
                text,
                sender=f"{self.name} <{self.address}>",
                subject="تجديد الجواز",
                message_id=message_id,
                in_reply_to=after,
            )
        )
        return message_id


def row(page: Page, text: str) -> Locator:
    return page.locator(ROW, has_text=text)


def open_row(page: Page, text: str) -> None:
    """Open the ticket whose last words these are, and leave the list to itself."""
    expect(row(page, text)).to_be_visible(timeout=20_000)
    row(page, text).click()
    expect(page.locator(".thread")).to_contain_text(text)
    # A list in use keeps still.
    page.locator(".thread-scroll").hover()
    page.locator(".thread-scroll").focus()


def number(page: Page) -> str:
    return page.locator(".thread-number").inner_text()


def choose(page: Page) -> None:
    """Open the choice of tickets from the keyboard, which a page hears once its scripts are there."""
    page.wait_for_function("!!customElements.get('merge-picker')")
    page.keyboard.press("m")
    expect(page.locator("#merge input[name=q]")).to_be_focused()


def two_letters(page: Page, demo: Demo, turn: str) -> tuple[Citizen, str, str]:
    """Let a citizen write twice; return the Message-IDs of both, the second ticket being open."""
    citizen = Citizen(demo)
    first = citizen.writes(f"First letter {turn}")
    expect(row(page, f"First letter {turn}")).to_be_visible(timeout=20_000)
    second = citizen.writes(f"Second letter {turn}")
    open_row(page, f"Second letter {turn}")
    return citizen, first, second


@pytest.mark.parametrize("language", ["ar", "en"])
def test_two_letters_become_one_conversation_by_keyboard_and_part_again(
    page: Page, browser: Browser, demo: Demo, language: str
) -> None:
    sign_in(page, demo.address, "salma", language=language)
    colleague = browser.new_context().new_page()
    sign_in(colleague, demo.address, "amal", language=language)
    citizen, _, second = two_letters(page, demo, language)
    merged, old = number(page), page.url
    expect(row(colleague, f"Second letter {language}")).to_be_visible()

    choose(page)
    expect(page.locator(".merge-choice")).to_have_count(1)
    expect(page.locator(".merge-choice")).to_contain_text(f"First letter {language}")
    expect(page.locator(".merge-warning")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".thread")).to_contain_text(f"First letter {language}")
    expect(page.locator(".thread")).to_contain_text(f"Second letter {language}")
    expect(page.locator(".message-origin")).to_contain_text(merged)
    expect(page.locator("merge-done")).to_contain_text(merged)
    assert page.url != old
    root = number(page)
    assert root in page.title()
    # The list of somebody else: one row for both, the newest words on it.
    expect(colleague.locator(ROW, has_text=citizen.name)).to_have_count(1)

    # What the citizen answers to a mail of the merged ticket arrives in the open conversation.
    loaded = page.evaluate("performance.timeOrigin")
    citizen.writes(f"A third one {language}", after=second)
    expect(page.locator(".thread")).to_contain_text(f"A third one {language}", timeout=20_000)
    assert page.evaluate("performance.timeOrigin") == loaded
    assert number(page) == root
    expect(colleague.locator(ROW, has_text=citizen.name)).to_have_count(1)

    # The merged ticket's own page leads there, and nothing can be written on it.
    colleague.goto(old)
    expect(colleague.locator("#merged-into")).to_contain_text(root)
    expect(colleague.locator("#composer")).to_have_count(0)
    expect(colleague.locator(".thread")).not_to_contain_text(f"First letter {language}")

    page.locator(".event-line .undo-merge button").click()
    expect(page.locator(".thread")).not_to_contain_text(f"Second letter {language}")
    expect(page.locator(".thread")).to_contain_text(f"A third one {language}")
    expect(page.locator(ROW, has_text=citizen.name)).to_have_count(2)
    # A colleague who looks at it sees it come back as it was, without loading it again.
    expect(colleague.locator("#merged-into")).to_have_count(0)
    expect(colleague.locator("#composer")).to_be_visible()
    expect(colleague.locator(".thread")).to_contain_text(f"Second letter {language}")
    colleague.context.close()


def test_the_undo_beside_the_work_brings_back_what_was_open(page: Page, demo: Demo) -> None:
    sign_in(page, demo.address, "salma", language="en")
    two_letters(page, demo, "undo")
    was = number(page)
    choose(page)
    expect(page.locator(".merge-choice input:checked")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("merge-done")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("merge-done")).to_have_count(0)
    expect(page.locator(".thread-number")).to_have_text(was)
    expect(page.locator("#composer")).to_be_visible()
    assert was in page.title()


def test_an_early_enter_merges_nothing_and_escape_leaves_everything(page: Page, demo: Demo) -> None:
    sign_in(page, demo.address, "salma", language="en")
    two_letters(page, demo, "early")
    was = number(page)
    row(page, "Second letter early").focus()
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    choose(page)
    expect(page.locator(".merge-choice input:checked")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".merge-choice input:checked")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#merge input[name=q]")).to_be_focused()
    page.keyboard.type("no such words anywhere")
    page.keyboard.press("Enter")
    expect(page.locator("#merge-choices")).to_contain_text("No ticket of your teams is called so")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#merge")).to_be_hidden()
    expect(row(page, "Second letter early")).to_be_focused()
    expect(page.locator(".thread-number")).to_have_text(was)
    assert not [one for one in sent if one.endswith("/merge")]
    expect(page.locator("#toasts")).to_be_empty()


def test_a_ticket_is_found_by_its_number_in_eastern_digits_and_warns_of_its_owner(
    page: Page, demo: Demo
) -> None:
    sign_in(page, demo.address, "salma", language="en")
    other = Citizen(demo)
    other.writes("For myself alone")
    open_row(page, "For myself alone")
    digits = re.sub(r"\D", "", number(page)).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    citizen = Citizen(demo)
    citizen.writes("I ask for a friend")
    open_row(page, "I ask for a friend")
    choose(page)
    page.keyboard.type(digits)
    expect(page.locator(".merge-choice")).to_have_count(1)
    expect(page.locator(".merge-warning")).to_contain_text(other.address)
    page.keyboard.press("Enter")
    # The newest words are of somebody whom the answer does not reach: one key copies it to them.
    expect(page.locator(".composer-to.for-reply")).to_contain_text(other.address)
    expect(page.locator(".unreached")).to_contain_text(citizen.address)
    expect(page.locator("#composer-cc")).to_have_value("")
    page.keyboard.press("Shift+C")
    expect(page.locator("#composer-cc")).to_have_value(citizen.address)
    expect(page.locator(".unreached")).to_be_hidden()
    expect(page.locator("#composer-text")).to_be_focused()


def test_a_message_is_split_off_and_taken_back(page: Page, demo: Demo) -> None:
    sign_in(page, demo.address, "salma", language="en")
    citizen = Citizen(demo)
    first = citizen.writes("My passport is late")
    open_row(page, "My passport is late")
    expect(page.locator(".message-more")).to_have_count(0)
    source = number(page)
    citizen.writes("And where is my visa?", after=first)
    expect(page.locator(".message")).to_have_count(2, timeout=20_000)
    page.locator(".message", has_text="visa").locator(".message-more").click()
    expect(page.locator(".message-menu:popover-open")).to_contain_text("Nobody is written to")
    page.locator(".message-menu:popover-open button").click()
    expect(page.locator("merge-done")).to_be_visible()
    expect(page.locator(".message")).to_have_count(1)
    expect(page.locator(".thread")).to_contain_text("And where is my visa?")
    expect(page.locator(".event-line").first).to_contain_text(source)
    assert number(page) != source
    page.locator(".event-line a").first.click()
    expect(page.locator(".thread-number")).to_have_text(source)
    expect(page.locator(".thread")).not_to_contain_text("And where is my visa?")
    page.go_back()
    expect(page.locator(".thread")).to_contain_text("And where is my visa?")
    choose(page)
    expect(page.locator(".merge-choice")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_have_count(2)
    expect(page.locator(".thread-number")).to_have_text(source)


def test_what_was_being_written_goes_along_when_a_colleague_merges(
    page: Page, browser: Browser, demo: Demo
) -> None:
    sign_in(page, demo.address, "salma", language="en")
    two_letters(page, demo, "draft")
    page.fill("#composer-text", "Dear Layla, your passport")
    colleague = browser.new_context().new_page()
    sign_in(colleague, demo.address, "amal", language="en")
    open_row(colleague, "Second letter draft")
    choose(colleague)
    expect(colleague.locator(".merge-choice input:checked")).to_have_count(1)
    colleague.keyboard.press("Enter")
    expect(colleague.locator("merge-done")).to_be_visible()
    expect(page.locator("#merged-into")).to_contain_text("What you had begun to write here is kept")
    page.locator("take-draft a").click()
    expect(page.locator(".thread")).to_contain_text("First letter draft")
    expect(page.locator("#composer-text")).to_have_value("Dear Layla, your passport")
    colleague.context.close()


def test_on_a_phone_in_arabic_nothing_is_wider_than_the_screen(page: Page, demo: Demo) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, demo.address, "salma", language="ar")
    citizen = Citizen(demo)
    citizen.writes("رسالة أولى من الهاتف")
    expect(row(page, "رسالة أولى من الهاتف")).to_be_visible(timeout=20_000)
    citizen.writes("رسالة ثانية من الهاتف")
    expect(row(page, "رسالة ثانية من الهاتف")).to_be_visible(timeout=20_000)
    row(page, "رسالة ثانية من الهاتف").click()
    page.locator("button[popovertarget=merge]").click()
    expect(page.locator(".merge-choice input:checked")).to_have_count(1)
    box = page.locator("#merge").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 800
    page.locator("#merge .primary").click()
    expect(page.locator("merge-done")).to_be_visible()
    send = page.locator("[data-send]:visible").bounding_box()
    said = page.locator("merge-done").bounding_box()
    assert send
    assert said
    assert said["y"] + said["height"] < send["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
