"""A clerk searches in a real browser: every spelling finds its ticket, no look-alike does, and nothing typed fails."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.mails import mail
from tests.support.processes import living_in, wait_until
from tests.support.up import Up, tawasul

DATA = Path(__file__).parent.parent / "data/search"
BOX = ".search-box input[name=q]"
CLERK = "clerk@passports.example"


def recorded(name: str) -> list[list[str]]:
    """The lines of a recorded page, each parted at its bars."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split(" | ") for line in lines if line and not line.startswith("#")]


VARIANTS = recorded("variants.txt")
LOOK_ALIKES = recorded("look_alikes.txt")
FILED = f"F-{len(VARIANTS) + len(LOOK_ALIKES):03}"
HOSTILE = (
    "'",
    "''; DROP TABLE tickets; --",
    '"unfinished phrase',
    "((((",
    "& | ! <-> :*",
    "\\",
    "%_*?",
    "-",
    "--- -\"\" -''",
    "from: status: before:",
    "before:2026-99-99 after:x",
    "status:\u0000nothing",
    "<script>alert(1)</script>",
    "\u202e\u2067موعد\u200f",
    "😀👩‍👩‍👧‍👦",
    "ـــــ ًٌٍ",
    "x" * 400,
    " ".join(f"word{n}" for n in range(60)),
    "١٢٣٤٥٦٧٨٩٠" * 30,
)


class Office:
    """A running `tawasul up` into which the recorded mails have come."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.up = Up(self.data)
        self.address = self.up.ready()
        said = tawasul(self.data, "user", "add", CLERK, "--role", "agent", "--team", "intake")
        self.password = said.stdout.split()[-1]
        words = ("--set", "address=help@passports.example", "--set", "outgoing=keep")
        added = tawasul(self.data, "account", "add", "email", "--name", "help", *words)
        assert added.returncode == 0, added.stderr
        mails = folder / "mails"
        mails.mkdir()
        written = [("V", row[1]) for row in VARIANTS] + [("L", row[1]) for row in LOOK_ALIKES]
        written.append(("F", "كما طلبتم"))
        for number, (kind, text) in enumerate(written):
            raw = mail(
                text,
                sender=f"{kind}-{number:03} <c{number:03}@example.org>",
                subject=None,
                files=(("صورة.pdf", "application/pdf", b"%PDF"),) if kind == "F" else (),
            )
            (mails / f"{number:03}.eml").write_bytes(raw)
        done = tawasul(self.data, "ingest", "email", "--account", "help", *sorted(mails.iterdir()))
        assert done.stdout == f"{len(written)} in the journal\n", done.stderr

    def drained(self) -> bool:
        listed = tawasul(self.data, "journal", "list", "--state", "open")
        return listed.returncode == 0 and not re.search(r"\bopen\b", listed.stdout)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("search")
    made = Office(folder)
    wait_until(made.drained, seconds=60)
    yield made
    made.up.end()
    wait_until(lambda: not living_in(folder))


@pytest.fixture
def clerk(page: Page, office: Office) -> Page:
    """An agent's browser, in Arabic."""
    page.goto(f"{office.address}/sign-in")
    page.fill("input[name=email]", CLERK)
    page.fill("input[name=password]", office.password)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)
    return page


def asks(page: Page, text: str) -> None:
    """Go to the box with its key, type over what stands there, and ask."""
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    page.keyboard.press("/")
    expect(page.locator(BOX)).to_be_focused()
    page.locator(BOX).fill(text)
    origin = page.evaluate("performance.timeOrigin")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "origin => performance.timeOrigin !== origin && document.readyState === 'complete'",
        arg=origin,
    )


def found(page: Page) -> list[str]:
    """The senders of the tickets that were found."""
    return page.locator(".found-ticket .row-name").all_inner_texts()


def test_the_slash_leads_to_the_search_from_anywhere(clerk: Page) -> None:
    clerk.keyboard.press("/")
    expect(clerk.locator(BOX)).to_be_focused()
    clerk.keyboard.type("مندوب")
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".found-ticket").first).to_be_visible()
    expect(clerk.locator(BOX)).to_have_value("مندوب")
    clerk.keyboard.press("j")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#conversation .thread-head")).to_be_visible()
    expect(clerk.locator("#conversation")).to_contain_text("مندوب")


def test_every_recorded_spelling_finds_its_ticket_and_marks_it_as_it_was_written(
    clerk: Page,
) -> None:
    assert len(VARIANTS) >= 60
    missed = []
    for number, (typed, written, marked) in enumerate(VARIANTS):
        asks(clerk, typed)
        hit = clerk.locator(".found-ticket", has_text=f"V-{number:03}")
        if not hit.count():
            missed.append((typed, written, "not found"))
            continue
        shown = hit.locator(".found-words")
        marks = " ".join(shown.locator("mark").all_text_contents())
        if marks != marked:
            missed.append((typed, written, marks))
        if shown.text_content() != written:
            missed.append((typed, written, shown.text_content() or ""))
    assert missed == []


def test_no_recorded_look_alike_is_found(clerk: Page) -> None:
    assert len(LOOK_ALIKES) >= 40
    mistaken = []
    for number, (typed, written) in enumerate(LOOK_ALIKES, start=len(VARIANTS)):
        asks(clerk, typed)
        if f"L-{number:03}" in found(clerk):
            mistaken.append((typed, written))
    assert mistaken == []
    # They are there all the same: whoever asks for what stands in them finds them.
    for number, (_, written) in enumerate(LOOK_ALIKES[:10], start=len(VARIANTS)):
        asks(clerk, f'"{written}"')
        assert f"L-{number:03}" in found(clerk)


@pytest.mark.parametrize(
    ("arabic", "english", "senders"),
    [
        ("من:c004@example.org", "from:c004@example.org", ["V-004"]),
        ("مندوب من:c042", "مندوب from:c042", ["V-042"]),
        ("مندوب -تأخر -قلت", "مندوب -تأخر -قلت", ["V-045", "V-043", "V-042", "V-040"]),
        ('"مندوب واحد"', "“مندوب واحد”", ["V-045"]),
        ('"واحد مندوب"', '"واحد مندوب"', []),
        ("فيه:مرفق", "has:attachment", [FILED]),
        ("فاطمة حالة:جديدة", "فاطمة status:new", ["V-019"]),
        ("فاطمة حالة:محلولة", "فاطمة status:resolved", []),
        ("فاطمة قناة:البريد", "فاطمة channel:email", ["V-019"]),
        ("فاطمة قبل:٢٠٢٠-٠١-٠١", "فاطمة before:2020-01-01", []),
        ("فاطمة بعد:٢٠٢٠-٠١-٠١", "فاطمة after:2020-01-01", ["V-019"]),
    ],
)
def test_operators_narrow_in_both_languages(
    clerk: Page, arabic: str, english: str, senders: list[str]
) -> None:
    for text in (arabic, english):
        asks(clerk, text)
        assert found(clerk) == senders, text
    if not senders:
        expect(clerk.locator(".search-results .empty")).to_be_visible()


def test_nothing_that_can_be_typed_is_an_error(clerk: Page, office: Office) -> None:
    complaints: list[str] = []
    clerk.on("pageerror", lambda error: complaints.append(str(error)))
    clerk.on("dialog", lambda dialog: complaints.append(dialog.message))
    for text in HOSTILE:
        answered = clerk.goto(f"{office.address}/search")
        assert answered
        asks(clerk, text)
        assert clerk.locator("#ticket-list.search-results").count() == 1, text
        assert (
            clerk.evaluate("performance.getEntriesByType('navigation')[0].responseStatus") == 200
        ), text
    assert complaints == []


def test_an_english_reader_is_served_the_same_in_their_language(
    clerk: Page, office: Office
) -> None:
    clerk.locator(".me-button").click()
    clerk.locator("button[name=locale][value=en]").click()
    expect(clerk.locator("html")).to_have_attribute("lang", "en")
    asks(clerk, "no such words here")
    expect(clerk.locator(".search-results")).to_contain_text("Nothing was found")
    asks(clerk, "status:sleeping")
    expect(clerk.locator(".search-notice")).to_contain_text("There is no status “sleeping”")
    asks(clerk, "شكوي")
    expect(clerk.locator(".found-ticket mark").first).to_be_visible()
    size = clerk.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert size <= 0
