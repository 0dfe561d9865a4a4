"""A citizen hears at once that the message arrived, and no machine can make a conversation of that."""

from datetime import timedelta

import pytest

from channels.email.parse import AUTHENTICATION_HEADER, parse
from server.assignment.actions import save_rule
from server.assignment.actions.automatic_texts import save_automatic_text
from server.db import sql
from server.delivery import actions as delivery
from server.intake import actions as intake
from server.intake.actions import Delivery
from server.kit import clock, limits
from server.kit.settings import Settings
from tests.integration.test_mail_reports import first_response, kinds, promise_an_hour
from tests.support import factories as make
from tests.support.mails import mail
from tests.support.post import ADDRESS, Post, post, report

pytestmark = pytest.mark.anyio


async def written(desk: Post) -> int:
    """Return how many automatic answers were written, all of them sent."""
    await desk.all_leave()
    return int(await sql.value("SELECT count(*) FROM messages WHERE direction = 'out'"))


async def test_a_citizen_is_told_the_number_in_their_language_by_automatic_mail(
    db: Settings,
) -> None:
    await promise_an_hour()
    async with post(acknowledge="on", signature="إدارة الجوازات") as desk:
        await desk.arrives(mail("متى أستلم جواز سفري الجديد؟", message_id="<one@example.org>"))
        await desk.all_leave()
        (sent,) = desk.outside.mails
        number = await sql.value("SELECT number FROM tickets")
        assert sent["To"].addresses[0].addr_spec == "fatima@example.org"
        assert sent["Auto-Submitted"] == "auto-replied"
        assert sent["X-Auto-Response-Suppress"] == "All"
        assert sent["In-Reply-To"] == "<one@example.org>"
        assert sent["Subject"] == f"وصلتنا رسالتك: {number}"
        body = sent.get_body(("plain",))
        assert body is not None
        said = body.get_content()
        assert str(number) in said
        assert "إدارة الجوازات" in said
        assert "متى أستلم" not in said
        page = sent.get_body(("html",))
        assert page is not None
        assert 'dir="rtl"' in page.get_content()
        assert page.get_content().lower().count("<html") == 1
        assert await first_response() == "running"
        assert await sql.value("SELECT waiting_since IS NOT NULL FROM tickets")
        assert await sql.value("SELECT status FROM tickets") == "new"
        assert "acknowledged" in await kinds()
        assert parse(sent.as_bytes()).automatic == "auto-replied"


async def test_an_automatic_mail_names_no_sender_so_that_nothing_comes_back_for_it(
    db: Settings,
) -> None:
    async with post(acknowledge="on") as desk:
        await desk.arrives(mail())
        await desk.all_leave()
        await desk.leaves(await desk.answer())
        assert [envelope[0] for envelope in desk.outside.envelopes] == ["<>", ADDRESS]


async def test_a_server_that_insists_on_a_sender_gets_one(db: Settings) -> None:
    async with post(acknowledge="on") as desk:
        desk.outside.refuses["MAIL"] = "550 5.7.60 not allowed to send as this sender"
        await desk.arrives(mail())
        await desk.all_leave()
        assert desk.outside.envelopes == [(ADDRESS, ["fatima@example.org"])]
        assert desk.outside.mails[0]["Auto-Submitted"] == "auto-replied"


async def test_english_is_answered_in_english_and_only_a_new_ticket_is_acknowledged(
    db: Settings,
) -> None:
    async with post(acknowledge="on") as desk:
        text = "When will my new passport be ready? I applied in March."
        await desk.arrives(mail(text, subject="Passport", message_id="<one@example.org>"))
        assert await written(desk) == 1
        assert desk.outside.mails[0]["Subject"].startswith("We have received your message")
        await desk.arrives(mail("And my son's?", in_reply_to="<one@example.org>"))
        assert await written(desk) == 1


async def test_nobody_is_acknowledged_unless_the_account_says_so(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        assert await written(desk) == 0


@pytest.mark.parametrize(
    "raw",
    [
        mail("غائب", headers=(("Auto-Submitted", "auto-replied"),)),
        mail("news", headers=(("List-Id", "<news.example.org>"),)),
        mail("x", sender="no-reply@shop.example"),
        mail("x", sender="MAILER-DAEMON@mx.example.org", subject="failure notice"),
        mail("x", sender="team-request@lists.example"),
        mail("x", sender="help@passports.example"),
        b"Subject: who am I\r\n\r\nno sender\r\n",
    ],
    ids=["responder", "list", "no-reply", "daemon", "list-request", "ourselves", "nobody"],
)
async def test_no_machine_is_answered(db: Settings, raw: bytes) -> None:
    async with post(acknowledge="on") as desk:
        await desk.arrives(raw)
        assert await sql.value("SELECT count(*) FROM messages WHERE direction = 'in'") == 1
        assert await written(desk) == 0


async def test_mail_that_fails_authentication_is_not_answered(db: Settings) -> None:
    async with post(acknowledge="on") as desk:
        now = clock.now()
        forged = Delivery(mail(), now, {AUTHENTICATION_HEADER: "fail"})
        await intake.journal(desk.account, [forged], now=now)
        await intake.drain(desk.account)
        assert await sql.value("SELECT verified FROM messages") is False
        assert await written(desk) == 0


async def test_two_responders_that_answer_each_other_end_at_once(db: Settings) -> None:
    async with post(acknowledge="on") as desk:
        await desk.arrives(mail())
        assert await written(desk) == 1
        away = mail(
            "غائب",
            in_reply_to=str(desk.outside.mails[0]["Message-ID"]),
            headers=(("Auto-Submitted", "auto-replied"),),
        )
        rude = mail("غائب", subject="Out of office", in_reply_to="")
        await desk.arrives(away, rude)
        assert await written(desk) == 1


async def test_a_responder_that_hides_itself_is_stopped_by_the_daily_cap(db: Settings) -> None:
    async with post(acknowledge="on") as desk:
        for n in range(limits.AUTOMATIC_PER_ADDRESS + 3):
            await desk.arrives(mail(f"I am away, number {n}", subject=f"Away {n}"))
        assert await written(desk) == limits.AUTOMATIC_PER_ADDRESS
        past = limits.AUTOMATIC_PER_ADDRESS_IN + timedelta(minutes=1)
        await sql.run("UPDATE automatic_answers SET at = at - $1::interval", past)
        await desk.arrives(mail("back again", subject="Back"))
        assert await written(desk) == limits.AUTOMATIC_PER_ADDRESS + 1


async def test_a_storm_stops_all_automatic_answers_of_the_account_until_it_may_again(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "AUTOMATIC_PER_ACCOUNT", 5)
    async with post(acknowledge="on") as desk:
        for n in range(7):
            await desk.arrives(mail(f"n {n}", sender=f"p{n}@example.org"))
        assert await written(desk) == 5
        assert await sql.value("SELECT automatic_stopped_at IS NOT NULL FROM channel_accounts")
        assert await sql.value("SELECT count(*) FROM tickets") == 7
        await sql.run("UPDATE automatic_answers SET at = at - interval '2 hours'")
        await desk.arrives(mail("n 8", sender="p8@example.org"))
        assert await written(desk) == 5
        await delivery.answer_again(desk.account)
        await desk.arrives(mail("n 9", sender="p9@example.org"))
        assert await written(desk) == 6


async def test_an_acknowledgement_that_bounces_touches_no_clock(db: Settings) -> None:
    await promise_an_hour()
    async with post(acknowledge="on") as desk:
        await desk.arrives(mail())
        await desk.all_leave()
        await desk.arrives(report(desk.outside.mails[0], "fatima@example.org"))
        assert await sql.value("SELECT state FROM deliveries") == "failed"
        assert await first_response() == "running"
        assert await sql.value("SELECT count(*) FROM tickets") == 1


async def test_our_own_answer_that_comes_home_moves_nothing(db: Settings) -> None:
    async with post(acknowledge="on") as desk:
        await desk.arrives(mail())
        await desk.all_leave()
        ours = desk.outside.mails[0].as_bytes()
        await desk.arrives(ours.replace(b"Auto-Submitted: auto-replied\n", b""))
        assert await sql.value("SELECT count(*) FROM tickets") == 1
        assert await sql.value("SELECT automatic FROM messages ORDER BY id DESC LIMIT 1")
        assert await written(desk) == 1


async def rule_answers(*, when: dict[str, object] | None = None) -> None:
    """Let every new ticket be answered with a text of the administrator's."""
    boss = await make.viewer(administrator=True)
    text = await save_automatic_text(
        None,
        name="خارج الدوام",
        text_ar="وصلتنا رسالتكم خارج ساعات العمل.",
        text_en="We are closed.",
        by=boss,
        now=clock.now(),
    )
    await save_rule(
        None,
        name="رد",
        body={"when": when or {}, "then": {"auto_reply": text}},
        by=boss,
        now=clock.now(),
    )


@pytest.mark.parametrize("acknowledge", ["on", "off"])
async def test_a_rule_answers_once_in_the_writers_language_with_the_number(
    db: Settings, acknowledge: str
) -> None:
    await rule_answers()
    async with post(acknowledge=acknowledge) as desk:
        await desk.arrives(mail("متى أستلم جوازي؟", message_id="<one@example.org>"))
        assert await written(desk) == 1
        (sent,) = desk.outside.mails
        number = await sql.value("SELECT number FROM tickets")
        body = sent.get_body(("plain",))
        assert body is not None
        assert "خارج ساعات العمل" in body.get_content()
        assert str(number) in body.get_content()
        assert sent["Auto-Submitted"] == "auto-replied"
        english = "When will my new passport be ready? I applied in March."
        await desk.arrives(mail(english, sender="bo@example.org", subject="Passport"))
        assert await written(desk) == 2
        second = desk.outside.mails[-1].get_body(("plain",))
        assert second is not None
        assert "We are closed." in second.get_content()


async def test_a_rule_answers_neither_machines_nor_forgers_nor_anybody_too_often(
    db: Settings,
) -> None:
    await rule_answers()
    async with post() as desk:
        await desk.arrives(mail("غائب", headers=(("Auto-Submitted", "auto-replied"),)))
        await desk.arrives(mail("x", sender="no-reply@shop.example", message_id="<no@x.org>"))
        now = clock.now()
        await intake.journal(
            desk.account, [Delivery(mail(), now, {AUTHENTICATION_HEADER: "fail"})], now=now
        )
        await intake.drain(desk.account)
        assert await written(desk) == 0
        for place in range(limits.AUTOMATIC_PER_ADDRESS + 2):
            await desk.arrives(mail(f"سؤال {place}", message_id=f"<q{place}@example.org>"))
        assert await written(desk) == limits.AUTOMATIC_PER_ADDRESS


async def test_a_rule_answers_only_what_it_applies_to(db: Settings) -> None:
    await rule_answers(when={"all": [{"field": "words", "op": "any", "value": ["مدرسة"]}]})
    async with post() as desk:
        await desk.arrives(mail("جوازي"))
        assert await written(desk) == 0
