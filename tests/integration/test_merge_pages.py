"""Merging and splitting on the agents' screens: who may, what is said, and what stands on the pages then."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape

import pytest
from httpx import Response
from litestar import Litestar

from server.app import create_app
from server.db import sql
from server.kit import blobs, clock
from server.kit.http import secure_name
from server.people import actions as people
from server.people.queries import viewer_of
from server.search.pool import searching
from server.tickets import actions as tickets
from tests.support import factories as make
from tests.support.desk import Browser, signed_in
from tests.support.merging import FATIMA, OMAR, Counter, counter

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


@dataclass(slots=True)
class Desk:
    """A mailbox, and somebody at a browser who reads its tickets in English."""

    counter: Counter
    browser: Browser

    async def number(self, ticket_id: int) -> str:
        return str(await sql.value("SELECT number FROM tickets WHERE id = $1", ticket_id))

    async def status(self, ticket_id: int) -> str:
        return str(await sql.value("SELECT status FROM tickets WHERE id = $1", ticket_id))

    async def merge(self, ticket_id: int, into: int, *, key: str = "m1") -> str:
        answer = await self.browser.send(
            f"/tickets/{ticket_id}/merge", {"into": str(into), "form_key": key}
        )
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
async def desk(app: Litestar) -> AsyncIterator[Desk]:
    made = await counter()
    await sql.run("UPDATE users SET locale = 'en', digits = 'latn' WHERE id = $1", made.agent.id)
    async with searching():
        yield Desk(made, await signed_in(app, made.agent))


async def stranger(app: Litestar) -> Browser:
    return await signed_in(app, await make.viewer(agent_of=(await make.team(),), locale="en"))


def said(html: str) -> str:
    """Return what the page says, without its marks."""
    inline = re.sub(r"</?(?:bdi|a)\b[^>]*>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inline)).split())


def thread(html: str) -> str:
    """Return what was said and done, without the list and what stands beside it."""
    return html.split('class="thread">')[1].split("</ol>", maxsplit=1)[0]


def choices(html: str) -> list[int]:
    return [int(one) for one in re.findall(r'name="into" value="(\d+)"', html)]


async def attach(
    desk: Desk, ticket_id: int, name: str, *, whole: bool = False, **fields: object
) -> Response:
    """Send an answer with a file; without words it is refused, and the file is kept."""
    return await desk.browser.send(
        f"/tickets/{ticket_id}/reply",
        {"form_key": "r", "text": "", "seen_seq": "99", **fields},
        files={"files": (name, b"%PDF-1.7", "application/pdf")},
        whole=whole,
    )


async def answered(desk: Desk, ticket_id: int) -> int:
    """Answer with a file; the answer is held."""
    answer = await attach(desk, ticket_id, "form.pdf", text="Too early")
    assert answer.status_code == 200
    return int(await sql.value("SELECT max(id) FROM deliveries"))


def kept(html: str) -> list[str]:
    return re.findall(r'name="kept" value="(\d+)"', html)


def file_names(html: str) -> list[str]:
    """Return which files stand in the composer."""
    composer = html.split('id="composer"')[1].split("</form>", maxsplit=1)[0]
    return list(dict.fromkeys(re.findall(r"[a-z]+\.pdf", composer)))


async def test_the_contacts_other_tickets_are_offered_first_the_newest_first(desk: Desk) -> None:
    first, second, third = [await desk.counter.asks(f"Question {n}") for n in range(3)]
    omars = await desk.counter.asks("Another matter", sender=OMAR)
    page = await desk.browser.part(f"/tickets/{second}/merge")
    assert choices(page.text) == [third, first]
    assert "Question 2" in page.text
    assert "Another person asked it" not in page.text
    assert "Omar" not in page.text
    whole = await desk.browser.page(f"/tickets/{second}/merge")
    assert choices(whole.text) == [third, first]
    assert omars not in choices(whole.text)


async def test_a_number_in_any_digits_finds_a_ticket_and_warns_of_another_person(
    desk: Desk,
) -> None:
    mine = await desk.counter.asks()
    omars = await desk.counter.asks("Where is my visa?", sender=OMAR)
    number = await desk.number(omars)
    eastern = number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for asked in (number, f"#{number}", f" {eastern} "):
        page = await desk.browser.client.get(
            f"/tickets/{mine}/merge", params={"q": asked}, headers={"HX-Request-Type": "partial"}
        )
        assert choices(page.text) == [omars], asked
        assert "Another person asked it. Answers will go to omar@example.org only" in said(
            page.text
        )
        assert "Omar Saleh" in page.text


async def test_a_merge_opens_the_root_with_everything_in_one_conversation(desk: Desk) -> None:
    older = await desk.counter.asks("My first letter")
    root = await desk.counter.asks("My second letter")
    await desk.counter.adds(root, "And a third")
    shown = await desk.merge(older, root)
    assert "<hx-partial" in shown
    words = said(shown)
    older_number, root_number = await desk.number(older), await desk.number(root)
    assert words.index("My first letter") < words.index("My second letter") < words.index("third")
    assert f"from #{older_number}" in words
    assert f"#{older_number} was merged into this ticket · Amal" in words
    assert words.count("My first letter") == 1
    assert f'href="/tickets/{older}"' in shown
    went = await desk.browser.page(f"/tickets/{older}")
    assert f"Amal merged this ticket into #{root_number}" in said(went.text)
    assert 'id="composer"' not in went.text
    assert "My first letter" in thread(went.text)
    assert "My second letter" not in thread(went.text)
    listed = await desk.browser.page("/inbox/all?status=closed")
    assert f"merged into #{root_number}" in said(listed.text)
    found = await desk.browser.page("/search?q=first+letter")
    assert f"merged into #{root_number}" in said(found.text)


async def test_an_undone_merge_shows_both_as_they_were(desk: Desk) -> None:
    older, root = await desk.counter.asks("My first letter"), await desk.counter.asks("My second")
    await desk.merge(older, root)
    again = await desk.browser.send(
        f"/tickets/{older}/merge/undo", {"form_key": "u1", "show": str(root)}
    )
    assert again.status_code == 200
    assert again.headers["HX-Push-Url"].startswith(f"/tickets/{root}")
    assert "My first letter" not in thread(again.text)
    assert "is a ticket of its own again" in said(again.text)
    back = await desk.browser.page(f"/tickets/{older}")
    assert 'id="composer"' in back.text
    assert "No longer merged into" in said(back.text)
    twice = await desk.browser.send(f"/tickets/{older}/merge/undo", {"form_key": "u2"})
    assert twice.status_code == 409
    assert "This is undone already" in said(twice.text)


async def test_what_cannot_be_merged_is_refused_with_a_plain_sentence(
    app: Litestar, desk: Desk
) -> None:
    one, closed = await desk.counter.asks(), await desk.counter.asks("Closed long ago")
    await sql.run("UPDATE tickets SET status = 'closed' WHERE id = $1", closed)
    hidden = await make.ticket(await make.team())
    refusals: list[tuple[dict[str, str], str]] = [
        ({"into": str(one)}, "This is the same ticket"),
        ({"into": str(closed)}, f"#{await desk.number(closed)} is closed"),
        ({"into": str(hidden)}, "Your teams have no ticket with this number"),
        ({"into": "999999999"}, "Your teams have no ticket with this number"),
        ({"q": "999999999"}, "Your teams have no ticket with this number"),
        ({"q": await desk.number(one)}, "This is the same ticket"),
        ({"q": await desk.number(hidden)}, "Your teams have no ticket with this number"),
        ({"q": "some words"}, "Choose the ticket first"),
        ({}, "Choose the ticket first"),
        ({"into": "'; DROP TABLE tickets; --"}, "This cannot be changed from here"),
        ({"into": "9" * 40}, "This cannot be changed from here"),
        ({"q": "9" * 19}, "Choose the ticket first"),
    ]
    for n, (fields, sentence) in enumerate(refusals):
        answer = await desk.browser.send(f"/tickets/{one}/merge", {"form_key": f"k{n}", **fields})
        assert answer.status_code == 422, fields
        assert sentence in said(answer.text), fields
        whole = await desk.browser.send(
            f"/tickets/{one}/merge", {"form_key": f"k{n}", **fields}, whole=True
        )
        assert (whole.status_code, sentence in said(whole.text)) == (422, True), fields
    assert await desk.status(one) != "closed"
    assert (
        await desk.browser.send(f"/tickets/{hidden}/merge", {"form_key": "k"})
    ).status_code == 404
    assert (await desk.browser.page(f"/tickets/{hidden}/merge")).status_code == 404


async def test_the_search_of_the_dialog_says_why_a_ticket_is_no_choice(desk: Desk) -> None:
    one, closed = await desk.counter.asks(), await desk.counter.asks()
    await sql.run("UPDATE tickets SET status = 'closed' WHERE id = $1", closed)
    for asked, sentence in (
        (await desk.number(one), "This is the same ticket"),
        (await desk.number(closed), "is closed. Choose one that is still open"),
        ("999999999", "No ticket of your teams is called so"),
        ('<script>"&', "No ticket of your teams is called so"),
        ("\x00'; --", "No ticket of your teams is called so"),
        ("9" * 200, "No ticket of your teams is called so"),
    ):
        page = await desk.browser.client.get(
            f"/tickets/{one}/merge", params={"q": asked}, headers={"HX-Request-Type": "partial"}
        )
        assert page.status_code == 200
        assert choices(page.text) == []
        assert sentence in said(page.text), asked
        assert "<script>" not in page.text


async def test_only_who_may_see_both_can_merge_and_undo(app: Litestar, desk: Desk) -> None:
    one, root = await desk.counter.asks(), await desk.counter.asks("second")
    other = await stranger(app)
    for path in (f"/tickets/{one}/merge", f"/tickets/{one}/merge/undo"):
        refused = await other.send(path, {"into": str(root), "form_key": "k"})
        assert refused.status_code == 404
    await desk.merge(one, root)
    team = await make.team(en="Residency")
    await sql.run("UPDATE tickets SET team_id = $2 WHERE id = $1", root, team)
    # Its own page still says where it went, and offers no way that this person may not go.
    page = await desk.browser.page(f"/tickets/{one}")
    assert f"Amal merged this ticket into #{await desk.number(root)}" in said(page.text)
    assert f'href="/tickets/{root}"' not in page.text
    assert "/merge/undo" not in page.text
    assert (
        await desk.browser.send(f"/tickets/{one}/merge/undo", {"form_key": "u"})
    ).status_code == 404
    theirs = await signed_in(app, await make.viewer(agent_of=(team,), locale="en"))
    root_page = await theirs.page(f"/tickets/{root}")
    assert "was merged into this ticket" in said(root_page.text)
    assert f'href="/tickets/{one}"' not in root_page.text
    assert "/merge/undo" not in root_page.text


async def test_without_the_forms_own_token_nothing_happens(desk: Desk) -> None:
    one, root = await desk.counter.asks(), await desk.counter.asks("second")
    message = await desk.counter.adds(root, "third")
    desk.browser.client.cookies.delete(secure_name("csrftoken"))
    for path in (
        f"/tickets/{one}/merge",
        f"/tickets/{one}/merge/undo",
        f"/messages/{message}/split",
    ):
        answer = await desk.browser.send(path, {"into": str(root), "form_key": "k"})
        assert answer.status_code == 403, path
    assert await desk.status(one) != "closed"
    assert (await desk.browser.page(f"/tickets/{one}/merge/undo")).status_code in {404, 405}


async def test_a_form_sent_twice_merges_once(desk: Desk) -> None:
    one, root = await desk.counter.asks(), await desk.counter.asks("second")
    for _ in range(2):
        await desk.merge(one, root, key="same")
    assert await sql.value("SELECT count(*) FROM events WHERE kind = 'ticket_took_over'") == 1
    without = await desk.browser.send(
        f"/tickets/{one}/merge", {"into": str(root), "form_key": "same"}, whole=True
    )
    assert (without.status_code, without.headers["location"]) == (
        303,
        f"/tickets/{root}?view=mine",
    )


async def test_what_is_done_to_a_merged_ticket_leads_to_its_root(desk: Desk) -> None:
    one, root, third = [await desk.counter.asks(f"Letter {n}") for n in range(3)]
    await desk.merge(one, root)
    number = await desk.number(root)
    for verb, fields in (
        ("status", {"status": "resolved"}),
        ("take", {}),
        ("assign", {"assignee": ""}),
        ("tags", {"tags": "x"}),
        ("merge", {"into": str(third)}),
    ):
        answer = await desk.browser.send(f"/tickets/{one}/{verb}", {"form_key": verb, **fields})
        assert answer.status_code == 409, verb
        assert f"Amal merged this ticket into #{number}" in said(answer.text), verb
    for verb in ("reply", "note"):
        answer = await desk.browser.send(
            f"/tickets/{one}/{verb}",
            {"form_key": verb, "text": "Your passport <is> ready", "seen_seq": "99", "mode": verb},
        )
        assert answer.status_code in {409, 422}, verb
        assert "Your passport &lt;is&gt; ready" in answer.text
        assert f"The conversation goes on in #{number}" in said(answer.text), verb
        assert f'href="/tickets/{root}"' in answer.text
    assert await sql.value("SELECT count(*) FROM messages WHERE direction <> 'in'") == 0


async def test_files_of_an_answer_that_came_too_late_wait_where_the_conversation_goes_on(
    desk: Desk,
) -> None:
    one, root = await desk.counter.asks(), await desk.counter.asks("second")
    await desk.merge(one, root)
    await desk.browser.send(
        f"/tickets/{one}/reply",
        {"form_key": "r", "text": "The form is attached", "seen_seq": "99"},
        files={"files": ("form.pdf", b"%PDF-1.7", "application/pdf")},
    )
    page = await desk.browser.page(f"/tickets/{root}")
    assert "form.pdf" in page.text.split('id="composer"')[1]


async def test_an_answer_too_late_costs_neither_its_own_files_nor_those_that_wait_on_the_root(
    desk: Desk,
) -> None:
    one, root = await desk.counter.asks(), await desk.counter.asks("second")
    await attach(desk, root, "waits.pdf")
    chosen = kept((await attach(desk, one, "chosen.pdf")).text)
    await desk.merge(one, root)
    # Twice, as whoever does not believe it tries again.
    for key in ("late", "later"):
        answer = await attach(desk, one, "new.pdf", text="Attached", form_key=key, kept=chosen)
        assert answer.status_code == 409
    page = await desk.browser.page(f"/tickets/{root}")
    assert sorted(file_names(page.text)) == ["chosen.pdf", "new.pdf", "waits.pdf"]


async def test_an_answer_too_late_stays_with_its_files_where_the_root_is_out_of_sight(
    desk: Desk,
) -> None:
    one, root = await desk.counter.asks(), await desk.counter.asks("second")
    await desk.merge(one, root)
    await sql.run("UPDATE tickets SET team_id = $2 WHERE id = $1", root, await make.team())
    for whole in (False, True):
        answer = await attach(desk, one, "new.pdf", text="Attached", whole=whole)
        assert answer.status_code == 409
        assert "Attached" in answer.text.split('id="composer"')[1]
        assert f"The conversation goes on in #{await desk.number(root)}" in said(answer.text)
        assert file_names(answer.text) == ["new.pdf"]


async def test_an_answer_taken_back_after_a_merge_waits_with_its_files_on_the_root(
    desk: Desk,
) -> None:
    one, root = await desk.counter.asks(), await desk.counter.asks("second")
    delivery = await answered(desk, one)
    await desk.merge(one, root)
    back = await desk.browser.send(f"/deliveries/{delivery}/undo", {"form_key": "u"})
    assert back.status_code == 200
    composer = back.text.split('id="composer"')[1]
    assert f'action="/tickets/{root}/reply"' in back.text
    assert "Too early" in composer
    assert file_names(back.text) == ["form.pdf"]


@pytest.mark.parametrize("whole", [False, True])
async def test_an_answer_taken_back_is_not_lost_where_the_root_is_out_of_sight(
    desk: Desk, *, whole: bool
) -> None:
    one, root = await desk.counter.asks(), await desk.counter.asks("second")
    delivery = await answered(desk, one)
    await desk.merge(one, root)
    await sql.run("UPDATE tickets SET team_id = $2 WHERE id = $1", root, await make.team())
    back = await desk.browser.send(f"/deliveries/{delivery}/undo", {"form_key": "u"}, whole=whole)
    assert back.status_code == 200
    assert "Too early" in back.text.split('id="composer"')[1]
    assert file_names(back.text) == ["form.pdf"]
    assert f"The conversation goes on in #{await desk.number(root)}" in said(back.text)
    assert f'href="/tickets/{root}"' not in back.text


async def test_a_merge_by_a_colleague_is_shown_before_an_answer_leaves(desk: Desk) -> None:
    one, root = await desk.counter.asks(), await desk.counter.asks("second")
    page = await desk.browser.page(f"/tickets/{root}")
    seen = re.findall(r'name="seen_seq" value="(\d+)"', page.text)[-1]
    colleague = await viewer_of(
        await people.add_user(
            email="basma@passports.example",
            name="Basma",
            role="agent",
            team="intake",
            password=None,
            now=clock.now(),
        )
    )
    assert colleague is not None
    await tickets.merge(one, into=root, by=colleague, form_key="theirs", now=clock.now())
    answer = await desk.browser.send(
        f"/tickets/{root}/reply", {"form_key": "r", "text": "Dear Fatima", "seen_seq": seen}
    )
    assert answer.status_code == 409
    assert f"#{await desk.number(one)} was merged into this ticket · Basma" in said(answer.text)
    assert "Dear Fatima" in answer.text
    anyway = re.findall(r'name="anyway_seq" value="(\d+)"', answer.text)[0]
    again = await desk.browser.send(
        f"/tickets/{root}/reply",
        {"form_key": "r2", "text": "Dear Fatima", "anyway": "1", "anyway_seq": anyway},
    )
    assert again.status_code == 200


async def test_the_newest_word_of_somebody_else_is_pointed_out_and_never_answered_by_itself(
    desk: Desk,
) -> None:
    root = await desk.counter.asks("I ask for myself")
    omars = await desk.counter.asks("I ask for my mother", sender=OMAR)
    await desk.merge(omars, root)
    page = await desk.browser.page(f"/tickets/{root}")
    assert "The newest message is from omar@example.org, whom this answer does not reach" in said(
        page.text
    )
    assert 'data-everybody="omar@example.org"' in page.text
    assert re.search(r'name="cc"[^>]*></textarea>', page.text), "nobody is copied by itself"
    assert "fatima@example.org" in said(page.text.split('id="composer"')[1])
    delivery = await desk.counter.answers(root, "For Fatima")
    row = await sql.row("SELECT recipients FROM deliveries WHERE id = $1", delivery)
    assert row is not None
    assert [one["address"] for one in sql.load(row["recipients"])] == ["fatima@example.org"]
    after = await desk.browser.page(f"/tickets/{root}")
    assert "whom this answer does not reach" not in said(after.text)


async def test_an_answer_refers_to_the_newest_mail_of_its_own_citizen_and_quotes_nobody_else(
    desk: Desk,
) -> None:
    root = await desk.counter.asks("Fatima asks", sender=FATIMA)
    older = await desk.counter.asks("Fatima asks once more", sender=FATIMA)
    omars = await desk.counter.asks("Omar tells his secret", sender=OMAR)
    for one, key in ((older, "a"), (omars, "b")):
        await desk.merge(one, root, key=key)
    await desk.counter.adds(omars, "Omar goes on", sender=OMAR)
    await desk.counter.answers(root, "For Fatima")
    kept = await sql.value("SELECT blob_hash FROM kept_mails ORDER BY id DESC LIMIT 1")
    raw = (await blobs.load(kept)).decode()
    newest = await sql.value("SELECT external_id FROM messages WHERE ticket_id = $1", older)
    assert newest in re.search(r"(?i)in-reply-to: *(\S+)", raw)[1]  # type: ignore[index]
    assert "secret" not in raw


async def test_a_message_becomes_a_ticket_of_its_own_and_goes_back(desk: Desk) -> None:
    source = await desk.counter.asks("My passport is late")
    page = await desk.browser.page(f"/tickets/{source}")
    assert "/split" not in page.text, "the only message cannot go"
    message = await desk.counter.adds(source, "And my visa, too")
    page = await desk.browser.page(f"/tickets/{source}")
    assert f'action="/messages/{message}/split"' in page.text
    answer = await desk.browser.send(f"/messages/{message}/split", {"form_key": "s1"})
    assert answer.status_code == 200
    new = int(await sql.value("SELECT ticket_id FROM messages WHERE id = $1", message))
    assert new != source
    assert answer.headers["HX-Push-Url"].startswith(f"/tickets/{new}")
    words = said(answer.text)
    assert f"Split off from #{await desk.number(source)}" in words
    assert f"The message is #{await desk.number(new)} now" in words
    twice = await desk.browser.send(f"/messages/{message}/split", {"form_key": "s1"})
    assert twice.headers["HX-Push-Url"] == answer.headers["HX-Push-Url"]
    assert "merge-done" not in twice.text
    left = said((await desk.browser.page(f"/tickets/{source}")).text)
    assert f"A message became #{await desk.number(new)} · Amal" in left
    assert await sql.value("SELECT count(*) FROM deliveries WHERE ticket_id = $1", new) == 0
    refused = await desk.browser.send(f"/messages/{message}/split", {"form_key": "s2"})
    assert refused.status_code == 422
    assert "This is the only message of its ticket" in said(refused.text)
    back = await desk.merge(new, source, key="back")
    assert "And my visa, too" in thread(back)


async def test_a_message_that_goes_to_another_team_is_named_and_its_source_stays(
    desk: Desk,
) -> None:
    residency = await make.team(en="Residency")
    await make.topic(en="Visa", team_id=residency, keywords=["visa"])
    source = await desk.counter.asks("My passport is late")
    message = await desk.counter.adds(source, "visa visa visa")
    answer = await desk.browser.send(f"/messages/{message}/split", {"form_key": "s1"})
    assert answer.status_code == 200
    new = int(await sql.value("SELECT ticket_id FROM messages WHERE id = $1", message))
    assert await sql.value("SELECT team_id FROM tickets WHERE id = $1", new) == residency
    assert answer.headers["HX-Push-Url"].startswith(f"/tickets/{source}")
    words = said(answer.text)
    assert f"The message is #{await desk.number(new)} now" in words
    assert f"A message became #{await desk.number(new)}" in words
    assert f"/tickets/{new}" not in answer.text


async def test_messages_of_others_and_what_is_no_question_stay(app: Litestar, desk: Desk) -> None:
    source = await desk.counter.asks()
    message = await desk.counter.adds(source, "second")
    await desk.counter.answers(source)
    answer = await sql.value("SELECT max(id) FROM messages WHERE direction = 'out'")
    other = await stranger(app)
    assert (await other.send(f"/messages/{message}/split", {"form_key": "k"})).status_code == 404
    assert (await desk.browser.send("/messages/999999/split", {"form_key": "k"})).status_code == 404
    refused = await desk.browser.send(f"/messages/{answer}/split", {"form_key": "k"})
    assert refused.status_code == 422
    assert "Only a message of a citizen" in said(refused.text)
    page = await desk.browser.page(f"/tickets/{source}")
    assert f"/messages/{answer}/split" not in page.text


async def test_a_family_pages_back_without_losing_or_repeating_a_message(
    desk: Desk,
) -> None:
    one, root = await desk.counter.asks("word 0"), await desk.counter.asks("word 1")
    for n in range(2, 110):
        await make.message((one, root)[n % 2], text=f"word {n}", reply_text=f"word {n}")
    await desk.merge(one, root)
    page = await desk.browser.page(f"/tickets/{root}")
    seen: list[str] = []
    for _ in range(5):
        seen = re.findall(r">(word \d+)<", thread(page.text)) + seen
        link = re.search(rf'href="(/tickets/{root}\?[^"]*before=\d+)"', page.text)
        if link is None:
            break
        page = await desk.browser.page(unescape(link[1]))
    assert sorted(seen) == sorted(f"word {n}" for n in range(110))
    assert len(seen) == len(set(seen))
