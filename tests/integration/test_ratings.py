"""Citizens are asked once how it went, and only a form they send is an answer."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

import httpx
import pytest

from server.app import create_app
from server.db import sql
from server.delivery import actions as delivery
from server.delivery.actions import ask
from server.delivery.actions.automatic import say
from server.kit import clock, limits, links
from server.kit.errors import NotFound
from server.kit.links import RATING, Link
from server.kit.settings import Settings
from server.portal import actions as portal
from server.portal import handlers
from server.portal.pace import Pace
from server.search import screens
from server.search.pool import searching
from server.tickets import actions as tickets
from tests.support import factories as make
from tests.support.desk import signed_in
from tests.support.mails import mail
from tests.support.post import Post, post

pytestmark = pytest.mark.anyio

HOURS = timedelta(hours=2)
MOMENT = timedelta(seconds=1)
LINK = re.compile(r"http://localhost:8000(/portal/rating/[\w-]+)\?score=(\d)")


async def resolve(desk: Post) -> datetime:
    """Resolve the newest ticket; return when it was."""
    now = clock.now()
    ticket_id = int(await sql.value("SELECT max(id) FROM tickets"))
    key = f"resolve {ticket_id}"
    await tickets.set_status(ticket_id, status="resolved", by=desk.agent, form_key=key, now=now)
    return now


async def answered(desk: Post, raw: bytes | None = None) -> datetime:
    """Let a citizen write and be answered, and the ticket be resolved."""
    await desk.arrives(raw or mail())
    await desk.leaves(await desk.answer())
    return await resolve(desk)


async def switch(*, on: bool = True) -> None:
    await sql.run("UPDATE teams SET asks_rating = $1", on)


@asynccontextmanager
async def asking(**settings: object) -> AsyncIterator[Post]:
    async with post(**settings) as desk:
        await switch()
        yield desk


async def asked(*, at: datetime) -> int:
    """Let time pass; return how many are asked."""
    with clock.standing_at(at):
        return await delivery.ask_due(now=at)


async def kinds() -> list[str]:
    return [row["kind"] for row in await sql.rows("SELECT kind FROM events ORDER BY seq")]


def body(sent: object, kind: str = "plain") -> str:
    part = sent.get_body((kind,))  # type: ignore[attr-defined]  # a mail as the outside got it
    assert part is not None
    return str(part.get_content())


@asynccontextmanager
async def citizen(**headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """Open a browser that knows nobody."""
    handlers._pace = Pace()
    transport = httpx.ASGITransport(app=create_app())  # type: ignore[arg-type]  # Litestar's types are its own
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost:8000", headers=headers
    ) as browser:
        yield browser


async def given() -> tuple[int | None, str]:
    row = await sql.row("SELECT score, comment FROM ratings")
    assert row is not None
    return row["score"], row["comment"]


async def test_a_citizen_is_asked_in_the_thread_and_answers_by_a_form(db: Settings) -> None:
    async with asking(signature="إدارة الجوازات", sender_name="هيئة الجوازات") as desk:
        at = await answered(desk, mail(message_id="<one@example.org>"))
        before = await sql.row("SELECT * FROM tickets")
        assert await asked(at=at + HOURS - MOMENT) == 0
        assert await asked(at=at + HOURS) == 1
        await desk.all_leave()
        sent = desk.outside.mails[-1]
        assert sent["Auto-Submitted"] == "auto-replied"
        assert sent["Subject"] == "Re: تجديد جواز السفر"
        assert "<one@example.org>" in sent["References"]
        assert "كيف كان تعاملنا" in body(sent)
        found = LINK.findall(body(sent))
        assert [score for _, score in found] == ["5", "4", "3", "2", "1"]
        assert len({path for path, _ in found}) == 1
        assert LINK.findall(body(sent, "html").replace("&amp;", "&")) == found
        after = await sql.row("SELECT * FROM tickets")
        assert before is not None
        assert after is not None
        assert {key for key in before.keys() if before[key] != after[key]} == {"last_seq"}  # noqa: SIM118 -- a record
        assert "rating_asked" in await kinds()
        async with citizen() as browser:
            path = found[0][0]
            for _ in range(3):
                await browser.get(path, params={"score": "1"})
                await browser.head(path, params={"score": "1"})
            page = await browser.get(path, params={"score": "4"})
            assert page.status_code == 200
            assert 'lang="ar" dir="rtl"' in page.text
            assert re.search(r'value="4"[^>]* checked', page.text)
            assert "هيئة الجوازات" in page.text
            assert page.headers["Referrer-Policy"] == "no-referrer"
            assert "noindex" in page.headers["X-Robots-Tag"]
            assert page.headers["Cache-Control"] == "no-store"
            assert "Set-Cookie" not in page.headers
            assert "<script" not in page.text
            assert await given() == (None, "")
            sent_form = await browser.post(
                path, data={"score": "2", "comment": " تأخرتم \r\n كثيرًا "}
            )
            assert sent_form.status_code == 303
            assert sent_form.headers["Referrer-Policy"] == "no-referrer"
            assert await given() == (2, "تأخرتم \n كثيرًا")
            thanks = await browser.get(sent_form.headers["Location"])
            assert "أجب عن الرسالة" in thanks.text
        assert (await sql.value("SELECT data FROM events WHERE kind = 'rated'")) == '{"score": 2}'


async def link(desk: Post) -> str:
    """Have a citizen asked; return where their mail leads."""
    at = await answered(desk)
    assert await asked(at=at + HOURS) == 1
    await desk.all_leave()
    return str(LINK.findall(body(desk.outside.mails[-1]))[0][0])


async def test_english_is_asked_in_english_and_either_page_can_be_read_in_both(
    db: Settings,
) -> None:
    async with asking() as desk:
        raw = mail("When will my new passport be ready? I applied in March.", subject="Passport")
        at = await answered(desk, raw)
        assert await asked(at=at + HOURS) == 1
        await desk.all_leave()
        said = body(desk.outside.mails[-1])
        assert "How did we handle it?" in said
        path = LINK.findall(said)[0][0]
        async with citizen(**{"Accept-Language": "ar"}) as browser:
            assert 'lang="en" dir="ltr"' in (await browser.get(path)).text
            assert 'lang="ar" dir="rtl"' in (await browser.get(path, params={"lang": "ar"})).text


async def test_nobody_at_the_desk_holds_the_link(db: Settings) -> None:
    async with asking() as desk:
        token = (await link(desk)).rpartition("/")[2]
        assert token
        stored = await sql.value(
            "SELECT string_agg(m::text, '') || (SELECT string_agg(e::text, '') FROM events e) FROM messages m"
        )
        assert "portal" not in stored
        assert token not in stored


async def test_what_was_resolved_by_mistake_or_never_answered_asks_nobody(db: Settings) -> None:
    async with asking() as desk:
        at = await answered(desk)
        ticket_id = int(await sql.value("SELECT id FROM tickets"))
        with clock.standing_at(at + MOMENT):
            await tickets.set_status(
                ticket_id, status="open", by=desk.agent, form_key="again", now=clock.now()
            )
        assert await asked(at=at + HOURS) == 0
        later = at + 3 * HOURS
        await tickets.set_status(
            ticket_id, status="resolved", by=desk.agent, form_key="once more", now=later
        )
        assert await asked(at=later + HOURS - MOMENT) == 0
        assert await asked(at=later + HOURS) == 1
        await desk.arrives(mail(sender="Omar <omar@example.org>", subject="Another"))
        unanswered = await resolve(desk)
        assert await asked(at=unanswered + 2 * HOURS) == 0


async def test_a_team_that_does_not_ask_asks_nobody_also_not_later(db: Settings) -> None:
    async with asking() as desk:
        await switch(on=False)
        at = await answered(desk)
        await switch()
        assert await asked(at=at + HOURS) == 0
        raw = mail(sender="Omar <omar@example.org>", subject="Another")
        at = await answered(desk, raw)
        await switch(on=False)
        assert await asked(at=at + HOURS) == 0


@pytest.mark.parametrize(
    "raw",
    [
        mail("غائب", headers=(("Auto-Submitted", "auto-replied"),)),
        mail("x", sender="no-reply@shop.example"),
    ],
    ids=["responder", "no-reply"],
)
async def test_no_machine_is_asked(db: Settings, raw: bytes) -> None:
    async with asking() as desk:
        assert await asked(at=await answered(desk, raw) + HOURS) == 0


async def test_senders_who_could_not_be_verified_are_not_asked(db: Settings) -> None:
    async with asking() as desk:
        await desk.arrives(mail())
        await desk.leaves(await desk.answer())
        await sql.run("UPDATE messages SET verified = false WHERE direction = 'in'")
        assert await asked(at=await resolve(desk) + HOURS) == 0


async def test_an_address_from_which_mail_comes_back_is_left_alone(db: Settings) -> None:
    async with asking() as desk:
        await desk.arrives(mail())
        await desk.leaves(await desk.answer())
        at = await resolve(desk)
        await sql.run("UPDATE deliveries SET state = 'failed', changed_at = $1", at)
        await desk.leaves(await desk.answer("Once more."))
        assert await sql.value("SELECT count(*) FROM deliveries WHERE state = 'sent'") == 1
        assert await asked(at=at + HOURS) == 0


async def test_an_answer_still_on_its_way_is_waited_for(db: Settings) -> None:
    async with asking() as desk:
        await desk.arrives(mail())
        delivery_id = await desk.answer()
        at = await resolve(desk)
        assert await asked(at=at + HOURS) == 0
        await desk.leaves(delivery_id)
        assert await asked(at=at + HOURS + timedelta(minutes=10)) == 1


async def test_one_person_is_asked_once_in_thirty_days_however_much_falls_due_at_once(
    db: Settings,
) -> None:
    async with asking() as desk:
        at = await answered(desk)
        at = max(at, await answered(desk, mail(subject="Another matter")))
        assert await asked(at=at + HOURS) == 1
        at = await answered(desk, mail(subject="A third"))
        assert await asked(at=at + HOURS) == 0
        await sql.run("UPDATE ratings SET asked_at = asked_at - interval '31 days'")
        at = await answered(desk, mail(subject="A fourth"))
        assert await asked(at=at + HOURS) == 1


async def test_two_schedulers_ask_once(db: Settings) -> None:
    async with asking() as desk:
        at = await answered(desk) + HOURS
        with clock.standing_at(at):
            both = await asyncio.gather(delivery.ask_due(now=at), delivery.ask_due(now=at))
            assert sum(both) == 1
            await delivery.ask_due(now=at)
        assert (await kinds()).count("rating_asked") == 1


async def test_dying_in_the_middle_of_asking_asks_neither_twice_nor_never(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking() as desk:
        at = await answered(desk) + HOURS

        async def dies(*args: object, **kwargs: object) -> list[int]:
            await say(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they are
            raise ConnectionError("killed here")

        monkeypatch.setattr(ask, "say", dies)
        with pytest.raises(ConnectionError):
            await asked(at=at)
        assert await sql.value("SELECT count(*) FROM messages WHERE automatic IS NOT NULL") == 0
        monkeypatch.undo()
        assert await asked(at=at) == 1
        await desk.all_leave()
        # A worker that died while sending: the same mail again, with the same id and the same links.
        await sql.run(
            "UPDATE deliveries SET state = 'queued' WHERE id = (SELECT max(id) FROM deliveries)"
        )
        await desk.all_leave()
        first, second = desk.outside.mails[-2:]
        assert first["Message-ID"] == second["Message-ID"]
        assert body(first) == body(second)


async def test_asking_leaves_half_of_an_hours_automatic_mail_to_others(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "AUTOMATIC_PER_ACCOUNT", 2)
    async with asking() as desk:
        at = await answered(desk)
        raw = mail(sender="Omar <omar@example.org>", subject="Another")
        at = max(at, await answered(desk, raw))
        assert await asked(at=at + HOURS) == 1
        assert await asked(at=at + HOURS) == 0
        assert await sql.value("SELECT automatic_stopped_at FROM channel_accounts") is None
        assert await asked(at=at + HOURS + timedelta(hours=1, minutes=10)) == 1


async def test_followers_get_no_copy(db: Settings) -> None:
    async with asking(copy_followers="on") as desk:
        at = await answered(desk, mail(cc="Sara <sara@example.org>"))
        assert await asked(at=at + HOURS) == 1
        await desk.all_leave()
        assert [to for _, to in desk.outside.envelopes][-1] == ["fatima@example.org"]


async def test_every_link_that_leads_nowhere_looks_the_same(db: Settings) -> None:
    async with asking() as desk:
        path = await link(desk)
        token = path.rpartition("/")[2]
        row = await sql.row("SELECT ticket_id, asked_at, expires_at FROM ratings")
        assert row is not None
        real = Link(row["ticket_id"], row["asked_at"], row["expires_at"])
        assert links.sign(RATING, real) == token
        day = timedelta(days=1)
        wrong = [
            "x",
            token[:-1],
            token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
            token + "=",
            "A" * 54,
            "é" * 54,
            "A" * 4000,
            links.sign("another purpose", real),
            links.sign(RATING, replace(real, about=real.about + 1)),
            links.sign(RATING, replace(real, made_at=real.made_at - day)),
            links.sign(RATING, replace(real, until=real.until + day)),
            links.sign(RATING, replace(real, until=real.made_at - day)),
        ]
        async with citizen() as browser:
            right = await browser.get(path)
            assert right.status_code == 200
            answers = [await browser.get(f"/portal/rating/{one}") for one in wrong]
            answers += [
                await browser.post(f"/portal/rating/{one}", data={"score": "1"}) for one in wrong
            ]
            assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
            assert "Sign in" not in answers[0].text
            assert await given() == (None, "")
            later = row["expires_at"]
            with clock.standing_at(later - MOMENT):
                assert (await browser.get(path)).status_code == 200
            with clock.standing_at(later):
                over = await browser.post(path, data={"score": "5"})
                assert (over.status_code, over.text) == (404, answers[0].text)
            assert await given() == (None, "")


async def test_the_last_answer_counts_and_the_same_one_again_changes_nothing(db: Settings) -> None:
    async with asking() as desk:
        path = await link(desk)
        async with citizen() as browser:
            for _ in range(3):
                await browser.post(path, data={"score": "5", "comment": "شكرًا"})
            first = await sql.value("SELECT rated_at FROM ratings")
            await browser.post(path, data={"score": "1", "comment": ""})
            assert await given() == (1, "")
            assert await sql.value("SELECT rated_at FROM ratings") == first
            await browser.post(path, data={"score": "1", "comment": "لم يصل"})
            page = await browser.get(path)
            assert re.search(r'value="1"[^>]* checked', page.text)
            assert "لم يصل" in page.text
        found = await sql.rows("SELECT data::text FROM events WHERE kind = 'rated' ORDER BY seq")
        assert [row["data"] for row in found] == [
            '{"score": 5}',
            '{"score": 1, "before": 5}',
            '{"score": 1, "before": 1}',
        ]


async def test_an_answer_counts_also_when_the_ticket_is_closed_or_open_again(db: Settings) -> None:
    async with asking() as desk:
        path = await link(desk)
        async with citizen() as browser:
            for status, score in (("closed", 3), ("open", 4)):
                await sql.run("UPDATE tickets SET status = $1, resolved_at = NULL", status)
                await browser.post(path, data={"score": str(score)})
                assert await given() == (score, "")
                assert await sql.value("SELECT status FROM tickets") == status


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "اختر إحدى الدرجات الخمس أولًا"),
        ({"score": "6"}, "اختر إحدى الدرجات الخمس أولًا"),
        ({"score": "٥"}, "اختر إحدى الدرجات الخمس أولًا"),
        ({"score": "-1", "comment": "x"}, "اختر إحدى الدرجات الخمس أولًا"),
        ({"score": "5", "comment": "ا" * 1001}, "أطول من"),
    ],
    ids=["none", "too much", "other digits", "negative", "long"],
)
async def test_a_form_that_cannot_be_kept_comes_back_with_what_was_typed(
    db: Settings, data: dict[str, str], says: str
) -> None:
    async with asking() as desk:
        path = await link(desk)
        async with citizen() as browser:
            back = await browser.post(path, data=data)
            assert back.status_code == 422
            assert says in back.text
            assert data.get("comment", "") in back.text
            assert await given() == (None, "")


async def test_words_of_citizens_are_only_ever_words(db: Settings) -> None:
    async with asking() as desk:
        path = await link(desk)
        comment = (
            '<script>alert(1)</script> =HYPERLINK("x") {{ 7*7 }} \u202eabc\x00\x1b[2J 👩‍👧 \'; DROP'
        )
        async with citizen() as browser:
            sent = await browser.post(path, data={"score": "3", "comment": comment})
            assert sent.status_code == 303
            page = (await browser.get(path)).text
        _, kept = await given()
        assert kept == '<script>alert(1)</script> =HYPERLINK("x") {{ 7*7 }} abc[2J 👩‍👧 \'; DROP'
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "{{ 7*7 }}" in page


async def test_a_machine_that_keeps_answering_is_told_to_wait(db: Settings) -> None:
    async with asking() as desk:
        path = await link(desk)
        async with citizen() as browser:
            answers = [
                await browser.post(path, data={"score": str(1 + n % 5)})
                for n in range(limits.RATING_CHANGES + 1)
            ]
            assert {one.status_code for one in answers[:-1]} == {303}
            assert answers[-1].status_code == 429
            for _ in range(limits.PUBLIC_TRIES):
                await browser.get("/portal/rating/wrong")
            last = await browser.get("/portal/rating/wrong")
            assert last.status_code == 429
            assert last.headers["Retry-After"]
            # Whoever has a link still sees what it leads to.
            assert (await browser.get(path)).status_code == 200


async def test_an_erased_answer_leaves_a_sound_history_and_a_polite_page(db: Settings) -> None:
    async with asking() as desk:
        path = await link(desk)
        async with citizen() as browser:
            await browser.post(path, data={"score": "1", "comment": "اسمي فاطمة"})
            await sql.run("DELETE FROM ratings")
            assert (await browser.get(path)).status_code == 404
            assert (await browser.post(path, data={"score": "5"})).status_code == 404
        assert "rated" in await kinds()


async def test_pages_of_citizens_take_no_large_bodies(db: Settings) -> None:
    async with asking() as desk:
        path = await link(desk)
        async with citizen() as browser:
            sent = await browser.post(path, data={"score": "5", "comment": "x" * 100_000})
            assert sent.status_code == 413
            nowhere = await browser.get("/portal/anything")
            assert nowhere.status_code == 404
            for page in (sent, nowhere):
                assert "/sign-in" not in page.text
            assert await given() == (None, "")


async def test_an_unknown_link_is_not_looked_up(db: Settings) -> None:
    with pytest.raises(NotFound):
        await portal.rate(
            Link(1, clock.now(), clock.now() + MOMENT), score=3, comment="", now=clock.now()
        )


async def test_supervisors_are_told_once_in_the_desk_of_who_was_not_satisfied_and_says_why(
    db: Settings,
) -> None:
    async with asking() as desk:
        team = int(await sql.value("SELECT id FROM teams WHERE slug = 'intake'"))
        boss = await make.viewer(supervisor_of=(team,))
        await sql.run(
            "INSERT INTO alarm_choices (user_id, email, browser, zone) VALUES ($1, $2, $2, 'UTC')",
            boss.id,
            ["trouble"],
        )
        path = await link(desk)
        told = "SELECT n.user_id FROM notice_alarms a JOIN notices n ON n.id = a.notice_id"
        async with citizen() as browser:
            for data in ({"score": "1"}, {"score": "4", "comment": "شكرًا"}):
                await browser.post(path, data=data)
                assert await sql.rows(told) == []
            for comment in ("لم يصل", "لم يصل بعد"):
                await browser.post(path, data={"score": "2", "comment": comment})
                assert [row["user_id"] for row in await sql.rows(told)] == [boss.id]
        assert await sql.value("SELECT count(*) FROM dispatches") == 0
        app = await signed_in(create_app(), boss)
        page = (await app.page("/notices")).text
        assert "غير راضٍ" in page or "not satisfied" in page
        assert "لم يصل" not in page


async def test_who_answers_the_mail_opens_the_ticket_and_gives_nobody_their_link(
    db: Settings,
) -> None:
    async with asking() as desk:
        path = await link(desk)
        token = path.rpartition("/")[2]
        sent = desk.outside.mails[-1]
        quoted = "\n".join(f"> {line}" for line in body(sent).splitlines())
        wrapped = quote(f"http://localhost:8000{path}?score=5", safe="")
        back = mail(
            f"لم يصل جوازي بعد\n\n{quoted}",
            subject=str(sent["Subject"]),
            in_reply_to=str(sent["Message-ID"]),
            html=f'<p>لم يصل</p><blockquote><a href="{path}">5</a> <a href="https://safe.example/?url={wrapped}">'
            "4</a></blockquote>",
        )
        await desk.arrives(back)
        assert await sql.value("SELECT status FROM tickets") == "open"
        row = await sql.row("SELECT id, ticket_id, text FROM messages ORDER BY id DESC LIMIT 1")
        assert row is not None
        assert token in row["text"]
        amal = await signed_in(create_app(), desk.agent)
        for shown in (f"/tickets/{row['ticket_id']}", f"/messages/{row['id']}/body"):
            page = (await amal.page(shown)).text
            assert "لم يصل" in page
            assert token not in page
            assert "portal" in page


async def test_a_link_in_a_citizens_own_words_is_in_no_list_no_search_and_no_answer_of_ours(
    db: Settings,
) -> None:
    async with asking(quote_history="on") as desk, searching():
        path = await link(desk)
        token = path.rpartition("/")[2]
        sent = desk.outside.mails[-1]
        said = f"لم يصل جوازي، وهذا ما أرسلتموه\nhttp://localhost:8000{path}?score=5 فماذا أفعل به"
        reply_to = str(sent["Message-ID"])
        await desk.arrives(mail(said, subject=str(sent["Subject"]), in_reply_to=reply_to))
        newest = "SELECT reply_text FROM messages ORDER BY id DESC LIMIT 1"
        assert token in await sql.value(newest)
        begun = await sql.value("SELECT last_words FROM tickets ORDER BY last_message_at DESC")
        assert begun.startswith("لم يصل جوازي")
        assert "أفعل" in begun
        assert token[:8] not in begun
        found = await screens.results(
            desk.agent, asked="أرسلتموه", older=False, after=None, now=clock.now()
        )
        excerpts = ["".join(piece for piece, _ in one.words) for one in found.found]
        assert [("أفعل" in one, token[:8] in one) for one in excerpts] == [(True, False)]
        await desk.leaves(await desk.answer())
        answer = body(desk.outside.mails[-1])
        assert "> لم يصل جوازي" in answer
        assert token[:8] not in answer
