"""A real browser for tests that look at pages: started once, a clean profile for every test."""

import functools
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 10_000  # ms; two busy cores

expect.set_options(timeout=PATIENCE)


@functools.cache
def executable() -> str | None:
    """Return where Chromium is; its packages are named differently between systems."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)


def launch(playwright: Playwright) -> Browser:
    """Start the installed Chromium, which may run as root and talks to nobody but us."""
    return playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of the test run."""
    if executable() is None:
        pytest.fail("Chromium is not installed; these tests need it: apt-get install chromium")
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A clean profile: its tabs share storage, cookies and workers."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 800})
    fresh.set_default_timeout(PATIENCE)
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One tab."""
    return context.new_page()
