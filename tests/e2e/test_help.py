"""Help with the answer in a real browser: a slash and a word, what stands beside the composer, and who writes it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.demo import Demo
from tests.support.processes import living_in, wait_until

PASSWORD = "tawasul-demo"
COMPOSER = "#composer-text"
CHOICE = ".reply-choice"
CHOSEN = ".reply-choice[aria-selected=true]"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("help")
    made = Demo(folder / "data")
    yield made
    made.up.end()
    wait_until(lambda: not living_in(folder))


def sign_in(page: Page, demo: Demo, who: str) -> None:
    page.goto(f"{demo.address}/sign-in")
    page.fill("input[name=email]", f"{who}@passports.example")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)


def open_ticket(page: Page, demo: Demo, asked: str) -> None:
    """Open the newest ticket in which these words stand, and wait for the help beside it."""
    page.goto(f"{demo.address}/search?q={asked}")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    page.locator(".found-ticket a").first.click()
    expect(page.locator("#answer-help .suggestion").first).to_be_attached()


def words(page: Page) -> str:
    return page.input_value(COMPOSER)


@pytest.fixture
def salma(page: Page, demo: Demo) -> Page:
    """An administrator's browser in Arabic, with an Arabic inquiry about a loss open."""
    sign_in(page, demo, "salma")
    open_ticket(page, demo, "فقدت جوازي")
    return page


def test_a_slash_and_a_word_put_a_reply_in_by_keyboard_and_ctrl_z_takes_it_back(
    salma: Page,
) -> None:
    name = salma.locator(".contact h2").inner_text()
    number = salma.locator(".thread-number").inner_text().strip("#")
    field = salma.locator(COMPOSER)
    field.press_sequentially("أهلًا بكم. ")
    field.press_sequentially("/فق")
    expect(salma.locator(CHOSEN)).to_contain_text("/فقدان")
    field.press("Enter")
    expect(field).not_to_have_value("أهلًا بكم. /فق")
    assert words(salma).startswith(f"أهلًا بكم. السلام عليكم {name}،")
    assert f"\u2066{number}\u2069" in words(salma)
    assert "{" not in words(salma)
    expect(salma.locator(CHOICE)).to_have_count(0)
    field.press("Control+z")
    expect(field).to_have_value("أهلًا بكم. /فق")
    field.press("Control+Shift+z")
    assert f"\u2066{number}\u2069" in words(salma)


def test_arrows_choose_shift_enter_takes_the_other_language_and_escape_leaves_all_as_it_was(
    salma: Page,
) -> None:
    field = salma.locator(COMPOSER)
    field.press_sequentially("/")
    expect(salma.locator(CHOICE).nth(1)).to_be_visible()
    first = salma.locator(CHOSEN).get_attribute("id")
    expect(field).to_have_attribute("aria-activedescendant", first or "")
    field.press("ArrowDown")
    second = salma.locator(CHOSEN).get_attribute("id")
    assert second != first
    field.press("ArrowUp")
    expect(field).to_have_attribute("aria-activedescendant", first or "")
    field.press("Escape")
    expect(salma.locator(CHOICE)).to_have_count(0)
    expect(field).to_have_value("/")
    expect(field).to_be_focused()
    field.press_sequentially("موعد")
    expect(salma.locator(CHOSEN)).to_contain_text("/موعد")
    field.press("Shift+Enter")
    expect(field).to_have_value(re.compile("^Dear .*every Sunday", re.DOTALL))
    assert words(salma).count("/") == words(salma).count("https://") * 3


def test_what_is_no_reply_stays_what_it_is(salma: Page) -> None:
    field = salma.locator(COMPOSER)
    field.press_sequentially("في 3/4 أو https://x.example/a ")
    expect(salma.locator(CHOICE)).to_have_count(0)
    field.press_sequentially("/zzzz")
    expect(salma.locator("[data-choices] .quiet-text")).to_be_visible()
    field.press("Enter")
    field.press_sequentially("تم")
    expect(field).to_have_value("في 3/4 أو https://x.example/a /zzzz\nتم")


def test_a_reply_goes_in_by_mouse_where_the_caret_is_and_over_nothing(salma: Page) -> None:
    field = salma.locator(COMPOSER)
    field.fill("قبل بعد")
    field.evaluate("field => field.setSelectionRange(4, 7)")
    salma.locator("reply-picker button").click()
    salma.locator(CHOICE).first.click()
    expect(field).to_have_value(re.compile("السلام عليكم"))
    assert words(salma).startswith("قبل بعد")


def test_what_stands_beside_the_composer_says_why_and_goes_in_with_one_click(
    salma: Page,
) -> None:
    help_ = salma.locator("#answer-help")
    expect(help_).to_contain_text("عن بلاغ فقدان")
    expect(help_).to_contain_text("كلمات مشتركة")
    field = salma.locator(COMPOSER)
    field.fill("كتبتُ هذا")
    help_.locator("[data-insert]", has=salma.locator("[name=reply]")).first.get_by_role(
        "button"
    ).first.click()
    expect(field).to_have_value(re.compile("^كتبتُ هذا\n.*السلام عليكم", re.DOTALL))
    before = words(salma)
    similar = help_.locator("[data-insert]", has=salma.locator("[name=source]")).first
    similar.get_by_role("button").click()
    expect(field).to_have_value(re.compile("\n> "))
    assert words(salma).startswith(before)
    with salma.context.expect_page() as opened:
        similar.locator("a").click()
    expect(opened.value.locator("#conversation .thread-head")).to_be_visible()
    opened.value.close()
    # It stays through a live change of the ticket, and so does what was typed.
    typed = words(salma)
    salma.locator("[data-key=t]").or_(salma.locator(".thread-head")).first.click()
    expect(help_.locator(".suggestion").first).to_be_attached()
    expect(field).to_have_value(typed)


def test_an_english_inquiry_is_answered_in_english(page: Page, demo: Demo) -> None:
    sign_in(page, demo, "dana")
    open_ticket(page, demo, "renew my passport")
    field = page.locator(COMPOSER)
    field.press_sequentially("/")
    expect(page.locator(CHOSEN)).to_contain_text("Status of a renewal")
    field.press("Enter")
    expect(field).to_have_value(re.compile("^Dear .*being printed", re.DOTALL))


def test_on_a_phone_the_help_is_in_the_drawer_and_goes_when_it_is_used(
    browser: Browser, demo: Demo
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, demo, "salma")
    open_ticket(page, demo, "فقدت جوازي")
    page.locator(".context-button").click()
    expect(page.locator("#context")).to_be_visible()
    page.locator("#answer-help [data-insert] button").first.click()
    expect(page.locator(COMPOSER)).to_have_value(re.compile("السلام عليكم"))
    expect(page.locator("#context")).to_be_hidden()
    width = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert width <= 0
    context.close()


def test_a_supervisor_writes_a_reply_looks_at_it_with_a_ticket_and_colleagues_have_it(
    browser: Browser, salma: Page, demo: Demo
) -> None:
    number = salma.locator(".thread-number").inner_text().strip("#")
    other = browser.new_context()
    page = other.new_page()
    page.set_default_timeout(10_000)
    sign_in(page, demo, "huda")
    page.keyboard.press("g")
    page.keyboard.press("k")
    expect(page.locator("#knowledge")).to_contain_text("بلاغ فقدان جواز")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    page.keyboard.press("n")
    page.fill("[name=title_ar]", "صورة مرفوضة")
    page.fill("[name=body_ar]", "عزيزي {اسم المراجع}، الصورة غير واضحة في {رقم الجواز}.")
    page.fill("[name=shortcut]", "صورة")
    page.locator("[name=title_ar]").press("Enter")
    expect(page.locator("#body_ar-error")).to_contain_text("{رقم الجواز}")
    page.fill("[name=body_ar]", "عزيزي {اسم المراجع}، الصورة غير واضحة في {رقم التذكرة}.")
    page.fill("[name=ticket]", number)
    page.locator("button[value=preview]").click()
    expect(page.locator("#preview")).to_contain_text(number)
    page.locator("button[value=save]").last.click()
    expect(page).to_have_url(re.compile(r"/knowledge/reply/\d+$"))
    field = salma.locator(COMPOSER)
    field.press_sequentially("/صو")
    expect(salma.locator(CHOSEN)).to_contain_text("صورة مرفوضة")
    field.press("Escape")
    page.get_by_role("link", name="تعديل").click()
    page.locator("button[value=archive]").click()
    expect(page.locator(".knowledge-gone")).to_contain_text("صورة مرفوضة")
    page.locator(".knowledge-gone button").click()
    expect(page.locator("[name=title_ar]")).to_have_value("صورة مرفوضة")
    other.close()
