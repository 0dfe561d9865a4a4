"""What other servers report about our mail settles exactly the delivery that it is about."""

from datetime import timedelta

import pytest

from channels.email import ids
from server.db import sql
from server.delivery import actions as delivery
from server.events import queries as events
from server.kit import clock
from server.kit.settings import Settings
from server.service_levels import actions as service_levels
from tests.support.mails import mail
from tests.support.post import Post, post, report

pytestmark = pytest.mark.anyio

ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(7)}


async def promise_an_hour() -> None:
    now = clock.now()
    await service_levels.save_calendar(
        "always", zone="Asia/Riyadh", weekly=ALWAYS, exceptions={}, now=now
    )
    await service_levels.save_policy(
        "standard", calendar="always", allowed_minutes={"first_response": 60}, position=1, now=now
    )


async def answered(desk: Post) -> int:
    """A citizen has written and was answered; return the delivery, which has left."""
    await desk.arrives(mail())
    delivery_id = await desk.answer()
    await desk.leaves(delivery_id)
    assert await state(delivery_id) == "sent"
    return delivery_id


async def state(delivery_id: int) -> str:
    return str(await sql.value("SELECT state FROM deliveries WHERE id = $1", delivery_id))


async def first_response() -> str:
    return str(await sql.value("SELECT state FROM clocks WHERE target = 'first_response'"))


async def ticket() -> dict[str, object]:
    row = await sql.row("SELECT * FROM tickets ORDER BY id LIMIT 1")
    assert row is not None
    return dict(row)


async def kinds() -> list[str]:
    return [event.kind for event in await events.of_ticket(int(str((await ticket())["id"])))]


async def test_a_bounce_fails_the_delivery_and_gives_the_clock_back(db: Settings) -> None:
    await promise_an_hour()
    async with post() as desk:
        delivery_id = await answered(desk)
        assert await first_response() == "met"
        before = await ticket()
        assert before["waiting_since"] is None
        await desk.arrives(report(desk.outside.mails[0], "fatima@example.org"))
        row = await sql.row("SELECT state, error_code, error_text FROM deliveries")
        assert row is not None
        assert tuple(row) == ("failed", "5.1.1", "550 5.1.1 no such user")
        assert await first_response() == "running"
        after = await ticket()
        assert after["waiting_since"] is not None
        assert after["next_due_at"] is not None
        assert after["last_message_seq"] != before["last_message_seq"]
        assert await sql.value("SELECT count(*) FROM tickets") == 1
        assert await sql.value("SELECT verified FROM messages ORDER BY id DESC LIMIT 1")
        assert (await kinds()).count("delivery_failed") == 1
        assert delivery_id


async def test_a_bounce_reopens_nothing_and_opens_nothing_beside_a_closed_ticket(
    db: Settings,
) -> None:
    async with post() as desk:
        delivery_id = await answered(desk)
        await sql.run("UPDATE tickets SET status = 'closed'")
        await desk.arrives(report(desk.outside.mails[0], "fatima@example.org"))
        assert await state(delivery_id) == "failed"
        assert (await ticket())["status"] == "closed"
        assert await sql.value("SELECT count(*) FROM tickets") == 1


async def test_a_delay_is_noted_and_a_success_is_shown(db: Settings) -> None:
    async with post() as desk:
        delivery_id = await answered(desk)
        (ours,) = desk.outside.mails
        delay = report(
            ours, "fatima@example.org", action="delayed", status="4.4.7", said="421 4.4.7 later"
        )
        await desk.arrives(delay)
        assert await state(delivery_id) == "sent"
        assert "delivery_delayed" in await kinds()
        done = report(
            ours, "fatima@example.org", action="delivered", status="2.0.0", said="250 2.0.0 ok"
        )
        await desk.arrives(done)
        assert await state(delivery_id) == "delivered"
        assert "delivery_delivered" in await kinds()


async def test_of_two_answers_the_one_that_bounced_is_marked(db: Settings) -> None:
    async with post() as desk:
        first = await answered(desk)
        second = await desk.answer("And bring a photo.")
        await desk.leaves(second)
        await desk.arrives(report(desk.outside.mails[0], "FATIMA@Example.org"))
        assert (await state(first), await state(second)) == ("failed", "sent")
        assert (await ticket())["waiting_since"] is None


async def test_a_forged_id_or_a_strangers_address_changes_nothing(db: Settings) -> None:
    async with post() as desk:
        delivery_id = await answered(desk)
        (ours,) = desk.outside.mails
        row = await sql.row("SELECT ticket_id, message_id FROM deliveries")
        assert row is not None
        forged = ids.make(
            b"k" * 32,
            ticket=str(row["ticket_id"]),
            nonce=str(row["message_id"]),
            domain="passports.example",
        )
        await desk.arrives(
            report(ours, "fatima@example.org", message_id=f"<{forged}>"),
            report(ours, "somebody.else@example.org"),
        )
        assert await state(delivery_id) == "sent"
        assert "delivery_failed" not in await kinds()
        assert await sql.value("SELECT count(*) FROM delivery_reports") == 1


async def test_the_same_report_again_does_not_fail_an_answer_that_was_sent_again(
    db: Settings,
) -> None:
    async with post() as desk:
        delivery_id = await answered(desk)
        bounce = report(desk.outside.mails[0], "fatima@example.org")
        await desk.arrives(bounce)
        await delivery.resend(delivery_id, by=desk.agent, now=clock.now() - timedelta(seconds=1))
        await desk.leaves(delivery_id)
        await desk.arrives(b"X-Relayed: again\r\n" + bounce)
        assert await state(delivery_id) == "sent"
        first, again = desk.outside.mails
        assert first["Message-ID"] == again["Message-ID"]


async def test_an_answer_that_is_sent_again_keeps_the_promise_once_it_is_taken(
    db: Settings,
) -> None:
    await promise_an_hour()
    async with post() as desk:
        delivery_id = await answered(desk)
        await desk.arrives(report(desk.outside.mails[0], "fatima@example.org"))
        assert await first_response() == "running"
        assert (await ticket())["waiting_since"] is not None
        await delivery.resend(delivery_id, by=desk.agent, now=clock.now())
        assert await first_response() == "answered"
        assert (await ticket())["waiting_since"] is None
        await desk.leaves(delivery_id)
        assert await first_response() == "met"
        assert await service_levels.check_clocks() == ()


async def test_what_a_citizen_wrote_after_an_answer_failed_is_not_answered_by_sending_it_again(
    db: Settings,
) -> None:
    await promise_an_hour()
    async with post() as desk:
        delivery_id = await answered(desk)
        ours = desk.outside.mails[0]
        await desk.arrives(report(ours, "fatima@example.org"))
        await desk.arrives(mail("هل من جديد؟", in_reply_to=str(ours["Message-ID"])))
        await delivery.resend(delivery_id, by=desk.agent, now=clock.now())
        await desk.leaves(delivery_id)
        assert await sql.value("SELECT count(*) FROM tickets") == 1
        assert await first_response() == "met"
        last = await sql.value(
            "SELECT max(said_at) FROM messages WHERE direction = 'in' AND automatic IS NULL"
        )
        assert (await ticket())["waiting_since"] == last


async def test_a_vacation_answer_moves_nothing(db: Settings) -> None:
    await promise_an_hour()
    async with post() as desk:
        delivery_id = await answered(desk)
        away = mail(
            "أنا في إجازة",
            in_reply_to=str(desk.outside.mails[0]["Message-ID"]),
            headers=(("Auto-Submitted", "auto-replied"),),
        )
        await desk.arrives(away)
        assert await state(delivery_id) == "sent"
        assert await first_response() == "met"
        assert (await ticket())["waiting_since"] is None
        assert await sql.value("SELECT count(*) FROM tickets") == 1
