"""Signed Message-IDs: ours are known again, everybody else's mean nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email import ids

KEY, OLD_KEY = b"k" * 32, b"o" * 32
PARTS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20)


def made(key: bytes = KEY) -> str:
    return ids.make(key, ticket="4711", nonce="9f8e", domain="passports.example")


@given(ticket=PARTS, nonce=PARTS)
def test_an_id_that_we_made_names_its_ticket(ticket: str, nonce: str) -> None:
    made = ids.make(KEY, ticket=ticket, nonce=nonce, domain="passports.example")
    assert ids.read([KEY], made) == ticket


def test_an_id_made_with_an_older_key_is_still_ours() -> None:
    assert ids.read([KEY, OLD_KEY], made(OLD_KEY)) == "4711"


def test_the_same_mail_has_the_same_id_when_it_is_sent_again() -> None:
    assert made() == made()


@pytest.mark.parametrize(
    "mangled",
    ["<{}>", "  <{}>\r\n ", "\u200f{}", '"{}"'],
    ids=["brackets", "folding", "direction mark", "quotes"],
)
def test_what_relays_put_around_an_id_does_not_matter(mangled: str) -> None:
    assert ids.read([KEY], mangled.format(made())) == "4711"


def test_case_and_domain_may_be_rewritten_on_the_way() -> None:
    local = made().upper().rpartition("@")[0]
    assert ids.read([KEY], f"{local}@relay.example.net") == "4711"


def test_a_guessed_ticket_number_opens_nothing() -> None:
    assert ids.read([KEY], made().replace("4711", "4712")) is None


@pytest.mark.parametrize("stranger", ["", "x", "<a@b>", "tw.4711.9f8e@b", "tw." * 400 + "@b"])
def test_ids_of_others_are_nobodys(stranger: str) -> None:
    assert ids.read([KEY], stranger) is None


def test_another_key_signs_nothing_for_us() -> None:
    assert ids.read([KEY], made(OLD_KEY)) is None


@pytest.mark.parametrize("bad", ["", "a b", "x@y", "1\r\nBcc: z"])
def test_what_cannot_stand_in_a_header_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="ticket and nonce"):
        ids.make(KEY, ticket=bad, nonce="n", domain="passports.example")


def test_a_domain_that_cannot_stand_in_a_header_is_refused() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        ids.make(KEY, ticket="1", nonce="n", domain="a\r\nb")
