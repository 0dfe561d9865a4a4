"""Whom Authentication-Results headers acquit, whom they accuse, and who may write them."""

import pytest

from channels.email.parse import parse, read, to_inbound
from channels.email.settings import load

SETTINGS = load(
    {"address": "help@passports.example", "outgoing": "keep", "authserv_id": "mx.passports.example"}
)
OURS = "Authentication-Results: mx.passports.example; "


def judged(*headers: str, authserv_id: str = "mx.passports.example") -> bool | None:
    raw = "".join(f"{header}\r\n" for header in headers) + "From: A <a@example.org>\r\n\r\nx"
    settings = load(
        {"address": "help@passports.example", "outgoing": "keep", "authserv_id": authserv_id}
    )
    return to_inbound(parse(raw.encode()), settings).authenticated


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("dmarc=pass header.from=example.org", True),
        ("dmarc=fail (p=none) header.from=example.org", False),
        ("spf=pass smtp.mailfrom=a@example.org", True),
        ("dkim=pass header.d=mail.example.org", True),
        ("dkim=pass header.d=evil.example.net", None),
        ("spf=fail smtp.mailfrom=a@example.org; dkim=none", False),
        ("spf=fail smtp.mailfrom=a@relay.example; dkim=pass header.d=example.org", True),
        ("dmarc=fail; dkim=pass header.d=example.org", False),
        ("none", None),
        ("spf=neutral; dkim=temperror", None),
    ],
)
def test_our_servers_word_is_taken(said: str, *, verdict: bool | None) -> None:
    assert judged(OURS + said) is verdict


def test_nobody_elses_word_counts() -> None:
    assert judged("Authentication-Results: mx.evil.example; dmarc=pass") is None


def test_a_header_that_the_sender_wrote_below_ours_acquits_nobody() -> None:
    assert judged(f"{OURS}dmarc=fail", f"{OURS}dmarc=pass") is False
    assert judged(f"{OURS}none", f"{OURS}dmarc=pass") is None


def test_without_a_believed_name_nothing_is_believed() -> None:
    assert judged(f"{OURS}dmarc=pass", authserv_id="") is None


def test_headers_without_a_name_are_believed_where_that_is_configured() -> None:
    header = "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org"
    assert judged(header, authserv_id="-") is True


def test_what_our_own_listener_found_is_worth_more_than_any_header() -> None:
    raw = f"{OURS}dmarc=pass\r\nFrom: a@example.org\r\n\r\nx".encode()
    noted = read(raw, {"X-Authenticated": "fail"}, SETTINGS).messages[0]
    assert noted.authenticated is False


def test_a_mail_of_which_only_the_start_was_fetched_says_so() -> None:
    noted = read(b"From: a@example.org\r\n\r\nx", {"X-Oversized-Bytes": "90000000"}, SETTINGS)
    assert "oversized" in noted.messages[0].flags
    assert "90000000" in noted.warnings[0]
