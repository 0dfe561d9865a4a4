"""The command line without a database: words, plain errors, fast starts."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from server.cli import main
from tests.support.up import TAWASUL, tawasul

MAIL = b"From: Layla <layla@example.org>\r\nSubject: hi\r\nMessage-ID: <1@example.org>\r\n\r\nMy passport\r\n"


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "one.eml"
    path.write_bytes(MAIL)
    return path


def test_inspect_prints_one_json_object_a_line_in_order(tmp_path: Path, mail: Path) -> None:
    other = tmp_path / "two.eml"
    other.write_bytes(MAIL.replace(b"hi", "جواز".encode()))
    done = tawasul(tmp_path, "inspect", "email", mail, other)
    assert [json.loads(line)["subject"] for line in done.stdout.splitlines()] == ["hi", "جواز"]
    assert (done.returncode, done.stderr) == (0, "")


def test_inspect_keeps_the_line_of_a_file_it_cannot_read(tmp_path: Path, mail: Path) -> None:
    missing = tmp_path / "missing.eml"
    done = tawasul(tmp_path, "inspect", "email", missing, mail)
    first, second = map(json.loads, done.stdout.splitlines())
    assert "No such file" in first["error"]
    assert second["subject"] == "hi"
    assert done.returncode == 1
    assert done.stderr == f"tawasul: {missing}: No such file or directory\n"


def test_inspect_writes_utf_8_whatever_the_locale_says(tmp_path: Path, mail: Path) -> None:
    mail.write_bytes(MAIL.replace(b"My passport", "جوازي".encode()))
    done = subprocess.run(
        [*TAWASUL, "inspect", "email", mail], env={"LC_ALL": "C"}, capture_output=True, check=True
    )
    assert "جوازي" in done.stdout.decode("utf-8")


def test_inspect_loads_neither_database_nor_web_server(mail: Path) -> None:
    script = (
        "import sys; from server.cli import main; main(sys.argv[1:]); "
        "sys.exit(' '.join({'litestar', 'piccolo', 'asyncpg', 'dramatiq', 'structlog'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "inspect", "email", mail],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "words",
    [
        ["up", "--port", "70000"],
        ["up", "--port", "web"],
        ["inspect", "pigeon", "letter"],
        ["journal", "retry", "soon"],
        ["user", "add", "a@example.org", "--role", "king"],
        ["fly"],
        [],
    ],
)
def test_wrong_words_are_refused_with_a_hint(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(words)
    assert refused.value.code == 2
    assert "usage: tawasul" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["migrate"], ["doctor"], ["journal", "list"], ["backup", "copy"], ["account", "list"]]
)
def test_without_a_database_a_command_says_how_to_name_one(
    tmp_path: Path, words: list[str]
) -> None:
    done = tawasul(tmp_path, *words)
    assert done.returncode == 1
    assert done.stderr.startswith("tawasul: no database:")
    assert done.stderr.count("\n") == 1


def test_an_unreachable_database_is_one_plain_line(tmp_path: Path) -> None:
    done = tawasul(
        tmp_path,
        "account",
        "list",
        DATABASE_URL="postgresql://tawasul@127.0.0.1:1/tawasul",
        SECRET_KEY="a secret for tests, of forty characters!",
    )
    assert done.returncode == 1
    assert done.stderr.startswith("tawasul: ")
    assert done.stderr.count("\n") == 1


def test_restoring_from_a_folder_without_a_backup_changes_nothing(tmp_path: Path) -> None:
    done = tawasul(tmp_path / "data", "restore", tmp_path)
    assert done.stderr == f"tawasul: {tmp_path} holds no backup (no database.dump)\n"
    assert not (tmp_path / "data").exists()


def test_a_reader_that_has_seen_enough_is_no_error(mail: Path) -> None:
    reader = subprocess.Popen(
        [*TAWASUL, "inspect", "email", *[mail] * 2000],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with reader:
        assert isinstance(reader.stdout, io.BufferedReader)
        reader.stdout.readline()
        reader.stdout.close()
        assert reader.stderr is not None
        assert reader.stderr.read() == b""
