"""The whole way, as people see it: a citizen writes, an agent's open browser shows it, the answer arrives."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.demo import Demo
from tests.support.dovecot import Dovecot
from tests.support.mails import mail
from tests.support.mailserver import mail_server
from tests.support.processes import living_in, wait_until
from tests.support.up import tawasul

PASSWORD = "tawasul-demo"
ROW = ".ticket-row a"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("story")
    made = Demo(folder / "data", UNDO_SECONDS="4")
    yield made
    made.up.end()
    wait_until(lambda: not living_in(folder))


def sign_in(page: Page, demo: Demo, who: str) -> None:
    page.goto(f"{demo.address}/sign-in")
    page.fill("input[name=email]", f"{who}@passports.example")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)


@pytest.fixture
def salma(page: Page, demo: Demo) -> Page:
    """An administrator's browser, who sees every team, in Arabic."""
    sign_in(page, demo, "salma")
    page.goto(f"{demo.address}/inbox/all")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    return page


def test_a_mail_appears_without_reload_is_answered_and_leaves(salma: Page, demo: Demo) -> None:
    loaded = salma.evaluate("performance.timeOrigin")
    demo.send(
        mail(
            "فقدت جوازي في المطار وأسافر غدًا",
            sender="نوف الحارثي <nouf@example.org>",
            subject="جواز مفقود",
        )
    )
    row = salma.locator(ROW, has_text="نوف الحارثي")
    expect(row).to_be_visible()
    assert salma.evaluate("performance.timeOrigin") == loaded
    expect(row).to_contain_text("بلاغ فقدان")
    row.click()
    expect(salma.locator("#conversation")).to_contain_text("فقدت جوازي في المطار")
    expect(salma.locator("#conversation")).to_contain_text("الرد الأول")
    salma.fill("#composer-text", "سلامتكم. نرجو مراجعة أقرب مكتب ومعكم الهوية.")
    salma.keyboard.press("Control+Enter")
    expect(salma.locator("#conversation")).to_contain_text("سلامتكم")
    expect(salma.locator("#composer-text")).to_have_value("")
    # The undo window ends, the worker sends, the screen says so by itself.
    expect(salma.locator("#conversation")).to_contain_text("أُرسلت", timeout=20_000)
    salma.goto(f"{demo.address}/outgoing")
    expect(salma.locator("main")).to_contain_text("nouf@example.org")


def test_two_agents_see_each_others_work_and_do_not_answer_twice(
    browser: Browser, salma: Page, demo: Demo
) -> None:
    demo.send(
        mail("When will it be ready?", sender="Olivia Grant <olivia@example.org>", subject="Ready?")
    )
    salma.locator(ROW, has_text="Olivia Grant").click()
    expect(salma.locator("#conversation")).to_contain_text("When will it be ready?")
    other = browser.new_context().new_page()
    sign_in(other, demo, "huda")
    other.goto(salma.url)
    expect(other.locator("#live")).to_have_attribute("data-state", "live")
    salma.fill("#composer-text", "My words while somebody else answers")
    other.fill("#composer-text", "It is ready now.")
    other.keyboard.press("Control+Enter")
    expect(salma.locator("#conversation")).to_contain_text("It is ready now.")
    expect(salma.locator("#composer-text")).to_have_value("My words while somebody else answers")
    salma.locator("#composer-text").press("Control+Enter")
    anyway = salma.get_by_role("button", name="إرسال على أي حال")
    expect(anyway).to_be_visible()
    expect(salma.locator("#composer-text")).to_have_value("My words while somebody else answers")
    anyway.click()
    expect(salma.locator("#thread, #conversation").first).to_contain_text(
        "My words while somebody else"
    )
    expect(salma.locator("#composer-text")).to_have_value("")
    other.context.close()


def test_a_sent_answer_can_be_taken_back_into_the_composer(salma: Page, demo: Demo) -> None:
    demo.send(mail("undo me", sender="Undo Citizen <undo@example.org>"))
    salma.locator(ROW, has_text="Undo Citizen").click()
    salma.fill("#composer-text", "Too early")
    salma.keyboard.press("Control+Enter")
    salma.get_by_role("button", name="تراجع").first.click()
    expect(salma.locator("#composer-text")).to_have_value("Too early")
    salma.goto(f"{demo.address}/outgoing")
    expect(salma.locator("main")).not_to_contain_text("undo@example.org")


def test_the_desk_is_read_from_right_to_left_in_arabic_and_left_to_right_in_english(
    page: Page, demo: Demo
) -> None:
    sign_in(page, demo, "dana")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_an_agent_works_by_keyboard_alone(page: Page, demo: Demo) -> None:
    sign_in(page, demo, "amal")
    expect(page.locator(ROW).first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("by keyboard")
    expect(page.locator("#composer-text")).to_have_value("by keyboard")


def test_agents_do_not_see_what_is_not_theirs(page: Page, demo: Demo) -> None:
    sign_in(page, demo, "faisal")
    for path in ("/supervision", "/quarantine", "/channels"):
        answer = page.goto(f"{demo.address}{path}")
        assert answer is not None
        assert answer.status in {403, 404}, path


def test_through_imap_and_smtp_the_citizens_next_mail_joins_the_ticket(
    salma: Page, demo: Demo
) -> None:
    with Dovecot() as dovecot, mail_server() as outside:
        settings = {
            "address": "office@passports.example",
            "imap_host": dovecot.host,
            "imap_port": dovecot.port,
            "imap_tls": "none",
            "imap_user": dovecot.user,
            "imap_password": dovecot.password,
            "smtp_host": "127.0.0.1",
            "smtp_port": outside.port,
            "smtp_tls": "none",
        }
        words = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        added = tawasul(demo.data, "account", "add", "email", "--name", "office", *words)
        assert added.returncode == 0, added.stderr
        dovecot.deliver(
            mail(
                "Please help",
                sender="Ivy Imap <ivy@example.org>",
                message_id="<ivy.1@example.org>",
                subject="Hi",
            )
        )
        row = salma.locator(ROW, has_text="Ivy Imap")
        expect(row).to_be_visible(timeout=30_000)
        row.click()
        outside.answers = ["451 4.7.1 come back later"]
        salma.fill("#composer-text", "We are on it.")
        salma.keyboard.press("Control+Enter")
        wait_until(lambda: outside.tries, seconds=30)
        demo_retry(demo)
        wait_until(lambda: outside.mails, seconds=60)
        answer: EmailMessage = outside.mails[0]
        assert answer["To"] is not None
        assert "ivy@example.org" in answer["To"]
        assert answer["In-Reply-To"] == "<ivy.1@example.org>"
        body = answer.get_body(("plain",))
        assert body is not None
        assert "We are on it." in body.get_content()
        expect(salma.locator("#conversation")).to_contain_text("أُرسلت", timeout=20_000)
        dovecot.deliver(
            mail(
                "Thank you!",
                sender="Ivy Imap <ivy@example.org>",
                in_reply_to=str(answer["Message-ID"]),
            )
        )
        expect(salma.locator("#conversation")).to_contain_text("Thank you!", timeout=30_000)
        assert len(outside.mails) == 1


def demo_retry(demo: Demo) -> None:
    """Bring the second try forward: two minutes are long in a test."""
    import psycopg

    from server.kit import embedded_postgres

    with psycopg.connect(embedded_postgres.url(demo.data), autocommit=True) as connection:
        wait_until(
            lambda: connection.execute(
                "UPDATE deliveries SET next_try_at = now() WHERE state = 'queued' RETURNING 1"
            ).fetchone(),
            seconds=20,
        )
