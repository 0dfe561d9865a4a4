"""What an agent's answer takes along, from the composer's form to what another mail server is handed."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest
from litestar import Litestar

from channels.email.parse import parse
from server.app import create_app
from server.db import sql
from server.intake import actions as intake
from server.intake.actions import Delivery
from server.kit import blobs, clock
from server.kit.settings import Settings
from server.people import actions as people
from server.people.queries import viewer_of
from server.tickets.actions import collect_blobs
from tests.integration.test_mail_sending import FAMILY, addresses, failed, words
from tests.support.desk import Browser, signed_in
from tests.support.mails import mail
from tests.support.post import ADDRESS, Post, post

pytestmark = pytest.mark.anyio

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
Write = Callable[..., Awaitable[Any]]


@pytest.fixture
def app(db: Settings) -> Litestar:
    assert db.testing
    return create_app()


async def at_the_desk(app: Litestar, desk: Post) -> tuple[Browser, Write]:
    """Return the agent's browser with the newest ticket, and how to send its composer."""
    await people.set_preferences(desk.agent.id, locale="en", digits="latn")
    browser = await signed_in(app, desk.agent)
    ticket_id = await sql.value("SELECT max(id) FROM tickets")
    keys = iter(range(100))

    async def write(text: str = "Here you are.", *, verb: str = "reply", **fields: Any) -> Any:
        more: dict[str, Any] = {"files": [("files", file) for file in fields.pop("files", ())]}
        form = {"form_key": f"k{next(keys)}", "text": text, "cc": "", "bcc": "", **fields}
        return await browser.send(f"/tickets/{ticket_id}/{verb}", form, **more)

    return browser, write


async def leave(desk: Post) -> EmailMessage:
    """Send what waits; return the newest mail that another server was handed."""
    await desk.all_leave()
    return desk.outside.mails[-1]


def field(html: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>([^<]*)</textarea>', html)
    assert found, name
    return unescape(found[1])


def kept(html: str) -> list[str]:
    return re.findall(r'name="kept" value="(\d+)" checked', html)


async def undo(browser: Browser) -> str:
    newest = await sql.value("SELECT max(id) FROM deliveries")
    answer = await browser.send(f"/deliveries/{newest}/undo")
    assert answer.status_code == 200
    return str(answer.text)


async def test_copies_are_seen_by_all_and_hidden_ones_by_nobody(app: Litestar) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        _, write = await at_the_desk(app, desk)
        shown = await write(cc="omar@example.net", bcc="archive@ministry.example")
        assert shown.status_code == 200
        sent = await leave(desk)
        everybody = ["fatima@example.org", "omar@example.net", "archive@ministry.example"]
        assert desk.outside.envelopes == [(ADDRESS, everybody)]
        assert addresses(sent, "Cc") == ["omar@example.net"]
        assert b"archive@ministry.example" not in sent.as_bytes()
        assert "archive@ministry.example" in shown.text
        events = await sql.rows("SELECT data::text AS data FROM events")
        assert not any("@" in row["data"] for row in events)


async def test_hidden_copies_are_in_no_mail_that_is_kept(app: Litestar) -> None:
    async with post(outgoing="keep") as desk:
        await desk.arrives(mail())
        _, write = await at_the_desk(app, desk)
        await write(bcc="archive@ministry.example")
        await desk.all_leave()
        wire = await blobs.load(await sql.value("SELECT blob_hash FROM kept_mails"))
        assert b"archive@" not in wire


async def test_a_refused_hidden_copy_is_told_to_the_agent_and_keeps_nobody_waiting(
    app: Litestar,
) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        browser, write = await at_the_desk(app, desk)
        await write(cc="omar@example.net", bcc="gone@ministry.example")
        desk.outside.refuses["gone@ministry.example"] = "550 5.1.1 no such user"
        await leave(desk)
        assert desk.outside.envelopes[0][1] == ["fatima@example.org", "omar@example.net"]
        delivery = await sql.value("SELECT max(id) FROM deliveries")
        assert await failed(delivery) == {"gone@ministry.example": "550"}
        page = await browser.page(f"/tickets/{await sql.value('SELECT max(id) FROM tickets')}")
        assert "A copy of an answer did not arrive" in page.text
        assert re.search(r"gone@ministry.example</bdi> .*did not arrive", page.text)


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("cc", "omar@example.net, omar", "omar</bdi> is not an e-mail address"),
        ("bcc", "x@y\r\nBcc: z@evil.example", "is not an e-mail address"),
        ("bcc", ADDRESS, f"{ADDRESS}</bdi> is an address of ours"),
        ("cc", ",".join(f"p{n}@e.example" for n in range(21)), "At most 20 people"),
        ("cc", "x" * 7000, "This is too long"),
    ],
)
async def test_a_wrong_copy_is_refused_beside_its_field_and_nothing_is_lost(
    app: Litestar, name: str, typed: str, said: str
) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        _, write = await at_the_desk(app, desk)
        refused = await write("My words", **{name: typed}, quotes="on")
        assert refused.status_code == 422
        assert said in refused.text
        assert f'aria-describedby="composer-{name}-error"' in refused.text
        assert field(refused.text, "text") == "My words"
        assert field(refused.text, name).replace("\r", "") == typed.replace("\r", "")
        assert 'name="quotes" value="on" checked' in refused.text
        assert await sql.value("SELECT count(*) FROM deliveries") == 0


async def test_replying_to_all_offers_the_others_but_never_us_nor_strangers(app: Litestar) -> None:
    async with post() as desk:
        await desk.arrives(mail(cc=FAMILY, message_id="<one@example.org>"))
        now = clock.now()
        forged = mail("me too", cc="mallory@evil.example", in_reply_to="<one@example.org>")
        await intake.journal(
            desk.account, [Delivery(forged, now, {"x-authenticated": "fail"})], now=now
        )
        await intake.drain(desk.account)
        browser, write = await at_the_desk(app, desk)
        ticket_id = await sql.value("SELECT max(id) FROM tickets")

        async def offered() -> str:
            page = (await browser.page(f"/tickets/{ticket_id}")).text
            found = re.search(r'data-everybody="([^"]*)"', page)
            assert found
            return found[1]

        assert await offered() == "omar@example.net"
        await write(cc="huda@embassy.example", bcc="archive@ministry.example")
        assert await offered() == "omar@example.net, huda@embassy.example"


async def test_where_followers_are_copied_the_agent_sees_them_and_may_leave_one_out(
    app: Litestar,
) -> None:
    async with post(copy_followers="on") as desk:
        await desk.arrives(mail(cc=FAMILY + ", huda@embassy.example"))
        browser, write = await at_the_desk(app, desk)
        page = await browser.page(f"/tickets/{await sql.value('SELECT max(id) FROM tickets')}")
        assert field(page.text, "cc") == "huda@embassy.example, omar@example.net"
        await write(cc="huda@embassy.example")
        assert addresses(await leave(desk), "Cc") == ["huda@embassy.example"]


async def test_the_question_is_quoted_if_this_answer_says_so(app: Litestar) -> None:
    async with post(quote_history="on") as desk:
        await desk.arrives(mail("Where is my passport?"))
        _, write = await at_the_desk(app, desk)
        await write()
        assert "> Where is" not in words(await leave(desk))
        await write(quotes="on")
        assert "> Where is my passport?" in words(await leave(desk))


async def test_an_answer_taken_back_comes_back_whole(app: Litestar) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        browser, write = await at_the_desk(app, desk)
        await write(
            "Too early", cc="omar@example.net", bcc="a@b.example", quotes="on",
            files=[("form.pdf", b"%PDF-1.7", "application/pdf")],
        )  # fmt: skip
        back = await undo(browser)
        assert field(back, "text") == "Too early"
        assert field(back, "cc") == "omar@example.net"
        assert field(back, "bcc") == "a@b.example"
        assert 'name="quotes" value="on" checked' in back
        (file,) = kept(back)
        await write("Now", cc=field(back, "cc"), kept=file)
        sent = await leave(desk)
        assert [part.get_filename() for part in sent.iter_attachments()] == ["form.pdf"]
        assert await sql.value("SELECT count(*) FROM kept_files") == 0


async def test_files_outlive_a_refusal_and_a_conflict_and_are_sent_once(app: Litestar) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        browser, write = await at_the_desk(app, desk)
        scan = ("scan.pdf", b"%PDF-1.7 scan", "application/pdf")
        refused = await write("", files=[scan])
        assert refused.status_code == 422
        (first,) = kept(refused.text)
        again = await write("", kept=first, files=[scan, ("more.txt", b"more", "text/plain")])
        both = kept(again.text)
        assert len(both) == 2
        # Elsewhere the same ticket shows them, too: they belong to the person, not to a tab.
        page = await browser.page(f"/tickets/{await sql.value('SELECT max(id) FROM tickets')}")
        assert kept(page.text) == both
        held = await write("Here", kept=both, seen_seq="0")
        assert held.status_code == 409
        assert kept(held.text) == both
        await write("Here", kept=both[:1])
        sent = await leave(desk)
        assert [part.get_filename() for part in sent.iter_attachments()] == ["scan.pdf"]
        assert await sql.value("SELECT count(*) FROM kept_files") == 0


async def test_kept_files_are_their_owners_alone(app: Litestar) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        _, write = await at_the_desk(app, desk)
        (file,) = kept((await write("", files=[("a.txt", b"a", "text/plain")])).text)
        user_id = await people.add_user(
            "huda@passports.example", name="Huda", role="agent", team="intake", now=clock.now()
        )
        assert user_id
        other = await viewer_of(user_id)
        assert other
        ticket_id = await sql.value("SELECT max(id) FROM tickets")
        huda = await signed_in(app, other)
        assert kept((await huda.page(f"/tickets/{ticket_id}")).text) == []
        form = {"form_key": "h", "text": "Mine", "cc": "", "kept": file}
        assert (await huda.send(f"/tickets/{ticket_id}/reply", form)).status_code == 200
        assert await sql.value("SELECT count(*) FROM attachments") == 0
        assert await sql.value("SELECT count(*) FROM kept_files") == 1


async def test_what_nobody_sent_after_all_is_let_go_with_its_bytes(app: Litestar) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        _, write = await at_the_desk(app, desk)
        await write("", files=[("a.txt", b"never sent", "text/plain")])
        assert await collect_blobs(now=clock.now() + timedelta(days=6)) == 0
        assert await sql.value("SELECT count(*) FROM kept_files") == 1
        await collect_blobs(now=clock.now() + timedelta(days=8))
        assert await sql.value("SELECT count(*) FROM kept_files") == 0
        assert await sql.value("SELECT count(*) FROM blobs WHERE size = 10") == 0


async def test_a_picture_in_the_text_leaves_inside_the_letter(app: Litestar) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        _, write = await at_the_desk(app, desk)
        shown = await write(
            "انظر:\n[صورة: map.png]\nوالنموذج مرفق.",
            files=[("map.png", PNG, "image/png"), ("form.pdf", b"%PDF-1.7", "application/pdf")],
        )
        assert shown.status_code == 200
        picture = await sql.value("SELECT id FROM attachments WHERE inline")
        assert f'<img src="/attachments/{picture}" alt="map.png"' in shown.text
        assert "[صورة" not in shown.text.split('id="composer"')[0]
        sent = await leave(desk)
        assert [part.get_content_type() for part in sent.walk()] == [
            "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related",
            "text/html", "image/png", "application/pdf",
        ]  # fmt: skip
        (image,) = (part for part in sent.walk() if part.get_content_type() == "image/png")
        assert image.get_content() == PNG
        assert image.get_content_disposition() == "inline"
        html = sent.get_body(("html",))
        assert html is not None
        assert f'src="cid:{image["Content-ID"].strip("<>")}"' in html.get_content()
        assert "map.png]" in words(sent)
        back = parse(sent.as_bytes())
        assert [file.inline for file in back.files] == [True, False]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (("map.png", SVG, "image/png"), "map.png</bdi> is not a picture"),
        (("map.png", b"MZ\x90", "image/png"), "map.png</bdi> is not a picture"),
        (("other.png", PNG, "image/png"), "map.png</bdi> is no longer with the answer"),
        (("map.png", PNG + bytes(8 * 1024 * 1024), "image/png"), "more than"),
    ],
)
async def test_only_what_truly_is_a_picture_stands_in_the_text(
    app: Litestar, file: tuple[str, bytes, str], said: str
) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        _, write = await at_the_desk(app, desk)
        refused = await write("See [Picture: map.png]", files=[file])
        assert refused.status_code == 422
        assert said in refused.text
        assert field(refused.text, "text") == "See [Picture: map.png]"
        assert len(kept(refused.text)) == 1
        assert await sql.value("SELECT count(*) FROM deliveries") == 0


async def test_what_only_calls_itself_a_picture_is_never_said_to_be_one(app: Litestar) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        _, write = await at_the_desk(app, desk)
        await write("See", files=[("map.png", SVG, "image/png")])
        assert await sql.value("SELECT content_type FROM attachments") == "application/octet-stream"


async def test_a_note_shows_its_pictures_and_copies_nobody(app: Litestar) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        _, write = await at_the_desk(app, desk)
        shown = await write(
            "[Picture: map.png]", verb="note", cc="omar@example.net", files=[("map.png", PNG, "")]
        )
        assert 'alt="map.png"' in shown.text
        assert await sql.value("SELECT count(*) FROM deliveries") == 0


async def test_an_agents_own_signature_leaves_in_the_citizens_language(app: Litestar) -> None:
    async with post(signature="Passport office") as desk:
        await desk.arrives(mail("متى أستلم جواز سفري الجديد؟", message_id="<one@example.org>"))
        browser, write = await at_the_desk(app, desk)
        saved = await browser.send(
            "/signature", {"arabic": "أمل الشهري\r\nقسم التجديد", "english": "Amal, Renewals"}
        )
        assert saved.status_code == 200
        page = await browser.page(f"/tickets/{await sql.value('SELECT max(id) FROM tickets')}")
        assert "أمل الشهري · قسم التجديد · Passport office" in page.text
        await write("جوازكم جاهز.", quotes="on")
        sent = await leave(desk)
        said = words(sent)
        assert "\n-- \nأمل الشهري\nقسم التجديد\nPassport office\n" in said
        assert said.count("أمل الشهري") == 1
        assert parse(sent.as_bytes()).reply_text == "جوازكم جاهز."


async def test_the_citizens_next_mail_is_read_without_our_signature(app: Litestar) -> None:
    async with post(signature="Passport office") as desk:
        await desk.arrives(mail("Where is my passport?"))
        _, write = await at_the_desk(app, desk)
        await write("It is ready.")
        sent = await leave(desk)
        quoted = "\n".join(f"> {line}" for line in words(sent).splitlines())
        answer = (
            f"Thank you!\n\nOn Sun, 22 Nov 2026 at 10:00, Passports <{ADDRESS}> wrote:\n{quoted}"
        )
        await desk.arrives(mail(answer, in_reply_to=str(sent["Message-ID"])))
        newest = await sql.value("SELECT reply_text FROM messages ORDER BY id DESC LIMIT 1")
        assert newest == "Thank you!"
        await write("You are welcome.", quotes="on")
        assert words(await leave(desk)).count("Passport office") == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [("x" * 501, "at most 500 characters"), ("\n".join("abcdefg"), "at most 6 lines")],
)
async def test_too_long_a_signature_comes_back_as_it_was_typed(
    app: Litestar, typed: str, said: str
) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        browser, _ = await at_the_desk(app, desk)
        refused = await browser.send("/signature", {"arabic": "", "english": typed})
        assert refused.status_code == 422
        assert said in refused.text
        assert field(refused.text, "english") == typed
        assert await sql.value("SELECT signature_en FROM users WHERE id = $1", desk.agent.id) == ""


async def test_a_tab_behind_others_reads_nothing(app: Litestar) -> None:
    async with post() as desk:
        await desk.arrives(mail(message_id="<one@example.org>"))
        browser, _ = await at_the_desk(app, desk)
        ticket_id = await sql.value("SELECT max(id) FROM tickets")
        await browser.page(f"/tickets/{ticket_id}")
        await desk.arrives(mail("Hello?", in_reply_to="<one@example.org>"))
        live = {"HX-Source": "section#conversation"}
        hidden = await browser.part(f"/tickets/{ticket_id}", **live, **{"Tab-Hidden": "true"})
        assert "Hello?" in hidden.text
        assert "is-unread" in (await browser.part("/inbox/all")).text
        await browser.part(f"/tickets/{ticket_id}", **live)
        assert "is-unread" not in (await browser.part("/inbox/all")).text
