"""Canned replies and articles are written for teams, found, put into answers, and suggested with a reason."""

import re
from contextlib import AsyncExitStack
from html import unescape
from typing import Any

import pytest
from litestar import Litestar

from agent_ui import urls
from server.app import create_app
from server.db import sql
from server.kit.settings import Settings
from server.knowledge import actions
from server.knowledge.queries import pieces
from server.knowledge.queries.likes import HELP, helping
from server.knowledge.queries.pieces import Written
from server.people.queries import Viewer
from server.search import pool
from tests.support import factories as make
from tests.support.desk import Browser, signed_in
from tests.support.factories import NOW
from tests.support.searching import said

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

LOSS = Written(
    "خطوات بلاغ الفقدان",
    "How to report a loss",
    "عزيزي {اسم المراجع}،\nتذكرتكم {رقم التذكرة}.",
    "Dear {contact name},\nyour ticket is {ticket number}. {agent name}",
    shortcut="فقدان",
)
FIELDS = {
    "title_ar": LOSS.title_ar,
    "title_en": LOSS.title_en,
    "body_ar": LOSS.body_ar,
    "body_en": LOSS.body_en,
    "shortcut": LOSS.shortcut,
    "version": "0",
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def app(db: Settings) -> Any:
    async with helping():
        yield create_app()


_keys = iter(range(1000))


async def write(written: Written, by: Viewer, *, kind: str = "reply") -> int:
    return await actions.save(None, written, kind=kind, by=by, form_key=f"k{next(_keys)}", now=NOW)


async def supervisor(team: int, **values: Any) -> Viewer:
    return await make.viewer(
        supervisor_of=(team,), locale="en", digits="latn", name="Huda", **values
    )


async def form(browser: Browser, path: str, fields: dict[str, Any], do: str = "save") -> Any:
    page = await browser.page(path)
    keys = re.findall(r'name="form_key" value="([^"]*)"', page.text)
    return await browser.send(path, {"form_key": keys[0], **fields, "do": do}, whole=True)


async def test_a_supervisor_writes_for_their_team_and_sees_who_wrote_what(app: Litestar) -> None:
    team = await make.team()
    browser = await signed_in(app, await supervisor(team))
    done = await form(browser, urls.knowledge_form("reply", 0), FIELDS | {"teams": str(team)})
    assert done.status_code == 303, done.text
    piece = await browser.page(done.headers["location"])
    assert "How to report a loss" in piece.text
    assert "Huda" in piece.text
    edit = done.headers["location"] + "/edit"
    changed = FIELDS | {"teams": str(team), "version": "1", "title_en": "Losses"}
    assert (await form(browser, edit, changed)).status_code == 303
    page = await browser.page(edit)
    assert "2 versions" in page.text
    back = await browser.send(edit, {"do": "version", "version": "1"}, whole=True)
    assert back.status_code == 303
    assert 'value="How to report a loss"' in (await browser.page(edit)).text


async def test_agents_and_supervisors_of_other_teams_write_nothing(app: Litestar) -> None:
    team, other = await make.team(), await make.team()
    owner = await supervisor(team)
    piece_id = await write(Written("عنوان", "", "نص", "", team_ids=(team,)), owner)
    agent = await signed_in(app, await make.viewer(agent_of=(team,)))
    assert (await agent.page(urls.knowledge_piece("reply", piece_id))).status_code == 200
    assert (await agent.page(urls.knowledge_form("reply", piece_id))).status_code == 403
    assert (await agent.page(urls.knowledge_form("reply", 0))).status_code == 403
    stranger = await signed_in(app, await supervisor(other))
    for path in (urls.knowledge_piece("reply", piece_id), urls.knowledge_form("reply", piece_id)):
        assert (await stranger.page(path)).status_code == 404
    for do in ("archive", "save", "back", "version"):
        fields = FIELDS | {"do": do, "teams": str(other), "form_key": "x", "version": "1"}
        answer = await stranger.send(
            urls.knowledge_form("reply", piece_id), fields, headers={"Accept": "text/html"}
        )
        assert answer.status_code == 404, do
        answer = await agent.send(urls.knowledge_form("reply", piece_id), fields)
        assert answer.status_code == 403, do
    found = await pieces.one(piece_id, kind="reply", viewer=owner)
    assert (found.written.title_ar, found.archived_at) == ("عنوان", None)


async def test_only_administrators_write_for_all_teams(app: Litestar) -> None:
    team = await make.team()
    browser = await signed_in(app, await supervisor(team))
    refused = await form(browser, urls.knowledge_form("reply", 0), FIELDS | {"every_team": "yes"})
    assert refused.status_code == 422
    admin = await signed_in(app, await make.viewer(administrator=True))
    done = await form(admin, urls.knowledge_form("reply", 0), FIELDS | {"every_team": "yes"})
    assert done.status_code == 303
    assert "How to report a loss" in (await browser.page(urls.knowledge("reply"))).text


@pytest.mark.parametrize(
    ("wrong", "said_so"),
    [
        ({"body_ar": "عزيزي {رقم الجواز}"}, "{رقم الجواز}"),
        ({"body_en": "Dear {contact name"}, "{contact name"),
        ({"shortcut": "two words"}, "without spaces"),
        ({"shortcut": "a/b"}, "without spaces"),
        ({"title_ar": " ", "title_en": ""}, "has to be filled in"),
        ({"body_ar": "", "body_en": "\n"}, "has to be filled in"),
        ({"title_en": "x" * 151}, "too long"),
        ({"teams": ""}, "has to be filled in"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    app: Litestar, wrong: dict[str, str], said_so: str
) -> None:
    team = await make.team()
    browser = await signed_in(app, await supervisor(team))
    fields = FIELDS | {"teams": str(team)} | wrong
    refused = await form(browser, urls.knowledge_form("reply", 0), fields)
    assert refused.status_code == 422
    text = unescape(refused.text)
    assert said_so in text
    assert 'role="alert"' in text
    assert all(value.strip() in text for value in fields.values())
    assert await sql.value("SELECT count(*) FROM knowledge") == 0


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://x.example", "https://", "https://a b", "http://[x"]
)
async def test_an_article_links_to_pages_only(app: Litestar, address: str) -> None:
    browser = await signed_in(app, await make.viewer(administrator=True, locale="en"))
    fields = FIELDS | {"every_team": "yes", "address": address}
    refused = await form(browser, urls.knowledge_form("article", 0), fields)
    assert refused.status_code == 422
    assert "not the address of a page" in refused.text


async def test_who_saves_over_somebody_is_told_and_loses_nothing(app: Litestar) -> None:
    team = await make.team()
    browser = await signed_in(app, await supervisor(team))
    piece_id = await write(Written("ع", "", "أول", "", team_ids=(team,)), await supervisor(team))
    path = urls.knowledge_form("reply", piece_id)
    fields = FIELDS | {"teams": str(team), "version": "1"}
    assert (await form(browser, path, fields | {"title_en": "Mine"})).status_code == 303
    late = await form(browser, path, fields | {"title_en": "Yours"})
    assert late.status_code == 409
    assert 'value="Yours"' in late.text
    assert "Huda" in late.text
    version = re.findall(r'name="version" value="(\d+)"', late.text)[0]
    again = await form(browser, path, fields | {"title_en": "Yours", "version": version})
    assert again.status_code == 303
    assert await sql.value("SELECT count(*) FROM knowledge_versions") == 3


async def test_a_form_sent_twice_writes_once(app: Litestar) -> None:
    team = await make.team()
    browser = await signed_in(app, await supervisor(team))
    fields = FIELDS | {"teams": str(team), "do": "save", "form_key": "once", "shortcut": ""}
    for _ in range(2):
        done = await browser.send(urls.knowledge_form("reply", 0), fields, whole=True)
        assert done.status_code == 303
    assert await sql.value("SELECT count(*) FROM knowledge") == 1


async def test_what_is_archived_is_offered_to_nobody_until_it_is_brought_back(
    app: Litestar,
) -> None:
    team = await make.team()
    viewer = await supervisor(team)
    browser = await signed_in(app, viewer)
    piece_id = await write(Written("عنوان", "Title", "نص", "", "كلمة", team_ids=(team,)), viewer)
    path = urls.knowledge_form("reply", piece_id)
    gone = await browser.send(path, {"do": "archive"}, whole=True)
    assert gone.status_code == 303
    after = await browser.page(gone.headers["location"])
    assert "Bring it back" in after.text
    assert "There are no canned replies yet" in after.text
    ticket_id = await make.ticket(team)
    assert "Title" not in (await browser.part(urls.help_replies(ticket_id))).text
    insert = await browser.send(urls.help_insert(ticket_id), {"reply": str(piece_id)})
    assert insert.status_code == 404
    taken = await write(Written("آخر", "Other", "نص", "", "كلمه", team_ids=(team,)), viewer)
    refused = await browser.send(path, {"do": "back"}, whole=True)
    assert refused.status_code == 422
    assert "has this word already" in refused.text
    await actions.archive(taken, kind="reply", by=viewer, now=NOW)
    assert (await browser.send(path, {"do": "back"}, whole=True)).status_code == 303
    assert "Title" in (await browser.part(urls.help_replies(ticket_id))).text


async def test_a_reply_is_looked_at_with_a_real_ticket_but_only_one_of_ones_own(
    app: Litestar,
) -> None:
    team, other = await make.team(), await make.team()
    browser = await signed_in(app, await supervisor(team))
    own = await make.ticket(team, contact_name="Omar Said")
    foreign = await make.ticket(other)
    numbers = {
        one: await sql.value("SELECT number FROM tickets WHERE id = $1", one)
        for one in (own, foreign)
    }
    path = urls.knowledge_form("reply", 0)
    fields = FIELDS | {"teams": str(team)}
    seen = await form(browser, path, fields | {"ticket": f"#{numbers[own]}"}, do="preview")
    assert f"your ticket is {numbers[own]}. Huda" in seen.text
    assert "Dear Omar Said" in seen.text
    for number in (str(numbers[foreign]), "", "9" * 19, "x"):
        unseen = await form(browser, path, fields | {"ticket": number}, do="preview")
        assert unseen.status_code == 200
        assert "no ticket with this number" in unseen.text


async def test_a_search_finds_articles_by_any_spelling_and_marks_the_words(app: Litestar) -> None:
    admin = await make.viewer(administrator=True, locale="en")
    browser = await signed_in(app, admin)
    await write(
        Written("الوثائق الاضطرارية", "", "تُصدِر السّفارة وثيقة سفر", ""), admin, kind="article"
    )
    await write(Written("", "Fees", "", "The fee is <b>300</b>"), admin, kind="article")
    page = await browser.page(urls.knowledge("article", asked="سفاره"))
    assert "الوثائق الاضطرارية" in page.text
    assert "<mark>السّفارة</mark>" in page.text
    assert "Fees" not in page.text
    hostile = await browser.page(urls.knowledge("article", asked="'\\ :* <x> & | ! ("))
    assert hostile.status_code == 200
    assert "&lt;b&gt;300" in (await browser.page(urls.knowledge("article", asked="fees"))).text


async def test_a_slash_and_a_word_offer_what_begins_so_filled_for_this_ticket(
    app: Litestar,
) -> None:
    team, other = await make.team(), await make.team()
    viewer = await supervisor(team)
    browser = await signed_in(app, viewer)
    first = await write(
        Written("موعد", "Appointments", "فقدان", "{contact name}", "موعد", team_ids=(team,)), viewer
    )
    second = await write(
        Written("فقدان", "Loss", "", "Dear {contact name}", "فقدان", team_ids=(team,)), viewer
    )
    await write(Written("فقد", "Foreign", "نص", "", team_ids=(other,)), await supervisor(other))
    ticket_id = await make.ticket(team, language="en", contact_name="Omar <i>")
    shown = await browser.part(urls.help_replies(ticket_id) + "?q=فُقـد")
    assert re.findall(r'data-reply="(\d+)"', shown.text) == [str(second), str(first)]
    assert "Dear Omar &lt;i&gt;" in shown.text
    for asked in ("zzz", "%", "_", "\\", "'", "x" * 500):
        answer = await browser.client.get(
            urls.help_replies(ticket_id),
            params={"q": asked},
            headers={"HX-Request": "true", "HX-Request-Type": "partial"},
        )
        assert answer.status_code == 200
        assert "data-reply" not in answer.text, asked


async def test_a_reply_goes_in_in_the_citizens_language_and_is_counted_once(
    app: Litestar,
) -> None:
    team = await make.team()
    viewer = await supervisor(team)
    browser = await signed_in(app, viewer)
    piece_id = await write(
        Written("ع", "T", "رقم {رقم التذكرة}", "No. {ticket number}", team_ids=(team,)), viewer
    )
    arabic = await make.ticket(team, language="ar")
    english = await make.ticket(team, language="en")
    number = await sql.value("SELECT number FROM tickets WHERE id = $1", arabic)
    asked = {"reply": str(piece_id)}
    words = await browser.send(urls.help_insert(arabic), asked)
    assert words.text == f"رقم \u2066{number}\u2069"
    assert words.headers["content-type"].startswith("text/plain")
    assert (await browser.send(urls.help_insert(english), asked)).text.startswith("No. ")
    other = await browser.send(urls.help_insert(arabic), asked | {"language": "en"})
    assert other.text.startswith("No. ")
    assert (await pieces.one(piece_id, kind="reply", viewer=viewer)).uses == 2
    foreign = await make.ticket(await make.team())
    assert (await browser.send(urls.help_insert(foreign), asked)).status_code == 404
    assert (await browser.send(urls.help_insert(arabic), {"reply": "99999"})).status_code == 404
    assert (await browser.send(urls.help_insert(arabic), {"reply": "1; DROP"})).status_code == 422


async def test_an_article_goes_in_as_its_public_page(app: Litestar) -> None:
    admin = await make.viewer(administrator=True, locale="en")
    browser = await signed_in(app, admin)
    page = "https://passports.example/renew"
    piece_id = await write(
        Written("التجديد", "Renewal", "للموظفين وحدهم", "", address=page), admin, kind="article"
    )
    ticket_id = await make.ticket(await make.team(), language="ar")
    browser = await signed_in(app, await make.viewer(administrator=True))
    words = await browser.send(urls.help_insert(ticket_id), {"article": str(piece_id)})
    assert words.text == f"التجديد\n{page}"


async def solved(team: int, asked: str, answer: str, **values: Any) -> int:
    viewer = await make.user(agent_of=(team,))
    ticket_id = await make.ticket(
        team, **{"subject": "", "status": "resolved", "resolved_at": NOW, **values}
    )
    await said(ticket_id, asked)
    if answer:
        await said(
            ticket_id,
            answer,
            kind="reply_written",
            direction="out",
            author_id=viewer,
            identity_id=None,
        )
    return ticket_id


async def test_solved_tickets_like_this_come_with_their_answer_and_the_reason(
    app: Litestar,
) -> None:
    team, other = await make.team(), await make.team()
    viewer = await make.viewer(agent_of=(team,), locale="en", digits="latn")
    browser = await signed_in(app, viewer)
    loss = await make.topic(ar="بلاغ فقدان", en="Loss report")
    like = await solved(
        team, "ضاع جوازي في مطار جدة", "قدّموا بلاغ الفقدان من التطبيق", topic_id=loss
    )
    foreign = await solved(other, "ضاع جوازي في مطار جدة", "لا يراه أحد هنا")
    unlike = await solved(team, "أين أدفع الرسوم", "من التطبيق")
    silent = await solved(team, "ضاع جوازي في مطار الرياض", "")
    open_one = await solved(team, "ضاع جوازي في مطار أبها", "ننظر في الأمر", status="open")
    merged = await solved(team, "ضاع جوازي في مطار تبوك", "سنجمع التذكرتين", status="closed")
    await sql.run(
        """
        INSERT INTO ticket_merges (ticket_id, into_id, status, merged_at, merged_by)
        VALUES ($1, $2, 'open', $3, $4)
        """,
        merged,
        open_one,
        NOW,
        viewer.id,
    )
    ticket_id = await make.ticket(team, subject="", topic_id=loss, contact_name="سعد")
    await said(ticket_id, "السلام عليكم، الجواز ضايع مني بالمطار، ضاع أمس")
    page = await browser.part(urls.help_with(ticket_id))
    assert page.status_code == 200
    text = unescape(page.text)
    assert "قدّموا بلاغ الفقدان من التطبيق" in text
    assert re.findall(r'name="source" value="(\d+)"', text) == [str(like)]
    assert not {foreign, unlike, silent, open_one, merged} & {
        int(n) for n in re.findall(r"source.{9}(\d+)", text)
    }
    assert "About" in text
    assert "Loss report" in text
    assert "Words in common" in text
    assert urls.ticket(like) in text
    words = await browser.send(urls.help_insert(ticket_id), {"source": str(like)})
    assert words.text == "> قدّموا بلاغ الفقدان من التطبيق\n"
    assert (
        await browser.send(urls.help_insert(ticket_id), {"source": str(foreign)})
    ).status_code == 404
    assert "In answers so far: " in unescape((await browser.part(urls.help_with(ticket_id))).text)
    assert await sql.value("SELECT count(*) FROM answer_uses") == 1


async def test_replies_about_the_topic_come_before_those_that_share_words(app: Litestar) -> None:
    team = await make.team()
    above = await make.topic(ar="الجوازات", en="Passports")
    loss = await make.topic(ar="فقدان", en="Loss", parent_id=above)
    fees = await make.topic(ar="رسوم", en="Fees")
    viewer = await supervisor(team)
    browser = await signed_in(app, viewer)

    async def reply(title: str, body: str, *topics: int, kind: str = "reply") -> int:
        written = Written(title, "", body, "", topic_ids=topics, team_ids=(team,))
        return await write(written, viewer, kind=kind)

    wordy = await reply("المطار", "ضاع جواز المسافر في المطار")
    own = await reply("عام", "نص لا صلة له", loss)
    general = await reply("أعم", "نص لا صلة له", above)
    await reply("الرسوم", "تدفع الرسوم", fees)
    article = await reply("إجراءات المطار", "عند ضياع الجواز في المطار", kind="article")
    ticket_id = await make.ticket(team, subject="", topic_id=loss, contact_name="سعد")
    await said(ticket_id, "ضاع جوازي في المطار")
    text = (await browser.part(urls.help_with(ticket_id))).text
    assert re.findall(r'name="reply" value="(\d+)"', text) == [
        str(n) for n in (wordy, own, general)
    ]
    assert urls.knowledge_piece("article", article) in text


async def test_help_says_when_there_is_none(app: Litestar) -> None:
    team = await make.team()
    browser = await signed_in(app, await make.viewer(agent_of=(team,), locale="en"))
    for text in ("", "السلام عليكم ورحمة الله", "😀", "x" * 100_000, "12345 67890", "\u202e' \\"):
        ticket_id = await make.ticket(team, subject=text[:400])
        await said(ticket_id, text)
        page = await browser.part(urls.help_with(ticket_id))
        assert page.status_code == 200
        assert "Nothing like this has been answered" in page.text
    foreign = await make.ticket(await make.team())
    assert (await browser.part(urls.help_with(foreign))).status_code == 404


async def test_where_no_connection_comes_free_help_says_so_instead_of_failing(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = await make.team()
    browser = await signed_in(app, await make.viewer(agent_of=(team,), locale="en"))
    ticket_id = await make.ticket(team, subject="Where is my passport")
    async with AsyncExitStack() as taken:
        for _ in range(HELP.size):
            await taken.enter_async_context(HELP.connection())
        monkeypatch.setattr(pool, "WAIT_SECONDS", 0.05)
        page = await browser.part(urls.help_with(ticket_id))
    assert page.status_code == 200
    assert "too much going on" in page.text
    monkeypatch.setattr(pool, "WAIT_SECONDS", 2.0)
    again = await browser.part(urls.help_with(ticket_id))
    assert "too much going on" not in again.text


async def test_a_form_without_its_key_is_refused_in_words(app: Litestar) -> None:
    browser = await signed_in(app, await make.viewer(administrator=True, locale="en"))
    page = await browser.send(
        urls.knowledge_form("reply", 0),
        FIELDS | {"every_team": "yes", "do": "save", "form_key": "x" * 64},
        whole=True,
    )
    assert page.status_code == 303
    again = FIELDS | {"every_team": "yes", "do": "save", "form_key": "x" * 64, "version": "1"}
    piece_id = await sql.value("SELECT id FROM knowledge")
    refused = await browser.send(urls.knowledge_form("reply", piece_id), again, whole=True)
    assert refused.status_code == 422
    assert "This form is not complete" in refused.text


async def test_the_conversation_asks_for_help_only_after_it_is_there(app: Litestar) -> None:
    team = await make.team()
    browser = await signed_in(app, await make.viewer(agent_of=(team,), locale="en"))
    ticket_id = await make.ticket(team)
    await make.message(ticket_id)
    page = (await browser.page(urls.ticket(ticket_id))).text
    section = re.search(r'<section id="answer-help"[^>]*>', page)
    assert section
    assert f'hx-get="{urls.help_with(ticket_id)}" hx-trigger="load"' in section[0]
    whole = await browser.page(urls.help_with(ticket_id))
    assert whole.status_code == 200
    assert urls.ticket(ticket_id) in whole.text
