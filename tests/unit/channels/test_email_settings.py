"""What an administrator may type, and what he is told when it is wrong."""

import pytest

from channels.email.settings import SECRET_FIELDS, Settings, load

GOOD = {
    "address": "help@passports.example",
    "imap_host": "imap.passports.example",
    "imap_user": "help",
    "imap_password": "p",
    "smtp_host": "smtp.passports.example",
    "smtp_user": "help",
    "smtp_password": "p",
}


def test_an_ordinary_mailbox_needs_no_more_than_hosts_and_passwords() -> None:
    settings = load(GOOD)
    assert (settings.imap_port, settings.imap_tls) == (993, "tls")
    assert settings.imap_folders == ("INBOX",)


def test_values_typed_as_text_on_a_command_line_are_understood() -> None:
    settings = load({**GOOD, "imap_port": "1993", "tls_verify": "false"})
    assert (settings.imap_port, settings.tls_verify) == (1993, False)


def test_a_mailbox_that_keeps_its_answers_needs_no_servers() -> None:
    assert load({"address": "help@passports.example", "outgoing": "keep"}).smtp_host == ""


def test_every_secret_is_a_setting() -> None:
    assert set(Settings.__struct_fields__) >= SECRET_FIELDS


def test_a_password_never_shows_in_a_log() -> None:
    assert "geheim" not in repr(load({**GOOD, "imap_password": "geheim"}))


def test_own_addresses_are_compared_without_case() -> None:
    settings = load({**GOOD, "aliases": ["Visa@Passports.example"]})
    assert settings.own_addresses == {"help@passports.example", "visa@passports.example"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"address": "help"}, "address: 'help' is not an e-mail address"),
        ({"address": "a@b\r\nBcc: c@d"}, "address"),
        ({"imap_port": 70000}, "imap_port"),
        ({"imap_tls": "ssl"}, "imap_tls"),
        ({"imap_password": ""}, "imap_password: missing"),
        ({"imap_user": "", "imap_password": ""}, "imap_user: missing"),
        ({"imap_folders": []}, "imap_folders"),
        ({"imap_tls": "none"}, "in the clear"),
        ({"smtp_tls": "none"}, "in the clear"),
        ({"smtp_user": ""}, "smtp_user: missing"),
        ({"smtp_host": ""}, "smtp_host: missing"),
        ({"sender_name": "a\r\nBcc: x@y"}, "sender_name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("'", ".")):
        load({**GOOD, **wrong})
