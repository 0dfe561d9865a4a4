"""Whom an answer is copied to, read as people type, paste and copy addresses."""

import pytest

from server.kit.errors import Invalid
from server.kit.limits import TYPED_COPIES
from server.tickets.actions.copies import Copy, WrongCopy, copies

OURS = frozenset({"help@passports.example"})


def read(cc: str = "", bcc: str = "") -> list[tuple[str, bool]]:
    found = copies(cc=cc, bcc=bcc, asked="fatima@example.org", ours=OURS)
    return [(copy.address, copy.hidden) for copy in found]


@pytest.mark.parametrize(
    "typed",
    [
        "a@example.org, b@example.org",
        "a@example.org; b@example.org",
        "a@example.org b@example.org",
        "a@example.org\r\nb@example.org\r\n",
        "a@example.org، b@example.org",
        "a@example.org؛\u200fb@example.org",
        "\u2066a@example.org\u2069, b@example.org ,",
        'Ali <a@example.org>, "Bee, Ms" <B@Example.org>',
        "علي أحمد <a@example.org>; b@example.org",
    ],
)
def test_addresses_are_read_however_they_are_parted(typed: str) -> None:
    assert read(typed) == [("a@example.org", False), ("b@example.org", False)]


def test_nobody_gets_two_copies_and_who_asked_gets_none() -> None:
    assert read("a@example.org, A@example.org, FATIMA@example.org", "a@example.org") == [
        ("a@example.org", False)
    ]


def test_hidden_ones_are_hidden() -> None:
    assert read("a@example.org", "b@example.org") == [
        ("a@example.org", False),
        ("b@example.org", True),
    ]


def test_an_international_domain_is_one_that_mail_can_reach() -> None:
    assert read("info@مثال.السعودية") == [("info@مثال.السعودية", False)]


@pytest.mark.parametrize(
    ("cc", "bcc", "field", "wrong"),
    [
        ("a@example.org, nobody", "", "cc", "nobody"),
        ("", "x@", "bcc", "x@"),
        ("Ali <>", "", "cc", ""),
        ("Ali <a@example.org", "", "cc", "Ali <a@example.org"),
        ("a@b@c", "", "cc", "a@b@c"),
        ("a@exa..mple.org", "", "cc", "a@exa..mple.org"),
        ("<a@example.org\r\nBcc: x@evil.example>", "", "cc", ""),
    ],
)
def test_what_is_no_address_is_named_beside_its_field(
    cc: str, bcc: str, field: str, wrong: str
) -> None:
    with pytest.raises(WrongCopy) as caught:
        read(cc, bcc)
    assert (caught.value.code, caught.value.field) == ("wrong_address", field)
    assert wrong in caught.value.address


def test_our_own_mailbox_is_nobody_to_write_to() -> None:
    with pytest.raises(WrongCopy) as caught:
        read("a@example.org", "Help@Passports.example")
    assert (caught.value.code, caught.value.field) == ("own_address", "bcc")


def test_there_is_a_limit_to_them() -> None:
    every = ", ".join(f"p{n}@example.org" for n in range(TYPED_COPIES))
    assert len(read(every)) == TYPED_COPIES
    with pytest.raises(Invalid) as caught:
        read(every, "one-more@example.org")
    assert (caught.value.code, caught.value.field) == ("too_many_copies", "bcc")


def test_a_copy_is_open_unless_it_is_said_to_be_hidden() -> None:
    assert not Copy("a@example.org").hidden
