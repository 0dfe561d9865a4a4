"""The whole desk as people meet it: start, memory at rest, and how soon a mail is on an agent's screen.

python bench/whole.py
"""

import smtplib
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import httpx
import psutil

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402 -- after the path

from tests.support.browser import launch  # noqa: E402
from tests.support.mails import mail  # noqa: E402
from tests.support.processes import living_in  # noqa: E402
from tests.support.up import Up  # noqa: E402

MAILS = 40
SETTLE_SECONDS = 20
WATCH = """
name => { window.seen = {}; new MutationObserver(() => {
    for (const row of document.querySelectorAll('.ticket-row .row-name')) {
        window.seen[row.textContent] ??= Date.now();
    }
}).observe(document.body, {childList: true, subtree: true, characterData: true}); }
"""


def main(folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    first = Up(folder / "data", "--demo", SMTP_PORT=str(port))
    first.ready()
    first.end()
    begun = time.perf_counter()
    up = Up(folder / "data", "--demo", SMTP_PORT=str(port))
    address = up.ready()
    assert httpx.get(f"{address}/sign-in").status_code == 200
    started = time.perf_counter() - begun
    try:
        time.sleep(SETTLE_SECONDS)
        memory = sum(
            psutil.Process(pid).memory_full_info().pss
            for pid in {*up.everybody(), *living_in(folder)}
        )
        waits = on_screen(address, port)
    finally:
        up.end()
    print(f"{'second start to first page, s':44}{started:10.1f}   bound 5")
    print(f"{'whole tree at rest, PSS, MB':44}{memory / 2**20:10.0f}   bound 450")
    print(f"{'SMTP 250 to the row on screen, p50, ms':44}{statistics.median(waits):10.0f}")
    print(
        f"{'SMTP 250 to the row on screen, p95, ms':44}{statistics.quantiles(waits, n=20)[-1]:10.0f}   bound 500"
    )


def on_screen(address: str, port: int) -> list[float]:
    """Return, for each mail, the milliseconds from its 250 to its row in an open inbox."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.goto(f"{address}/sign-in")
        page.fill("input[name=email]", "salma@passports.example")
        page.fill("input[name=password]", "tawasul-demo")
        page.keyboard.press("Enter")
        page.wait_for_selector("#live[data-state=live]", state="attached")
        page.goto(f"{address}/inbox/all")
        page.wait_for_selector("#live[data-state=live]", state="attached")
        page.evaluate(WATCH)
        waits = []
        chance = Random(7)
        for n in range(MAILS):
            time.sleep(chance.uniform(0.1, 1.5))
            name = f"Measured {n}"
            with smtplib.SMTP("127.0.0.1", port) as smtp:
                raw = mail("How soon?", sender=f"{name} <m{n}@example.org>")
                smtp.sendmail("c@example.org", ["help@passports.example"], raw)
                said = time.time() * 1000
            page.wait_for_function("name => window.seen[name]", arg=name)
            waits.append(page.evaluate("name => window.seen[name]", name) - said)
        browser.close()
        return waits


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="tawasul-bench-") as made:
        Path(made).chmod(0o755)
        main(Path(made))
