"""Whatever the bytes, reading ends soon, raises nothing, and gives text that can be stored."""

import json
import time
from collections.abc import Callable
from functools import reduce

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from channels.email.parse import limits, parse
from channels.email.parse.mail import ParsedMail

HEAD = b"From: a@example.org\r\nSubject: s\r\n"
PIECES = [
    b"\r\n", b"\n", b"\r", b"--b", b"--", b"\0", b"\xff", b"\xd8\xa7", b"=?utf-8?B?", b"?=", b'"',
    b"<", b">", b"(", b";", b"Content-Type: multipart/mixed; boundary=b\r\n", b"\x1b$B", b"> x",
    b"Content-Type: text/html; charset=utf-7\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Disposition: attachment; filename*0*=", b"On 1/1/2026 a@b.example wrote:\n",
    b"From: MAILER-DAEMON\r\n", b"Content-Type: message/delivery-status\r\n", b"550 5.1.1 ",
    b"<blockquote type=cite><b><p>", b"begin 644 a\n", b"Date: ", b"\x78\x9f\x3e\x22",
]  # fmt: skip


def stored(mail: ParsedMail) -> None:
    shown = json.dumps(mail.as_json(), ensure_ascii=False).encode()
    assert b"\\u0000" not in shown
    assert mail.reply_text.strip() or not mail.text.strip()


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=2000)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), max_size=40))
def test_any_bytes_are_read(pieces: list[bytes]) -> None:
    stored(parse(b"".join(pieces)))


@settings(max_examples=100, deadline=2000)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
@example("\ue0f1 our own marks \ue0f2")
def test_any_text_is_kept_whole(text: str) -> None:
    raw = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\nx" + text.encode() + b"x\r\n"
    assert parse(raw).text == f"x{text}x"


def multipart(count: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nwords\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + b"--b--\r\n"


def nested(depth: int) -> bytes:
    opened = (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )
    return reduce(bytes.__add__, opened, HEAD) + b"\r\ndeep words\r\n"


def html(body: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + body


BOMBS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "ten thousand parts": lambda: multipart(10_000),
    "hundredfold nesting": lambda: nested(100),
    "a line of a megabyte": lambda: HEAD + b"\r\n" + b"a" * 1_000_000,
    "an Arabic line of a megabyte": lambda: HEAD + b"\r\n" + "ا ".encode() * 330_000,
    "a hundred thousand headers": lambda: b"".join(b"X-%d: y\r\n" % n for n in range(100_000)),
    "a header of five megabytes": lambda: b"Subject: " + b"x" * 5_000_000 + b"\r\n\r\nbody",
    "a hundred thousand recipients": lambda: b"To: " + b"a@b.example, " * 100_000 + b"\r\n\r\n",
    "brackets without end": lambda: b"From: " + b"(" * 30_000 + b"\r\n\r\n",
    "encoded-words without end": lambda: b"From: " + b"=?utf-8?Q?a" * 3_000 + b"\r\n\r\n",
    "parameters of blanks": lambda: b"Content-Type: a/b; " + b" " * 30_000 + b"x\r\n\r\n",
    "deep elements": lambda: html(b"<div>" * 200_000),
    "open formatting times paragraphs": lambda: html(
        b"".join(b"<font color=%d>" % n for n in range(5_000)) + b"<p>x" * 5_000
    ),
    "only brackets": lambda: html(b"<" * 1_000_000),
    "entities without end": lambda: html(b"&amp" * 250_000),
    "one tag of attributes": lambda: html(b"<p " + b"a=1 " * 200_000 + b">"),
    "unfinished tags": lambda: html(b"<div " * 200_000),
    "attributions": lambda: HEAD + b"\r\n" + b"On a b c\n" * 100_000,
    "addresses that wrote": lambda: HEAD + b"\r\n" + b"a@b.c wrote\n" * 80_000,
    "copied headers": lambda: HEAD + b"\r\n" + b"From: a\n" * 100_000,
    "beginnings of files": lambda: HEAD + b"\r\n" + b"begin 644 x\n" * 80_000,
    "almost boundaries": lambda: multipart(1) + b"--bx" * 400_000,
    "blank lines for a boundary": lambda: (
        HEAD + b"Content-Type: multipart/mixed\r\n\r\n" + b"\n" * 800_000
    ),
    "bounced recipients": lambda: (
        HEAD + b"Content-Type: message/delivery-status\r\n\r\n"
        + b"Final-Recipient: rfc822;a@b.c\r\nStatus: 5.1.1\r\n\r\n" * 20_000
    ),
    "half letters in UTF-7": lambda: (
        HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-x"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_no_mail_holds_the_reader_up(name: str) -> None:
    raw = BOMBS[name]()
    start = time.process_time()
    stored(parse(raw))
    assert time.process_time() - start < 3  # a second where nothing else runs


def test_parts_beyond_the_limit_are_kept_as_one_file() -> None:
    mail = parse(multipart(10_000))
    assert "too many parts" in " ".join(mail.warnings)
    assert mail.files[-1].content.count(b"words") >= 10_000 - limits.PARTS - 1


def test_what_is_nested_too_deep_is_kept_as_one_file() -> None:
    mail = parse(nested(100))
    assert b"deep words" in mail.files[-1].content


def test_a_text_too_long_to_show_is_attached_whole() -> None:
    body = b"word " * (limits.TEXT_CHARS // 4)
    mail = parse(HEAD + b"Content-Type: text/plain\r\n\r\n" + body)
    assert (len(mail.text), mail.files[0].content) == (limits.TEXT_CHARS, body)
    assert "oversized" in mail.flags


def test_an_archive_is_never_opened() -> None:
    bomb = b"PK\x03\x04" + b"\0" * 1000
    raw = HEAD + b"Content-Type: application/zip; name=a.zip\r\n\r\n" + bomb
    assert parse(raw).files[0].content == bomb
