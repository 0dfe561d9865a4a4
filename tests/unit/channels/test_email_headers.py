"""Headers as mailers get them wrong: addresses, parameters, dates, ids and the parts they announce."""

import pytest

from channels.email.parse import charset, dates, parse
from channels.email.parse.addresses import parse as addresses
from channels.email.parse.params import parse as params


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("'Salma' <salma@example.org>", [("Salma", "salma@example.org")]),
        ("Salma [salma@example.org]", [("Salma", "salma@example.org")]),
        ("a@example.org b@example.org", [(None, "a@example.org"), (None, "b@example.org")]),
        (
            "Salma <a@example.org> Omar <b@example.org>",
            [("Salma", "a@example.org"), ("Omar", "b@example.org")],
        ),
        ("Salma <her phone> <a@example.org>", [("Salma", "a@example.org")]),
        ("salma@home@example.org", [("salma@home@example.org", "")]),
        ("salma@bank.example <a@example.org", [("salma@bank.example", "a@example.org")]),
        (
            "<a@example.org, Omar <b@example.org>",
            [(None, "a@example.org"), ("Omar", "b@example.org")],
        ),
        (
            "salma@bank.example (home <a@example.org>",
            [("salma@bank.example home", "a@example.org")],
        ),
        ('"Salma <a@example.org>', [("Salma", "a@example.org")]),
        ("Salma <@old.example,@[IPv6:2001:db8::1]:a@example.org>", [("Salma", "a@example.org")]),
    ],
)
def test_addresses_that_no_standard_knows(
    header: str, expected: list[tuple[str | None, str]]
) -> None:
    assert [(party.name, party.address) for party in addresses(header.encode())] == expected


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("image / jpeg", "image/jpeg", {}),
        ("text/plain>", "text/plain", {}),
        ("text/html Content-Language: ar", "text/html", {}),
        ('attachment filename="Form.PDF"', "attachment", {"filename": "Form.PDF"}),
        (
            'application/pdf name="a.pdf"; size=3',
            "application/pdf",
            {"name": "a.pdf", "size": "3"},
        ),
        (
            "attachment\n filename*0*=utf-8''Form%20\n filename*1*=A.pdf",
            "attachment",
            {"filename": "Form A.pdf"},
        ),
        ('attachment; filename="a;\n b=c.pdf"', "attachment", {"filename": "a; b=c.pdf"}),
        ("=?utf-8?Q?inline?=", "=?utf-8?q?inline?=", {}),
    ],
)
def test_parameters_without_their_semicolons(
    header: str, value: str, expected: dict[str, str]
) -> None:
    assert params(header.encode()) == (value, expected)


@pytest.mark.parametrize(
    "said", ["04.05.2026 08:41:00", "2026-05-04, 8:41AM", "4 May 2026 08.41", "4.5.2026 8.41"]
)
def test_dates_with_points_and_commas(said: str) -> None:
    found = dates.parse(said)
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == "2026-05-04 08:41"


def test_ids_of_doubled_headers_are_all_read() -> None:
    mail = parse(
        b"References: <a@x>\nReferences: <b@x>\nIn-Reply-To: <a@x>\nIn-Reply-To: <c@x>\n\nz"
    )
    assert mail.references == ("a@x", "b@x")
    assert mail.in_reply_to == ("a@x", "c@x")


def test_an_indented_first_header_counts() -> None:
    mail = parse(b" From: Salma <salma@example.org>\nSubject: passport\n\nhello")
    assert mail.sender is not None
    assert (mail.sender.address, mail.subject, mail.text) == (
        "salma@example.org",
        "passport",
        "hello",
    )


def test_an_end_mark_on_the_last_line_of_the_letter_is_no_part_of_it() -> None:
    mail = parse(b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\nhello--B--\n")
    assert (mail.text, mail.warnings) == ("hello", ())


def test_a_file_is_called_what_it_is_called_where_it_lies() -> None:
    mail = parse(
        b"Content-Type: multipart/related; boundary=B\n\n--B\nContent-Type: image/png\n"
        b"Content-Location: http://example.org/forms/stamp.png?v=2\n\nx\n--B--\n"
    )
    assert [file.filename for file in mail.files] == ["stamp.png"]


@pytest.mark.parametrize("name", ["messageReplySection", "quote"])
def test_history_that_a_web_mailer_names_is_cut(name: str) -> None:
    mail = parse(
        b"Subject: Re: z\nContent-Type: text/html\n\n"
        b'<p>New words</p><div name="%s"><p>old words</p></div>' % name.encode()
    )
    assert mail.reply_text == "New words"
    assert "old words" in mail.text


@pytest.mark.parametrize(
    ("label", "data"),
    [
        ("iso-2022-jp", b"\x1b$B-!\x1b(B 2026"),
        ("euc-jp", b"\xad\xa1 2026"),
        ("sjis", b"\x87@ 2026"),
    ],
)
def test_circled_numbers_of_japanese_programs_are_read(label: str, data: bytes) -> None:
    assert charset.decode(data, label)[0] == "\N{CIRCLED DIGIT ONE} 2026"


def test_rare_letters_and_small_katakana_of_windows_are_read_too() -> None:
    said = b"\x1b$B-j|b\x1b(I12\x1b(B."
    assert charset.decode(said, "iso-2022-jp-ms")[0] == "\u3231\u9ad9\uff71\uff72."


def test_a_latin_letter_under_a_japanese_label_makes_no_japanese_letter() -> None:
    assert charset.decode(b"Dij\x8at", "iso-2022-jp")[0].endswith("t")


def test_letters_one_behind_the_other_begin_on_lines_of_their_own() -> None:
    part = b"--b\r\nContent-Type: text/html\r\n\r\n%s\r\n"
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part % b"One" + part % b"Two"
    assert parse(raw + b"--b--\r\n").text == "One\nTwo"
