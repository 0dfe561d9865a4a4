"""A citizen is asked by mail, answers on an old phone, and a supervisor sees it at once."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from server.kit import embedded_postgres
from tests.support.demo import Demo
from tests.support.mails import mail
from tests.support.processes import living_in, wait_until

PASSWORD = "tawasul-demo"
FATIMA = "fatima.new@example.org"
PHONE: ViewportSize = {"width": 390, "height": 780}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("ratings")
    made = Demo(folder / "data", UNDO_SECONDS="1")
    yield made
    made.up.end()
    wait_until(lambda: not living_in(folder))


def sign_in(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.address}/sign-in")
    page.fill("input[name=email]", "salma@passports.example")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)


def go(page: Page, demo: Demo, path: str) -> None:
    page.goto(f"{demo.address}{path}")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


def arrived(page: Page, demo: Demo) -> bool:
    go(page, demo, "/inbox/all")
    return page.get_by_text("Fatima New").count() > 0


def answer_and_resolve(page: Page, demo: Demo) -> None:
    go(page, demo, "/inbox/all")
    page.locator(".ticket-row a", has_text="Fatima New").click()
    page.fill("#composer-text", "جوازكم جاهز للاستلام.")
    page.locator("#composer-text").press("Control+Enter")
    expect(page.locator("#composer-text")).to_have_value("")
    expect(page.locator(".message", has_text="جاهز للاستلام")).to_contain_text(
        "أُرسلت", timeout=30_000
    )
    page.locator("[popovertarget=menu-status]").click()
    page.locator("#menu-status button[value=resolved]").click()
    expect(page.locator("[popovertarget=menu-status]")).to_contain_text("محلولة")


def two_hours_later(demo: Demo) -> None:
    with psycopg.connect(embedded_postgres.url(demo.data), autocommit=True) as connection:
        connection.execute("UPDATE ratings_due SET due_at = now()")


def link_of_mail(page: Page, demo: Demo) -> str:
    """Wait until the mail has been kept, and return where its first link leads."""

    def asked() -> bool:
        """The answer is the first mail to her, the question the second."""
        go(page, demo, "/outgoing")
        return page.locator(".ticket-row", has_text=FATIMA).count() > 1

    wait_until(asked, seconds=40)
    page.locator(".ticket-row a", has_text=FATIMA).first.click()
    shown = page.frame_locator("iframe.mail-body")
    first = shown.locator("a[href*='/portal/rating/']").first
    expect(first).to_contain_text("ممتاز")
    href = first.get_attribute("href")
    assert href
    return demo.address + re.sub(r"^https?://[^/]+", "", href)


def test_from_the_mail_to_the_wall(page: Page, browser: Browser, demo: Demo) -> None:
    demo.send(mail("أين جوازي الجديد؟", sender=f"Fatima New <{FATIMA}>", subject="استلام الجواز"))
    sign_in(page, demo)
    wait_until(lambda: arrived(page, demo), seconds=30)
    answer_and_resolve(page, demo)
    two_hours_later(demo)
    link = link_of_mail(page, demo)

    go(page, demo, "/satisfaction?low=1")
    loaded = page.evaluate("performance.timeOrigin")
    before = page.locator(".rated").count()
    wall = page.context.new_page()
    go(wall, demo, "/supervision")
    counted = wall.locator("#wall-ratings").inner_text()

    phone = browser.new_context(
        viewport=PHONE, java_script_enabled=False, color_scheme="dark", locale="ar"
    )
    try:
        citizen = phone.new_page()
        citizen.goto(link)
        expect(citizen.locator("html")).to_have_attribute("dir", "rtl")
        expect(citizen.locator("input[value='5']")).to_be_checked()
        for one in citizen.locator(".score, button").all():
            box = one.bounding_box()
            assert box
            assert box["height"] >= 48
            assert box["width"] > 300
        citizen.locator(".score", has_text="سيئ").click()
        citizen.fill("textarea", "انتظرت كثيرًا <b>ولم يجب أحد</b>")
        citizen.get_by_role("button").click()
        expect(citizen.locator("h1")).to_have_text("شكرًا لك")
        expect(citizen.locator(".invitation")).to_contain_text("أجب عن الرسالة")
        assert phone.cookies() == []
        assert citizen.locator("script").count() == 0
    finally:
        phone.close()

    expect(page.locator(".rated")).to_have_count(before + 1)
    expect(page.locator(".rated").first).to_contain_text("<b>ولم يجب أحد</b>")
    assert page.evaluate("performance.timeOrigin") == loaded
    expect(wall.locator("#wall-ratings")).not_to_have_text(counted)
    page.locator(".rated a").first.click()
    expect(page.locator(".event-line", has_text="سيئ")).to_be_visible()
    expect(page.locator(".given-rating")).to_contain_text("انتظرت كثيرًا")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_what_supervisors_see_of_it_fits(page: Page, demo: Demo, theme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, demo)
    for path in ("/satisfaction", "/satisfaction/asking", "/reports?kind=days&by=agent"):
        go(page, demo, path)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, path
