"""Answers leave with what belongs to them, by connections that are kept, no faster than a domain bears."""

import asyncio
from datetime import timedelta
from email.message import EmailMessage

import pytest

from server.db import sql
from server.delivery import actions as delivery
from server.intake import actions as intake
from server.intake.actions import Delivery
from server.kit import clock
from server.kit.settings import Settings
from server.tickets.actions import Copy
from tests.integration.test_mail_reports import kinds, state
from tests.support.mails import mail
from tests.support.post import ADDRESS, post, report

pytestmark = pytest.mark.anyio

FAMILY = "Omar <omar@example.net>, help@passports.example, FATIMA@example.org"


def addresses(sent: EmailMessage, name: str) -> list[str]:
    return [one.addr_spec for one in sent[name].addresses] if sent[name] else []


async def failed(delivery_id: int) -> dict[str, str]:
    """Return whom a sent answer did not reach."""
    recipients = sql.load(
        await sql.value("SELECT recipients FROM deliveries WHERE id = $1", delivery_id)
    )
    return {one["address"]: one["failed"] for one in recipients if "failed" in one}


def words(sent: EmailMessage) -> str:
    body = sent.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


async def test_followers_get_a_copy_where_the_account_says_so(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(mail(cc=FAMILY))
        await desk.leaves(await desk.answer())
        await desk.set(copy_followers="on")
        await desk.leaves(await desk.answer("And this."))
        alone, both = desk.outside.mails
        assert addresses(alone, "To") == ["fatima@example.org"]
        assert addresses(alone, "Cc") == []
        assert addresses(both, "Cc") == ["omar@example.net"]


async def test_whoever_came_in_by_unverified_mail_gets_no_copy(db: Settings) -> None:
    async with post(copy_followers="on") as desk:
        await desk.arrives(mail(message_id="<one@example.org>"))
        now = clock.now()
        forged = mail(
            "send it to him too", cc="mallory@evil.example", in_reply_to="<one@example.org>"
        )
        await intake.journal(
            desk.account, [Delivery(forged, now, {"x-authenticated": "fail"})], now=now
        )
        await intake.drain(desk.account)
        assert await sql.value("SELECT count(*) FROM tickets") == 1
        await desk.leaves(await desk.answer())
        assert addresses(desk.outside.mails[0], "Cc") == []


async def test_a_copy_that_bounces_leaves_the_answer_sent(db: Settings) -> None:
    async with post(copy_followers="on") as desk:
        await desk.arrives(mail(cc=FAMILY))
        answered = await desk.answer()
        await desk.leaves(answered)
        await desk.arrives(report(desk.outside.mails[0], "omar@example.net"))
        assert await state(answered) == "sent"
        assert "delivery_copy_failed" in await kinds()
        assert await failed(answered) == {"omar@example.net": "5.1.1"}
        await desk.arrives(report(desk.outside.mails[0], "fatima@example.org"))
        assert await state(answered) == "failed"


async def test_a_follower_who_is_refused_does_not_keep_the_answer_back(db: Settings) -> None:
    async with post(copy_followers="on") as desk:
        await desk.arrives(mail(cc=FAMILY))
        desk.outside.refuses["omar@example.net"] = "550 5.1.1 no such user"
        answered = await desk.answer()
        await desk.leaves(answered)
        assert await state(answered) == "sent"
        assert desk.outside.envelopes == [(ADDRESS, ["fatima@example.org"])]
        assert await failed(answered) == {"omar@example.net": "550"}
        assert "delivery_copy_failed" in await kinds()


async def test_a_mail_refused_for_its_copies_reaches_who_asked(db: Settings) -> None:
    async with post(copy_followers="on") as desk:
        await desk.arrives(mail(cc=FAMILY))
        desk.outside.answers = ["554 5.7.1 one of these people may not be written to"]
        answered = await desk.answer()
        await desk.leaves(answered)
        assert await state(answered) == "sent"
        (sent,) = desk.outside.mails
        assert addresses(sent, "Cc") == []
        assert await failed(answered) == {"omar@example.net": "554"}


async def test_an_address_that_no_mail_can_reach_keeps_nobody_else_waiting(db: Settings) -> None:
    async with post(copy_followers="on") as desk:
        await desk.arrives(mail(cc=FAMILY))
        await sql.run("UPDATE identities SET address = 'omar@exa..mple' WHERE address LIKE 'omar%'")
        answered = await desk.answer()
        await desk.leaves(answered)
        assert await state(answered) == "sent"
        assert await failed(answered) == {"omar@exa..mple": "unsendable"}


async def test_a_copy_that_is_put_off_for_ever_does_not_put_off_the_answer(db: Settings) -> None:
    async with post(copy_followers="on") as desk:
        await desk.arrives(mail(cc=FAMILY))
        desk.outside.refuses["omar@example.net"] = "450 4.2.1 come back later"
        answered = await desk.answer()
        await desk.leaves(answered)
        await desk.leaves(answered)
        assert await state(answered) == "queued"
        await desk.leaves(answered)
        assert await state(answered) == "sent"
        assert await failed(answered) == {"omar@example.net": "450"}


async def test_the_signature_is_the_agents_and_the_accounts(db: Settings) -> None:
    async with post(signature="إدارة الجوازات\nهاتف 1900") as desk:
        await desk.arrives(mail())
        await desk.leaves(await desk.answer("جوازكم جاهز"))
        assert "Amal\nإدارة الجوازات\nهاتف 1900" in words(desk.outside.mails[0])


async def test_the_question_is_quoted_where_the_account_says_so_and_never_a_strangers_words(
    db: Settings,
) -> None:
    async with post() as desk:
        await desk.arrives(mail("Where is my passport?", message_id="<one@example.org>"))
        await desk.leaves(await desk.answer())
        await desk.set(quote_history="on")
        now = clock.now()
        forged = mail("Pay here instead", in_reply_to="<one@example.org>")
        await intake.journal(
            desk.account, [Delivery(forged, now, {"x-authenticated": "fail"})], now=now
        )
        await intake.drain(desk.account)
        await desk.leaves(await desk.answer())
        plain, quoting = desk.outside.mails
        assert "Where is my passport?" not in words(plain)
        assert "> Where is my passport?" in words(quoting)
        assert "Pay here" not in words(quoting)


async def test_one_connection_serves_one_answer_after_another(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(*(mail(f"n {n}", sender=f"p{n}@example.org") for n in range(3)))
        for _ in range(3):
            await desk.leaves(await desk.answer())
        assert len(desk.outside.mails) == 3
        assert desk.outside.sessions == 1
        await delivery.hang_up()
        await desk.leaves(await desk.answer())
        assert desk.outside.sessions == 2


async def test_a_refused_mail_or_a_changed_setting_begins_a_new_connection(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        await desk.leaves(await desk.answer())
        desk.outside.answers = ["451 4.7.1 later"]
        waits = await desk.answer()
        await desk.leaves(waits)
        assert await state(waits) == "queued"
        await desk.leaves(waits)
        assert await state(waits) == "sent"
        await desk.set(timeout_seconds=20)
        await desk.leaves(await desk.answer())
        assert desk.outside.sessions == 3


async def test_answers_at_once_leave_once_each(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(*(mail(f"n {n}", sender=f"p{n}@d{n}.example") for n in range(6)))
        waiting = [await desk.answer() for _ in range(12)]
        await sql.run("UPDATE deliveries SET next_try_at = now() - interval '1 s'")
        await asyncio.gather(*(delivery.deliver(one) for one in waiting))
        assert (
            len({one["Message-ID"] for one in desk.outside.mails}) == 12 == len(desk.outside.mails)
        )


async def test_a_domain_gets_no_more_in_a_minute_than_the_account_allows(db: Settings) -> None:
    async with post(domain_mails_per_minute=2) as desk:
        await desk.arrives(mail())
        waiting = [await desk.answer() for _ in range(3)]
        for one in waiting:
            await desk.leaves(one)
        assert [await state(one) for one in waiting] == ["sent", "sent", "held"]
        later = await sql.value("SELECT next_try_at FROM deliveries WHERE id = $1", waiting[2])
        assert later > clock.now() + timedelta(seconds=5)
        await desk.arrives(mail("elsewhere", sender="x@elsewhere.example"))
        elsewhere = await desk.answer()
        await desk.leaves(elsewhere)
        assert await state(elsewhere) == "sent"
        await sql.run("UPDATE deliveries SET accepted_at = accepted_at - interval '2 minutes'")
        await desk.leaves(waiting[2])
        assert await state(waiting[2]) == "sent"


async def test_mails_that_only_copy_a_domain_count_for_it_too(db: Settings) -> None:
    async with post(domain_mails_per_minute=1, copy_followers="on") as desk:
        await desk.arrives(mail(cc="omar@Busy.example, salem@busy.example"))
        await desk.leaves(await desk.answer())
        assert addresses(desk.outside.mails[0], "Cc") != []
        await desk.arrives(mail("elsewhere", sender="x@elsewhere.example", cc="noor@busy.example"))
        copying = await desk.answer()
        await desk.leaves(copying)
        assert await state(copying) == "held"
        await sql.run("UPDATE deliveries SET accepted_at = accepted_at - interval '2 minutes'")
        await desk.leaves(copying)
        assert await state(copying) == "sent"


async def test_whom_an_agent_openly_copies_takes_part_from_then_on(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        answered = await desk.answer(
            copies=(Copy("Salem@Office.example"), Copy("boss@office.example", hidden=True))
        )
        assert await takes_part() == ["fatima@example.org"]
        await desk.leaves(answered)
        assert await takes_part() == ["fatima@example.org", "salem@office.example"]
        invited = await sql.row("SELECT actor_id, data FROM events WHERE kind = 'invited'")
        assert invited["actor_id"] == desk.agent.id
        answer = desk.outside.mails[0]["Message-ID"]
        for writer in ("Salem <salem@office.example>", "boss@office.example"):
            await desk.arrives(mail(f"from {writer}", sender=writer, in_reply_to=answer))
        assert await sql.value("SELECT count(*) FROM tickets") == 1
        assert [
            row["verified"]
            for row in await sql.rows(
                "SELECT verified FROM messages WHERE direction = 'in' ORDER BY id"
            )
        ] == [True, True, False]


async def test_whom_no_copy_reached_is_not_invited(db: Settings) -> None:
    async with post() as desk:
        await desk.arrives(mail())
        desk.outside.refuses["salem@office.example"] = "550 5.1.1 no such user"
        await desk.leaves(await desk.answer(copies=(Copy("salem@office.example"),)))
        assert await takes_part() == ["fatima@example.org"]
        assert "invited" not in await kinds()


async def takes_part() -> list[str]:
    """Return the addresses of the newest ticket's parties."""
    found = await sql.rows(
        """
        SELECT i.address FROM ticket_parties p JOIN identities i ON i.id = p.identity_id
        WHERE p.ticket_id = (SELECT max(id) FROM tickets) ORDER BY i.address
        """
    )
    return [row["address"] for row in found]
