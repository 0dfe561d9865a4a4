"""What we write is read again as it was meant, by others and by ourselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.compose import compose
from channels.email.parse import parse
from channels.message import File, Outbound, Party

SENDER = Party("help@passports.example", "خدمة الجوازات")
LETTERS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), max_size=120)


def letter(**changes: object) -> Outbound:
    whole = Outbound(
        sender=SENDER,
        to=(Party("fatima@example.org", "Ali, Fatima"),),
        subject="رد: طلب تجديد جواز السفر رقم 4711",
        text="السلام عليكم،\n\nجوازكم جاهز للاستلام: https://passports.example/t?a=1&b=2\n\nمع التحية",
        message_id="tw.1.n.s@passports.example",
        date=datetime(2026, 11, 22, 15, 46, tzinfo=timezone(timedelta(hours=2))),
        in_reply_to="1@example.org",
        references=("0@example.org", "1@example.org"),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def test_a_letter_comes_back_as_it_was_written() -> None:
    sent = letter(cc=(Party("omar@example.org"),), reply_to=(Party("desk@passports.example"),))
    read = parse(compose(sent))
    assert (read.sender, read.to, read.cc, read.reply_to) == (
        sent.sender, sent.to, sent.cc, sent.reply_to
    )  # fmt: skip
    assert (read.subject, read.text, read.date) == (sent.subject, sent.text, sent.date)
    assert (read.message_id, read.in_reply_to) == (sent.message_id, ("1@example.org",))
    assert read.references == sent.references
    assert (read.automatic, read.warnings) == (None, ())


def test_the_same_letter_is_the_same_bytes() -> None:
    assert compose(letter()) == compose(letter())


@settings(max_examples=60)
@given(subject=LETTERS, name=LETTERS, text=LETTERS)
def test_any_words_survive_the_way(subject: str, name: str, text: str) -> None:
    wire = compose(letter(subject=subject, to=(Party("a@example.org", name),), text=text))
    read = parse(wire)
    assert (read.subject or "") == " ".join(subject.split())
    assert [party.address for party in read.to] == ["a@example.org"]
    assert read.text.strip() == text.strip()
    assert max(map(len, wire.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("language", ["ar", "ur", "en", "fr"])
def test_html_says_its_direction_on_an_outer_table_for_clients_that_drop_the_rest(
    language: str,
) -> None:
    way = "rtl" if language in ("ar", "ur") else "ltr"
    whole = message_from_bytes(compose(letter(language=language)), policy=policy.default)
    html = whole.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert f'<table dir="{way}" lang="{language}"' in html
    assert whole["Content-Language"] == language


def test_text_becomes_html_with_its_links_and_without_its_markup() -> None:
    html = parse(compose(letter(text="<b>1 & 2</b>\nhttps://a.example/?x=1&y=2."))).html or ""
    assert "&lt;b&gt;1 &amp; 2&lt;/b&gt;<br>" in html
    assert 'href="https://a.example/?x=1&amp;y=2"' in html


@pytest.mark.parametrize("field", ["subject", "text"])
def test_a_line_break_in_what_people_type_makes_no_header(field: str) -> None:
    read = message_from_bytes(compose(letter(**{field: "x\r\nBcc: evil@example.net\r\n\r\ny"})))
    assert read["Bcc"] is None


def test_a_line_break_in_a_name_or_file_name_makes_no_header() -> None:
    evil = "x\r\nBcc: evil@example.net"
    file = File(evil, "text/plain\r\nX-Evil: 1", b"x")
    read = message_from_bytes(compose(letter(sender=Party("a@b.example", evil), files=(file,))))
    assert [part["Bcc"] for part in read.walk()] == [None] * 5
    assert "X-Evil" not in str(read)


@pytest.mark.parametrize(
    "changes",
    [
        {"to": (Party("a@b.example\r\nBcc: c@d.example"),)},
        {"sender": Party("not an address")},
        {"message_id": "a b"},
        {"message_id": "a\r\nBcc: x"},
        {"in_reply_to": "<>"},
        {"date": datetime(2026, 1, 1)},  # noqa: DTZ001 - the missing zone is the point
    ],
)
def test_what_cannot_be_sent_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not an address|cannot|needs"):
        compose(letter(**changes))


def test_files_keep_their_arabic_names_and_their_bytes() -> None:
    long_name = "صورة شخصية " * 12 + ".jpeg"
    files = (
        File("جواز السفر.pdf", "application/pdf", bytes(range(256)) * 50),
        File(long_name, "image/jpeg", b"\xff\xd8"),
        File('quo"te;.txt', "text/plain", b"a\nb"),
    )
    read = parse(compose(letter(files=files))).files
    assert [(file.content_type, file.content) for file in read] == [
        (file.content_type, file.content) for file in files
    ]
    assert [file.filename for file in read] == ["جواز السفر.pdf", long_name, "quo_te;.txt"]


def test_an_inline_image_stands_beside_the_html_that_shows_it() -> None:
    image = File("logo.png", "image/png", b"png", inline=True, content_id="logo@x")
    read = parse(compose(letter(html='<p>x <img src="cid:logo@x"></p>', files=(image,))))
    assert read.files == (image,)
    assert "cid:logo@x" in (read.html or "")


def test_an_enclosed_mail_is_sent_as_a_plain_file() -> None:
    read = parse(
        compose(letter(files=(File("old.eml", "message/rfc822", b"Subject: x\r\n\r\ny"),)))
    )
    assert read.files[0].content_type == "application/octet-stream"


def test_references_keep_the_first_and_the_last_within_what_relays_bear() -> None:
    ids = tuple(f"{number}.{'x' * 40}@example.org" for number in range(100))
    wire = compose(letter(references=ids))
    kept = parse(wire).references
    assert (kept[0], kept[-1]) == (ids[0], ids[-1])
    assert kept[1:] == ids[-len(kept) + 1 :]
    assert sum(map(len, kept)) < 1000


def test_ids_of_others_that_cannot_be_written_are_left_out() -> None:
    read = parse(compose(letter(references=("a@b", "x\r\nBcc: y", "ü@x", "c@d"))))
    assert read.references == ("a@b", "c@d")


def test_automatic_mail_says_so() -> None:
    wire = compose(letter(automatic=True))
    assert parse(wire).automatic == "auto-replied"
    assert b"X-Auto-Response-Suppress: All" in wire


def test_dates_are_written_in_english_with_their_zone() -> None:
    wire = compose(letter(date=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)))
    assert b"Date: Fri, 2 Jan 2026 03:04:05 +0000\r\n" in wire


def test_an_arabic_domain_travels_in_ascii() -> None:
    wire = compose(letter(to=(Party("a@مثال.إختبار"),)))
    assert b"To: a@xn--mgbh0fb.xn--kgbechtv\r\n" in wire
