"""The composer in a real browser, and what it says on the wire to a real mail server, in Arabic and English."""

import base64
import smtplib
import socket
import struct
import zlib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.support.mails import mail
from tests.support.mailserver import MailServer, mail_server
from tests.support.processes import living_in, wait_until
from tests.support.up import Up, tawasul

PASSWORD = "tawasul-demo"
ROW = ".ticket-row a"
HELP = "answers@passports.example"
FORM: FilePayload = {"name": "form.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
PASTE = """([name, type, content, words]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], name, { type }));
    if (words) clipboardData.setData("text/plain", words);
    const field = document.querySelector("#composer-text");
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def png(red: int) -> bytes:
    """Return a picture of four dots that browsers draw."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + bytes([red, 90, 60]) * 2) * 2
    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    drawn = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + drawn


class Demo:
    """A running `tawasul up --demo` with one more mailbox, whose mail leaves by a server of the test."""

    def __init__(self, data: Path, outside: MailServer) -> None:
        self.outside = outside
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.smtp_port: int = probe.getsockname()[1]
        self.up = Up(data, "--demo", SMTP_PORT=str(self.smtp_port), UNDO_SECONDS="3")
        try:
            self.address = self.up.ready()
        except BaseException:
            self.up.end()
            raise
        settings = {
            "address": HELP,
            "smtp_host": "127.0.0.1",
            "smtp_port": outside.port,
            "smtp_tls": "none",
        }
        said = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        added = tawasul(data, "account", "add", "email", "--name", "answers", *said)
        assert added.returncode == 0, added.stderr

    def send(self, raw: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=20) as smtp:
            assert smtp.sendmail("citizen@example.org", [HELP], raw) == {}

    def handed_over(self, words: str) -> tuple[EmailMessage, list[str]]:
        """Wait for the answer that says this; return it with whom it is for."""

        def find() -> tuple[EmailMessage, list[str]] | None:
            for sent, (_, recipients) in zip(
                self.outside.mails, self.outside.envelopes, strict=True
            ):
                body = sent.get_body(("plain",))
                if body is not None and words in body.get_content():
                    return sent, recipients
            return None

        wait_until(find, seconds=40)
        found = find()
        assert found
        return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("composer")
    with mail_server() as outside:
        made = Demo(folder / "data", outside)
        yield made
        made.up.end()
    wait_until(lambda: not living_in(folder))


def sign_in(page: Page, demo: Demo, who: str, path: str = "/inbox/all") -> None:
    page.goto(f"{demo.address}/sign-in")
    page.fill("input[name=email]", f"{who}@passports.example")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)
    page.goto(f"{demo.address}{path}")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


def open_ticket(
    page: Page, demo: Demo, name: str, text: str, *, cc: str = "", message_id: str = ""
) -> None:
    """Let a citizen write, and open what came."""
    address = f"{name.lower().replace(' ', '.')}@example.org"
    demo.send(mail(text, sender=f"{name} <{address}>", cc=cc, message_id=message_id))
    row = page.locator(ROW, has_text=name)
    expect(row).to_be_visible(timeout=20_000)
    row.click()
    expect(page.locator("#conversation")).to_contain_text(text)


def paste(
    page: Page, name: str, content: bytes, *, kind: str = "image/png", words: str = ""
) -> None:
    page.evaluate(PASTE, [name, kind, base64.b64encode(content).decode(), words])


@pytest.fixture
def salma(page: Page, demo: Demo) -> Page:
    """An administrator's desk in Arabic, in which no script fails and nothing offends the policy."""
    sign_in(page, demo, "salma")
    return page


def test_in_arabic_an_answer_reaches_everybody_signed_and_with_a_picture_in_it(
    salma: Page, demo: Demo
) -> None:
    salma.goto(f"{demo.address}/signature")
    salma.fill("[name=arabic]", "سلمى الفارس\nقسم التجديد")
    salma.get_by_role("button", name="حفظ").click()
    expect(salma.get_by_role("status").filter(has_text="حُفظ")).to_be_visible()
    salma.goto(f"{demo.address}/inbox/all")
    open_ticket(salma, demo, "Nada", "متى أستلم جوازي؟", cc=f"omar@example.net, {HELP}")
    expect(salma.locator(".composer-signature")).to_contain_text("سلمى الفارس · قسم التجديد")
    salma.keyboard.press("Shift+R")
    expect(salma.locator("#composer-cc")).to_have_value("omar@example.net")
    salma.fill("#composer-bcc", "archive@ministry.example")
    salma.locator("#composer-text").press_sequentially("موقع الفرع:")
    paste(salma, "image.png", png(200))
    paste(salma, "image.png", png(20))
    salma.locator("#composer-text").press_sequentially("نراكم هناك.")
    expect(salma.locator("#composer-text")).to_have_value(
        "موقع الفرع:\n[صورة: image.png]\n[صورة: image-2.png]\nنراكم هناك."
    )
    salma.keyboard.press("Control+Enter")
    said = salma.locator(".message.is-out", has_text="موقع الفرع")
    expect(said.locator("img")).to_have_count(2)
    assert (
        said.locator("img").first.evaluate("image => image.decode().then(() => image.naturalWidth)")
        == 2
    )
    expect(said).to_contain_text("archive@ministry.example")
    expect(said).to_contain_text("أُرسلت", timeout=30_000)
    sent, recipients = demo.handed_over("موقع الفرع")
    assert recipients == ["nada@example.org", "omar@example.net", "archive@ministry.example"]
    assert "omar@example.net" in sent["Cc"]
    assert b"archive" not in sent.as_bytes()
    pictures = [part for part in sent.walk() if part.get_content_maintype() == "image"]
    assert [part.get_content() for part in pictures] == [png(200), png(20)]
    body = sent.get_body(("plain",))
    assert body is not None
    assert "\n-- \nسلمى الفارس\nقسم التجديد" in body.get_content().replace("\r\n", "\n")


def test_in_english_a_wrong_address_is_said_beside_its_field_and_no_file_is_lost(
    page: Page, demo: Demo
) -> None:
    sign_in(page, demo, "dana")
    demo_ticket = page.locator(ROW).first
    expect(demo_ticket).to_be_visible()
    demo_ticket.click()
    page.locator("copy-fields summary").click()
    page.fill("#composer-cc", "omar@example.net, omar@")
    page.fill("#composer-text", "The form is enclosed.")
    page.set_input_files("input[name=files]", FORM)
    expect(page.locator("file-tiles .tiles bdi")).to_have_text(["form.pdf"])
    page.locator("#composer-text").press("Control+Enter")
    expect(page.locator("#composer-cc-error")).to_contain_text("omar@ is not an e-mail address")
    expect(page.locator("#composer-cc")).to_have_value("omar@example.net, omar@")
    expect(page.locator("#composer-text")).to_have_value("The form is enclosed.")
    expect(page.locator(".composer-kept")).to_contain_text("form.pdf")
    page.reload()
    expect(page.locator("#composer-cc")).to_be_visible()
    expect(page.locator("#composer-cc")).to_have_value("omar@example.net, omar@")
    expect(page.locator(".composer-kept")).to_contain_text("form.pdf")
    page.fill("#composer-cc", "omar@example.net")
    page.locator("#composer-text").press("Control+Enter")
    answer = page.locator(".message.is-out", has_text="The form is enclosed.")
    expect(answer).to_contain_text("form.pdf")
    answer.get_by_role("button", name="Undo").click()
    expect(page.locator("#composer-text")).to_have_value("The form is enclosed.")
    expect(page.locator("#composer-cc")).to_have_value("omar@example.net")
    expect(page.locator(".composer-kept")).to_contain_text("form.pdf")
    page.reload()
    expect(page.locator("#composer-text")).to_have_value("The form is enclosed.")


def test_a_conflict_keeps_files_and_copies_until_they_are_sent_anyway(
    salma: Page, demo: Demo
) -> None:
    open_ticket(salma, demo, "Rana", "Please send me the form", message_id="<rana.1@example.org>")
    salma.set_input_files("input[name=files]", FORM)
    salma.locator("copy-fields summary").click()
    salma.fill("#composer-bcc", "archive@ministry.example")
    salma.fill("#composer-text", "Here it is, Rana.")
    demo.send(
        mail("Never mind", sender="Rana <rana@example.org>", in_reply_to="<rana.1@example.org>")
    )
    expect(salma.locator("#conversation")).to_contain_text("Never mind", timeout=20_000)
    expect(salma.locator("file-tiles .tiles bdi")).to_have_text(["form.pdf"])
    salma.locator("#composer-text").press("Control+Enter")
    expect(salma.locator("#conflict")).to_contain_text("Never mind")
    expect(salma.locator(".composer-kept")).to_contain_text("form.pdf")
    salma.locator("#composer-text").press("Alt+Enter")
    sent, recipients = demo.handed_over("Here it is, Rana.")
    assert recipients == ["rana@example.org", "archive@ministry.example"]
    assert [part.get_filename() for part in sent.iter_attachments()] == ["form.pdf"]
    expect(salma.locator("#composer-text")).to_have_value("")
    expect(salma.locator("#composer-bcc")).to_have_value("")
    expect(salma.locator(".composer-kept")).not_to_be_attached()


def test_a_picture_is_placed_and_taken_out_by_keyboard_and_words_are_pasted_as_words(
    salma: Page,
) -> None:
    salma.locator(ROW).first.click()
    text = salma.locator("#composer-text")
    expect(text).to_be_visible()
    paste(salma, "table.png", png(1), words="a\tb")
    expect(salma.locator("file-tiles .tiles bdi")).to_have_count(0)
    map_png: FilePayload = {"name": "map.png", "mimeType": "image/png", "buffer": png(9)}
    salma.set_input_files("input[name=files]", map_png)
    expect(text).to_have_value("")
    place = salma.get_by_role("button", name="أدرجها في النص map.png")
    place.focus()
    salma.keyboard.press("Enter")
    expect(text).to_have_value("[صورة: map.png]\n")
    salma.get_by_role("button", name="إزالة map.png").press("Enter")
    expect(text).to_have_value("")
    expect(salma.locator("file-tiles .tiles bdi")).to_have_count(0)


def test_a_copy_that_is_refused_is_named_on_the_answer(salma: Page, demo: Demo) -> None:
    demo.outside.refuses["gone@example.net"] = "550 5.1.1 no such user"
    open_ticket(salma, demo, "Hala", "Is it ready?")
    salma.locator("copy-fields summary").click()
    salma.fill("#composer-cc", "gone@example.net, here@example.net")
    salma.fill("#composer-text", "It is ready, Hala.")
    salma.keyboard.press("Control+Enter")
    _, recipients = demo.handed_over("It is ready, Hala.")
    assert recipients == ["hala@example.org", "here@example.net"]
    said = salma.locator(".message.is-out", has_text="It is ready, Hala.")
    expect(said.locator(".is-failed").first).to_have_text("gone@example.net", timeout=20_000)


def test_a_tab_behind_others_leaves_what_comes_unread(
    salma: Page, context: BrowserContext, demo: Demo
) -> None:
    open_ticket(salma, demo, "Muna", "Hello", message_id="<muna.1@example.org>")
    hide = """hidden => { Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
        document.dispatchEvent(new Event("visibilitychange")); }"""
    salma.evaluate(hide, True)
    other = context.new_page()
    other.goto(f"{demo.address}/inbox/all")
    demo.send(
        mail("Are you there?", sender="Muna <muna@example.org>", in_reply_to="<muna.1@example.org>")
    )
    expect(salma.locator("#conversation")).to_contain_text("Are you there?", timeout=30_000)
    unread = other.locator(".ticket-row.is-unread", has_text="Muna")
    expect(unread).to_be_visible()
    with salma.expect_response(lambda answer: "/tickets/" in answer.url):
        salma.evaluate(hide, False)
    other.reload()
    expect(other.locator(ROW, has_text="Muna")).to_be_visible()
    expect(unread).to_have_count(0)
