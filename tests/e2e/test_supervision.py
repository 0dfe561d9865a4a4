"""A supervisor's day in a real browser: the wall moves by itself, a storm is cleared, promises are written."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.demo import Demo, sign_in
from tests.support.mails import mail
from tests.support.processes import living_in, wait_until


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("supervision")
    made = Demo(folder / "data")
    yield made
    made.up.end()
    wait_until(lambda: not living_in(folder))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_wall_moves_by_itself_within_a_second(
    page: Page, demo: Demo, language: str, theme: str
) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    sign_in(page, demo.address, "salma", "/supervision", language=language)
    loaded = page.evaluate("performance.timeOrigin")
    before = page.locator(".figures").inner_text()
    page.evaluate(
        """() => {
            window.moved = new Promise((done) => {
                let heard;
                document.getElementById("live").addEventListener("inbox", () => (heard ??= performance.now()));
                new MutationObserver(() => heard && done(performance.now() - heard)).observe(
                    document.querySelector("main"), { subtree: true, childList: true, characterData: true });
            });
        }"""
    )
    drawn = page.locator("#flow-table").inner_html()
    demo.send(mail("فقدت جوازي", sender="ريما العمري <rima@example.org>", subject="جواز مفقود"))
    took = page.evaluate("window.moved")
    assert took < 1_000
    expect(page.locator(".figures")).not_to_have_text(before)
    expect(page.locator(".flow canvas")).to_be_visible()
    page.wait_for_function(
        "was => document.querySelector('#flow-table').innerHTML !== was", arg=drawn
    )
    assert page.evaluate("performance.timeOrigin") == loaded


def test_a_storm_is_cleared_from_the_keyboard(page: Page, demo: Demo) -> None:
    sign_in(page, demo.address, "salma", "/supervision/tickets?measure=open", language="ar")
    for _ in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")
    ticked = page.locator("[name=ticket]:checked")
    expect(ticked).to_have_count(3)
    numbers = [one.get_attribute("value") for one in ticked.all()]
    amal = page.locator("[name=assignee] option", has_text="أمل الشهري").get_attribute("value")
    page.keyboard.press("a")
    expect(page.locator("[name=assignee]")).to_be_focused()
    page.select_option("[name=assignee]", value=amal)
    page.locator("button[value=assign]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#bulk-said")).to_contain_text("تمّ ذلك")
    for number in numbers:
        expect(page.locator(f"li:has(#pick-{number}) [aria-label='أمل الشهري']")).to_be_visible()


def test_a_storm_is_put_off_with_the_mouse_and_a_reason(page: Page, demo: Demo) -> None:
    sign_in(page, demo.address, "salma", "/supervision/tickets?measure=open", language="en")
    boxes = page.locator("[name=ticket]")
    boxes.nth(3).click()
    boxes.nth(5).click(modifiers=["Shift"])
    expect(page.locator("[name=ticket]:checked")).to_have_count(3)
    first = page.locator("[name=ticket]:checked").first.get_attribute("value")
    page.select_option("[name=status]", "on_hold")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("#bulk-said")).to_contain_text("Write the reason for the pause")
    boxes.nth(3).click()
    boxes.nth(5).click(modifiers=["Shift"])
    page.select_option("[name=status]", "on_hold")
    page.get_by_placeholder("Reason for the pause").fill("The ministry checks the names")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("#bulk-said")).to_contain_text(re.compile("Done with [3٣] tickets"))
    page.goto(f"{demo.address}/tickets/{first}")
    expect(page.locator("main")).to_contain_text("The ministry checks the names")


def test_ticks_outlive_what_happens_meanwhile(page: Page, demo: Demo) -> None:
    sign_in(page, demo.address, "salma", "/supervision", language="ar")
    box = page.locator("[name=ticket]").first
    box.check()
    chosen = box.get_attribute("value")
    before = page.locator(".figures").inner_text()
    demo.send(mail("Where is it?", sender="Tom <tom@example.org>", subject="Status"))
    expect(page.locator(".figures")).not_to_have_text(before)
    expect(page.locator(f"#pick-{chosen}")).to_be_checked()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 2560])
def test_the_wall_fits_phone_desk_and_the_screen_on_the_wall(
    page: Page, demo: Demo, theme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    sign_in(page, demo.address, "huda", "/supervision", language="ar")
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
    size = page.locator(".figures dd").first.evaluate(
        "one => parseFloat(getComputedStyle(one).fontSize)"
    )
    assert size >= (80 if width > 2000 else 24)


def test_a_promise_is_reckoned_line_by_line_in_the_ticket(page: Page, demo: Demo) -> None:
    sign_in(page, demo.address, "salma", "/inbox/late", language="ar")
    page.locator(".ticket-row a").first.click()
    page.locator(".clock-why summary").click()
    expect(page.locator(".clock-why")).to_contain_text("بدأت المهلة")
    expect(page.locator(".clock-why")).to_contain_text("تُستحق")


def test_a_calendar_is_written_with_the_keyboard_and_shows_what_it_would_break(
    page: Page, demo: Demo
) -> None:
    sign_in(page, demo.address, "salma", "/promises", language="ar")
    page.get_by_role("link", name="ساعات العمل", exact=True).click()
    page.locator("button[value=holidays]").press("Enter")
    expect(page.locator("[name=first-0]")).not_to_have_value("")
    page.locator("[name=day-6]").fill("08:00-14:00")
    page.locator("[name=day-6]").press("Enter")
    expect(page.locator("#preview")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/promises$"))
    expect(page.locator("#terms")).to_contain_text("سلمى الفارس")
    begun = time.monotonic()
    expect(page.locator("#terms [role=status]")).to_have_count(0)
    assert time.monotonic() - begun < 10


def test_the_wall_fills_the_screen_and_comes_back_by_one_key(page: Page, demo: Demo) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    sign_in(page, demo.address, "huda", "/supervision", language="ar")
    figure = page.locator(".figures dd").first
    small = figure.bounding_box()
    page.keyboard.press("f")
    expect(page.locator("#rail")).to_be_hidden()
    expect(page.locator(".promise").first).to_be_visible()
    large = figure.bounding_box()
    assert small
    assert large
    assert large["height"] > 2 * small["height"]
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    page.keyboard.press("f")
    expect(page.locator("#rail")).to_be_visible()
