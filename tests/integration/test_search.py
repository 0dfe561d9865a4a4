"""What is found and what is not: spellings, numbers, operators, teams, and strings of any shape."""

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from routing.text import search_terms
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.settings import Settings
from server.kit.work import transaction
from server.people.queries import Viewer
from server.search import actions, queries, screens
from server.search.asked import read
from server.search.pool import connection, searching
from tests.support import factories as make
from tests.support.factories import NOW


@pytest.fixture
async def search(db: Settings) -> AsyncIterator[None]:
    async with searching():
        yield


async def said(
    ticket_id: int,
    text: str,
    *,
    kind: str = "message_received",
    at: datetime = NOW,
    **values: object,
) -> int:
    """Let somebody say something, as the desk does: the event carries it into the index."""
    async with transaction():
        await sql.run(
            "UPDATE tickets SET last_message_at = greatest(last_message_at, $2) WHERE id = $1",
            ticket_id,
            at,
        )
        message_id = await make.message(ticket_id, **{"text": text, "said_at": at, **values})
        await emit(
            [
                Event(
                    ticket_id, kind, {"message": message_id, "said_us": int(NOW.timestamp() * 1e6)}
                )
            ],
            at=at,
        )
    return message_id


async def asks(viewer: Viewer, text: str, **more: object) -> list[int]:
    found = await screens.results(
        viewer, asked=text, older=bool(more.get("older")), after=None, now=NOW
    )
    return [one.row.id for one in found.found]


FOUND = [  # what a clerk types, what stands in the ticket
    ("شكوي", "أريد تقديم شكوى"),
    ("شكوى", "هذه شكوي ثانية"),
    ("هدي", "الاسم هدى"),
    ("مصطفي", "أنا مصطفى"),
    ("مسؤول", "أين المسئول عن المكتب"),
    ("مسئول", "كلمت المسؤول أمس"),
    ("جواز", "أين جوازي"),
    ("الجواز", "معي صورة والجواز الأصل"),
    ("جوازات", "موقع الجوازات"),
    ("اصدار", "متى إصدار الوثيقة"),
    ("إصدار", "تم اصدار الوثيقة"),
    ("اقامة", "تجديد الإقامة"),
    ("اقامه", "رسوم الإقامة"),
    ("موعد", "مـــوعـــد المراجعة"),
    ("مُوَعِّد", "موعد المراجعة"),
    ("عبدالرحمن", "اسمي عبد الرحمن"),
    ("عبد الرحمن", "اسمي عبدالرحمن"),
    ("١٢٣٤٥٦", "رقم الطلب 123456"),
    ("123456", "رقم الطلب ١٢٣٤٥٦"),
    ("123456", "رقم الطلب ۱۲۳۴۵۶"),
    ("1234", "رقم الطلب 1234567"),
    ("a1234567", "passport A1234567"),
    ("کتاب", "كتاب رسمي"),
    ("renewals", "the renewal was refused"),
    ("RÉNOVÉ", "renove"),
    ("جواز صورة", "صورة من الجواز"),
]
NOT_FOUND = [
    ("123457", "رقم الطلب 123456"),
    ("23456", "رقم الطلب 123456"),
    ("12345678", "رقم الطلب 1234567"),
    ("12345679", "رقم الطلب 12345678"),
    ("موعود", "موعد المراجعة"),
    ("جواز", "الجو جميل"),
    ("فاتورة", "فاطمة كتبت"),
    ("تأشيرة رسوم", "رسوم فقط"),
    ("12", "رقم الطلب 123456"),
]


@pytest.mark.parametrize(("asked", "text"), FOUND)
def test_spellings_meet_in_the_index(asked: str, text: str) -> None:
    assert set(search_terms(asked)) <= set(search_terms(text)) or asked.isdigit()


async def test_finds_every_spelling_and_no_look_alike(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    for asked, text in FOUND:
        ticket_id = await make.ticket(team, subject="")
        await said(ticket_id, text)
        assert ticket_id in await asks(viewer, asked), (asked, text)
    for asked, text in NOT_FOUND:
        ticket_id = await make.ticket(team, subject="")
        await said(ticket_id, text)
        assert ticket_id not in await asks(viewer, asked), (asked, text)


async def test_words_may_stand_in_different_messages_but_a_phrase_may_not(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    ticket_id = await make.ticket(team, subject="بلاغ")
    await said(ticket_id, "فقدت حقيبتي في المطار")
    await said(ticket_id, "نعتذر عما حدث", kind="note_written", direction="note")
    assert await asks(viewer, "المطار نعتذر بلاغ") == [ticket_id]
    assert await asks(viewer, '"حقيبتي في المطار"') == [ticket_id]
    assert await asks(viewer, '"المطار نعتذر"') == []
    assert await asks(viewer, "المطار -نعتذر") == []
    assert await asks(viewer, "المطار -شكوى") == [ticket_id]


async def test_what_is_spelled_exactly_so_comes_first_then_the_newest(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    made = {}
    for days, text in ((1, "على الطاولة"), (2, "اسمه علي"), (3, "علي محمد"), (4, "على بابه")):
        ticket_id = await make.ticket(team, subject="", last_message_at=NOW - timedelta(days=days))
        await said(ticket_id, text, at=NOW - timedelta(days=days))
        made[days] = ticket_id
    assert await asks(viewer, "علي") == [made[2], made[3], made[1], made[4]]


async def test_operators_narrow(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    parent = await make.topic(ar="جوازات السفر", en="Passports")
    child = await make.topic(ar="تجديد", en="Renewal", parent_id=parent)
    contact = await make.contact(name="فاطمة العتيبي")
    identity = await make.identity(contact, address="fatima.a@mail.example")
    mine = await make.ticket(
        team,
        subject="سؤال",
        contact_id=contact,
        identity_id=identity,
        topic_id=child,
        status="pending",
    )
    await make.attachment(await said(mine, "عن الرسوم"))
    await said(mine, "ومرفق")
    call = await make.ticket(
        team,
        subject="سؤال",
        channel="hotline",
        contact_name="سعد",
        last_message_at=NOW - timedelta(days=40),
    )
    await said(call, "مكالمة", at=NOW - timedelta(days=40))
    both = {mine, call}
    assert set(await asks(viewer, "سؤال")) == both
    for narrowed in (
        "from:fatima.a@mail.example", "from:فاطمه", "من:العتيبي", "status:pending", "حالة:بانتظار",
        "topic:passports", "موضوع:تجديد", "after:2026-11-01", "channel:email", "-مكالمة",
    ):  # fmt: skip
        assert await asks(viewer, f"سؤال {narrowed}") == [mine], narrowed
    for narrowed in ("channel:hotline", "before:2026-11-01", "قبل:٢٠٢٦-١١-٠١", "status:new"):
        assert await asks(viewer, f"سؤال {narrowed}") == [call], narrowed
    odd = await screens.results(
        viewer, asked="سؤال status:banana", older=False, after=None, now=NOW
    )
    assert odd.notices[0].code == "search_no_such_status"
    assert not odd.found


async def test_files_are_found_by_name_and_by_being_there(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    ticket_id = await make.ticket(team, subject="سؤال")
    async with transaction():
        message_id = await make.message(ticket_id)
        await make.attachment(message_id, filename="شهادة الميلاد.pdf")
        await emit(
            [
                Event(
                    ticket_id,
                    "message_received",
                    {"message": message_id, "said_us": int(NOW.timestamp() * 1e6)},
                )
            ],
            at=NOW,
        )
    assert await asks(viewer, "ميلاد") == [ticket_id]
    assert await asks(viewer, "has:attachment") == [ticket_id]
    assert await asks(viewer, "فيه:مرفق سؤال") == [ticket_id]


async def test_phone_and_ticket_numbers_are_found_as_people_write_them(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    contact = await make.contact()
    identity = await make.identity(contact, channel="hotline", address="+966501234567")
    ticket_id = await make.ticket(team, contact_id=contact, identity_id=identity, number=777123)
    await said(ticket_id, "مكالمة", identity_id=identity)
    for asked in (
        "0501234567",
        "٠٥٠١٢٣٤٥٦٧",
        "966501234567",
        "+966501234567",
        "777123",
        "٧٧٧١",
        "#777123",
    ):
        assert await asks(viewer, asked) == [ticket_id], asked
    for asked in ("0501234568", "77123"):
        assert await asks(viewer, asked) == [], asked


async def test_nobody_finds_another_teams_ticket_even_after_it_moved(search: None) -> None:
    ours, theirs = await make.team(), await make.team()
    we, they = await make.viewer(agent_of=(ours,)), await make.viewer(agent_of=(theirs,))
    boss = await make.viewer(administrator=True)
    nobody = await make.viewer()
    ticket_id = await make.ticket(ours, subject="قضية سرية")
    await said(ticket_id, "تفاصيل")
    assert await asks(we, "سرية") == await asks(boss, "سرية") == [ticket_id]
    assert await asks(they, "سرية") == await asks(nobody, "سرية") == []
    async with transaction():
        await sql.run("UPDATE tickets SET team_id = $2 WHERE id = $1", ticket_id, theirs)
        await emit([Event(ticket_id, "team_changed", {"from": ours, "to": theirs})], at=NOW)
    assert await asks(we, "سرية") == []
    assert await asks(they, "سرية") == [ticket_id]


async def test_two_years_first_older_ones_when_asked(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    made = []
    for days in (10, 100, 500, 1000, 3000):
        at = NOW - timedelta(days=days)
        made.append(await make.ticket(team, subject="قديم", last_message_at=at))
        await said(made[-1], "كلام", at=at)
    assert await asks(viewer, "قديم") == made[:3]
    assert await asks(viewer, "قديم", older=True) == made
    assert await asks(viewer, "قديم before:2019-12-31") == made[4:]


async def test_pages_go_on_where_the_last_one_ended(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    made = []
    for hours in range(25):
        at = NOW - timedelta(hours=hours * 40)
        made.append(
            await make.ticket(team, subject="تجديد" if hours % 3 else "التجديد", last_message_at=at)
        )
        await said(made[-1], "كلام", at=at)
    seen: list[int] = []
    after = None
    for _ in range(9):
        found = await queries.find(read("تجديد"), viewer=viewer, now=NOW, after=after, limit=4)
        seen += [hit.id for hit in found.hits]
        after = found.next_after
        if after is None:
            break
    exact = [ticket_id for number, ticket_id in enumerate(made) if number % 3]
    assert seen == exact + [ticket_id for ticket_id in made if ticket_id not in exact]


async def test_words_are_marked_as_they_were_written(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    ticket_id = await make.ticket(team, subject="رسوم الإصدار", contact_name="عبد الرحمن علي")
    await said(ticket_id, "متى أستلم والجَوازَ، ورقمه ١٢٣٤٥٦؟")
    found = await screens.results(
        viewer, asked="جواز اصدار عبدالرحمن 1234", older=False, after=None, now=NOW
    )
    (one,) = found.found
    marked = {
        text for pieces in (one.contact, one.subject, one.words) for text, hit in pieces if hit
    }
    assert marked == {"عبد الرحمن", "الإصدار", "والجَوازَ", "١٢٣٤٥٦"}
    assert "".join(text for text, _ in one.words) == "متى أستلم والجَوازَ، ورقمه ١٢٣٤٥٦؟"


HOSTILE = [
    "", " ", '"', '""', "-", "--", ":*", "'", "\\", "\\'", "' | 'x", "a & b | !c <-> d", "(((", ")))", "!!", "<->",
    "status:", "status::::",
    "before:9999-99-99", "after:9999-12-31", "before:0001-01-01", "before:1970-01-01", "after:-1",
    "from:", 'from:"',
    "topic:%", "%", "_", "\x00", "a\x00b", "😀", "😀 😀", "ـ", "ًٌٍ", "\u202e\u2066", "\ud800", "و", "أ" * 5000,
    " ".join(f"w{n}" for n in range(500)), "1" * 400, '-"' * 100, "x:y:z" * 50, "has:has:has:", "-status:open", "؟،؛",
    "٪", "ß", "İ", "ﷺ", "ﻻ", "1.5e10", "0", "00000", "'; DROP TABLE tickets; --", "kfile g1 d1", "g1 | g2",
]  # fmt: skip


async def test_strings_of_any_shape_are_answered(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    await said(await make.ticket(team), "كلام")
    chance = random.Random(7)
    letters = "ابتجaz09 :\"'\\-&|!()<>*\x00ًـ٣😀\u200f%_.@#+/\n\t"
    wild = ["".join(chance.choices(letters, k=chance.randrange(1, 60))) for _ in range(150)]
    for asked in (*HOSTILE, *wild):
        found = await screens.results(viewer, asked=asked, older=True, after=None, now=NOW)
        assert all(note.code.startswith("search_") for note in found.notices), asked
        assert "search_cut_short" not in {note.code for note in found.notices}, asked


async def test_a_megabyte_of_words_is_indexed_as_far_as_it_goes(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    ticket_id = await make.ticket(team, subject="طويل")
    for part in range(12):
        await said(ticket_id, " ".join(f"كلمة{part}س{n:x}" for n in range(12_000)))
    assert await asks(viewer, "طويل") == [ticket_id]


async def test_older_tickets_are_taken_up_and_an_interruption_costs_nothing(search: None) -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    made = []
    for number in range(7):
        made.append(await make.ticket(team, subject=f"ملف {number}"))
        await make.message(made[-1], text="نص قديم")
    assert await asks(viewer, "ملف قديم") == []
    assert await actions.take_up(limit=3) == 3
    assert len(await asks(viewer, "ملف قديم")) == 3
    await said(made[6], "وجديد")  # not reached yet: it is taken up whole
    assert await asks(viewer, "ملف قديم جديد") == [made[6]]
    while await actions.take_up(limit=3):
        pass
    assert set(await asks(viewer, "ملف قديم")) == set(made)
    assert await asks(viewer, "ملف قديم جديد") == [made[6]]
    assert await actions.take_up() == 0


async def test_the_index_answers_among_a_hundred_thousand_tickets(search: None) -> None:
    team, small = await make.team(), await make.team()
    viewer = await make.viewer(agent_of=(team, small))
    await make.many_tickets(team, 100_000, assignees=(viewer.id,))
    await sql.run(
        """
        INSERT INTO search_documents (ticket_id, team_id, at, size, terms)
        SELECT id, team_id, at, 100, array_to_tsvector(search_marks(team_id, at)
            || ARRAY['nعام', 'xعام', 'nw' || id % 50000, 'xw' || id % 50000])
        FROM tickets CROSS JOIN LATERAL (SELECT $1::timestamptz - id * interval '26 minutes' AS at) AS spread
        """,
        NOW,
    )
    await sql.run("ANALYZE search_documents")
    await sql.run("ANALYZE tickets")
    now, two_years = queries._day(NOW), queries._day(NOW) - 720
    async with connection() as taken:
        for asked in ("عام", "w4711", "عام w4711", "ليست هنا"):
            for team_ids in (viewer.team_ids, (small,)):
                for span in queries.spans(now, two_years, two_years):
                    query, _ = queries._Walk(
                        read(asked), viewer, queries.Narrowed(), NOW, older=False, enough=31
                    )._query()
                    plan = await taken.fetch(
                        "EXPLAIN " + query.format(span=1, limit=31),
                        [f"{read(asked).loose} & {span}"],
                        NOW,
                        2**62,
                        team_ids,
                        NOW - timedelta(days=9000),
                    )
                    lines = "\n".join(row[0] for row in plan)
                    assert "search_documents_terms" in lines
                    assert "Seq Scan" not in lines
    found = await queries.find(read("عام"), viewer=viewer, now=NOW)
    assert len(found.hits) == queries.PAGE
    assert not found.cut_short
    found = await queries.find(read("w4711"), viewer=viewer, now=NOW)
    assert len(found.hits) == 1
