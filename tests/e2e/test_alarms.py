"""Alarms in a real browser: a webhook is written and tried, and the browser itself says what is wrong."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from server.kit import embedded_postgres
from tests.support.processes import living_in, wait_until
from tests.support.up import Up
from tests.support.webhooks import Receiver, receiver

PASSWORD = "tawasul-demo"
# Headless browsers show nothing; what they were asked to show is kept.
KEEP = """
window.shown = [];
window.Notification = class extends EventTarget {
  static permission = "default";
  static async requestPermission() { return (this.permission = sessionStorage.answer ?? "granted"); }
  constructor(title, options) { super(); window.shown.push({ title, ...options }); }
};
if (localStorage.getItem("alarms:show")) Notification.permission = "granted";
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("alarms")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    up = Up(folder / "data", "--demo", SMTP_PORT=str(port), TESTING="1", WEBHOOKS_PRIVATE="1")
    try:
        yield up.ready(), folder / "data"
    finally:
        up.end()
    wait_until(lambda: not living_in(folder))


@pytest.fixture
def elsewhere() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def sign_in(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("input[name=email]", "salma@passports.example")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)
    page.goto(f"{address}{path}")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


def test_a_webhook_is_written_by_keyboard_and_tried(
    page: Page, desk: tuple[str, Path], elsewhere: Receiver
) -> None:
    sign_in(page, desk[0], "/alarms/webhooks/0")
    page.locator("input[name=name]").focus()
    page.keyboard.type("مركز العمليات")
    page.locator("input[name=url]").focus()
    page.keyboard.type("ftp://nowhere.example")
    page.keyboard.press("Enter")
    expect(page.locator("#url-error")).to_be_visible()
    assert page.input_value("input[name=name]") == "مركز العمليات"
    page.fill("input[name=url]", elsewhere.url)
    page.keyboard.press("Enter")
    page.wait_for_url("**/alarms/ways")
    page.get_by_role("button", name="إرسال تجربة").click()
    wait_until(lambda: elsewhere.bodies, seconds=20)
    assert elsewhere.said()["kind"] == "test"
    assert elsewhere.headers[0]["Tawasul-Signature"].startswith("t=")
    expect(page.locator(".term-row")).to_contain_text("أُرسلت", timeout=20_000)


def test_the_browser_itself_says_what_is_wrong_to_whoever_let_it(
    context: BrowserContext, desk: tuple[str, Path]
) -> None:
    address, data = desk
    context.add_init_script(KEEP)
    page = context.new_page()
    sign_in(page, address, "/alarms")
    box = page.locator("[data-switch=show]")
    page.evaluate("sessionStorage.answer = 'denied'")
    box.click()
    expect(page.locator("alarm-switches [role=alert]")).to_be_visible()
    expect(box).not_to_be_checked()
    page.evaluate("sessionStorage.answer = 'granted'")
    box.click()
    expect(box).to_be_checked()
    page.reload()
    expect(page.locator("[data-switch=show]")).to_be_checked()
    with psycopg.connect(embedded_postgres.url(data), autocommit=True) as connection:
        connection.execute(
            """
            INSERT INTO journal (channel_account_id, dedupe_key, headers, body, size, received_at, source_time, state)
            SELECT id, decode(repeat('ab', 32), 'hex'), '{}', 'x', 1, now(), now(), 'failed'
            FROM channel_accounts ORDER BY id LIMIT 1
            """
        )
    page.goto(f"{address}/inbox/all")
    wait_until(lambda: page.evaluate("window.shown.length"), seconds=60)
    (shown,) = page.evaluate("window.shown")
    assert shown["title"] == "تواصل"
    assert shown["dir"] == "rtl"
    page.goto(f"{address}/notices")
    expect(page.locator(".house-alarm").first).to_contain_text("في الحجر")
