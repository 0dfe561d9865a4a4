"""An administrator writes a policy in a real browser, in Arabic and from the keyboard, and moves a feast."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.support.processes import living_in, wait_until
from tests.support.up import Up

PASSWORD = "tawasul-demo"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a demonstration runs."""
    folder = tmp_path_factory.mktemp("policies")
    up = Up(folder / "data", "--demo")
    yield up.ready()
    up.end()
    wait_until(lambda: not living_in(folder))


@pytest.fixture
def desk(page: Page, address: str) -> Page:
    """An administrator's desk in Arabic, on the page of promises; no script may fail."""
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(f"{address}/sign-in")
    page.fill("input[name=email]", "salma@passports.example")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    page.goto(f"{address}/promises")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    return page


def test_a_policy_is_written_refused_corrected_and_saved_from_the_keyboard(desk: Page) -> None:
    desk.keyboard.press("n")
    desk.keyboard.press("p")
    expect(desk.locator("[name=position]")).to_be_visible()
    desk.fill("[name=name]", "ذوو الأولوية")
    desk.select_option("[name=contact_class]", "vip")
    desk.fill("[name=first_response]", "0")
    desk.select_option("[name=when-1]", "late")
    desk.fill("[name=at-1]", "٣٠")
    desk.select_option("[name=to-1]", "lead")
    more = desk.locator(".policy-step").nth(1).locator("summary")
    more.focus()
    desk.keyboard.press("Enter")
    desk.select_option("[name=raise_to-1]", "next")
    desk.locator("[name=first_response]").press("Enter")
    expect(desk.locator("#first_response-error")).to_contain_text("لا تكون المهلة صفرًا")
    expect(desk.locator("[name=at-1]")).to_have_value("٣٠")
    expect(desk.locator("[name=raise_to-1]")).to_be_visible()
    desk.fill("[name=first_response]", "٢")
    desk.locator("[name=first_response]").press("Enter")
    expect(desk.locator("#preview")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("/promises$"))
    line = desk.locator(".term-row", has=desk.get_by_role("link", name="ذوو الأولوية"))
    expect(line).to_contain_text("المراجعون ذوو الأولوية")
    expect(line).to_contain_text("متأخرة ٣٠ د من وقت العمل")
    expect(line).to_contain_text("ترتفع الأولوية درجة")


def test_a_feast_waits_for_the_moon_and_is_moved_by_a_day(desk: Page) -> None:
    first = datetime.now(UTC).date() + timedelta(days=20)
    desk.get_by_role("link", name="ساعات العمل", exact=True).click()
    desk.fill("[name=first-0]", first.isoformat())
    desk.fill("[name=name-0]", "عيد الفطر")
    desk.check("[name=provisional-0]")
    desk.locator("[name=name-0]").press("Enter")
    expect(desk.locator("#preview")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.locator("#terms")).to_contain_text("بانتظار التأكيد: عيد الفطر")
    desk.get_by_role("link", name="ساعات العمل", exact=True).click()
    desk.locator("button[value=later-0]").press("Enter")
    moved = (first + timedelta(days=1)).isoformat()
    expect(desk.locator("[name=first-0]")).to_have_value(moved)
    desk.locator("button[value=confirm-0]").press("Enter")
    expect(desk.locator("[name=provisional-0]")).not_to_be_checked()
    expect(desk.locator("[name=first-0]")).to_have_value(moved)
    desk.locator("[name=name-0]").press("Enter")
    expect(desk.locator("#preview")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("/promises$"))
    expect(desk.locator("#terms")).not_to_contain_text("بانتظار التأكيد")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_promises_fit_the_screen(desk: Page, width: int, theme: str) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    desk.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    for link in ("العاجلة", "ساعات العمل"):
        desk.goto(re.sub("/promises.*", "/promises", desk.url))
        overflow = desk.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0
        desk.locator(".term-row a").filter(has_text=link).first.click()
        expect(desk.locator(".term-form")).to_be_visible()
        assert desk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
