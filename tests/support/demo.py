"""A running demonstration: an office with a day's mail behind it, a door for more, and a way to sign in."""

import smtplib
import socket
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.up import Up

PASSWORD = "tawasul-demo"


class Demo:
    """A running `tawasul up --demo`."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.smtp_port: int = probe.getsockname()[1]
        self.up = Up(data, "--demo", SMTP_PORT=str(self.smtp_port), **settings)
        self.address = self.up.ready()

    def send(self, raw: bytes, *, to: str = "help@passports.example") -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=20) as smtp:
            assert smtp.sendmail("citizen@example.org", [to], raw) == {}


def sign_in(
    page: Page, address: str, who: str, path: str = "/inbox/all", *, language: str | None = None
) -> None:
    """Sign in, choose a language as a person would, in the menu with one's own name, and go there."""
    page.goto(f"{address}/sign-in")
    page.fill("input[name=email]", f"{who}@passports.example")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)
    if language and page.locator("html").get_attribute("lang") != language:
        page.locator(".me-button").click()
        page.locator(f"#me-menu button[name=locale][value={language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language)
    page.goto(f"{address}{path}")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
