"""The same mail has one key by whichever way it came; another mail never shares it."""

from channels.email.parse import parse

MAIL = (
    b"From: A <a@example.org>\r\nDate: Sun, 22 Nov 2026 15:46:00 +0300\r\nMessage-ID: <1@x>\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n'
    b"Content-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\nPDF\r\n--b--\r\n"
)


def key(raw: bytes) -> bytes:
    return parse(raw).content_key


def test_what_relays_add_on_the_way_does_not_make_another_mail() -> None:
    by_smtp = b"Return-Path: <a@example.org>\r\nDelivered-To: help@x\r\nReceived: by y\r\n" + MAIL
    assert key(by_smtp) == key(MAIL)


def test_line_ends_and_folding_do_not_make_another_mail() -> None:
    assert key(MAIL.replace(b"\r\n", b"\n")) == key(MAIL)
    assert key(MAIL.replace(b"2026 15", b"2026\r\n 15")) == key(MAIL)
    assert key(MAIL + b"\r\n\r\n") == key(MAIL)


def test_another_transfer_encoding_does_not_make_another_mail() -> None:
    recoded = MAIL.replace(
        b"--b\r\n\r\nHello", b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8="
    )
    assert key(recoded) == key(MAIL)


def test_the_same_id_with_other_content_is_another_mail() -> None:
    assert key(MAIL.replace(b"Hello", b"Other")) != key(MAIL)
    assert key(MAIL.replace(b"PDF", b"FDP")) != key(MAIL)
    assert key(MAIL.replace(b"<1@x>", b"<2@x>")) != key(MAIL)
    assert key(MAIL.replace(b"a@example.org", b"b@example.org")) != key(MAIL)
