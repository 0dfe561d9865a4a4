"""`tawasul token`: made once, listed without its secret, revoked."""

import re

import pytest

from server.cli import main
from server.kit.settings import Settings

pytestmark = pytest.mark.usefixtures("configured")
EMAIL = "amal@office.example"


def say(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_token_is_made_listed_and_revoked(
    configured: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert say(capsys, "user", "add", EMAIL, "--role", "supervisor", "--team", "intake")[0] == 0
    both = ("--scope", "reports:read", "--scope", "tickets:read")
    code, out, err = say(capsys, "token", "create", "--user", EMAIL, *both, "--name", "Lobby")
    assert code == 0
    (token,) = re.findall(r"twsl_[\w-]{43}", out)
    assert token not in err
    (token_id,) = re.findall(r"^token (\d+) ", out)
    code, listed, _ = say(capsys, "token", "list")
    assert (code, listed.split("\t")[:5]) == (
        0,
        [token_id, "good", EMAIL, "reports:read,tickets:read", "Lobby"],
    )
    assert token not in listed
    assert say(capsys, "token", "revoke", token_id)[0] == 0
    assert "\trevoked\t" in say(capsys, "token", "list")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--user", "nobody@office.example", "--scope", "tickets:read"), "nobody with the address"),
        (("--user", EMAIL, "--scope", "everything"), "one of reports:read"),
        (("--user", EMAIL, "--scope", "tickets:read", "--days", "0"), "between 1 and 366 days"),
        (("--user", EMAIL, "--scope", "reports:read"), "supervises a team"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_line(
    configured: Settings, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    say(capsys, "user", "add", EMAIL, "--role", "agent", "--team", "intake")
    code, out, err = say(capsys, "token", "create", *words)
    assert (code, out) == (1, "")
    assert err.startswith("tawasul: ")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_token_that_is_not_there_cannot_be_revoked(
    configured: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert say(capsys, "token", "revoke", "7") == (1, "", "tawasul: there is no token 7\n")
