"""`tawasul backup` and `restore`: an installation moves to another folder and loses nothing."""

import stat
from pathlib import Path

import pytest

from server.kit import embedded_postgres
from tests.support.up import tawasul

ACCOUNT = ["account", "add", "email", "--name", "front", "--set", "address=help@example.org"]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A data folder with one channel account and one large mail, which is kept as a file."""
    data = tmp_path / "office"
    embedded_postgres.start(data, durable=False).stop()
    embedded_postgres.write_secret(
        data / "secrets" / "key", "a secret for tests, of forty characters!"
    )
    assert tawasul(data, "migrate").returncode == 0
    assert tawasul(data, *ACCOUNT, "--set", "outgoing=keep").returncode == 0
    mail = tmp_path / "large.eml"
    mail.write_bytes(b"Subject: large\r\n\r\n" + b"x" * 3_000_000)
    assert tawasul(data, "ingest", "email", "--account", "front", mail).returncode == 0
    return data


def test_what_was_backed_up_is_there_in_another_folder(tmp_path: Path, office: Path) -> None:
    copy, other = tmp_path / "copy", tmp_path / "other"
    assert tawasul(office, "backup", copy, "--with-key").returncode == 0
    assert tawasul(other, "restore", copy).returncode == 0
    for words in (["account", "list"], ["journal", "list"]):
        assert tawasul(other, *words).stdout == tawasul(office, *words).stdout != ""
    files = [path.relative_to(office) for path in (office / "files").rglob("*") if path.is_file()]
    assert files
    assert all((other / path).read_bytes() == (office / path).read_bytes() for path in files)
    assert (other / "secrets" / "key").read_text() == (office / "secrets" / "key").read_text()


def test_the_key_is_copied_only_when_asked_and_the_copy_is_closed(
    tmp_path: Path, office: Path
) -> None:
    copy = tmp_path / "copy"
    tawasul(office, "backup", copy)
    assert not (copy / "key").exists()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700
    refused = tawasul(tmp_path / "other", "restore", copy)
    assert refused.returncode == 1
    assert "made without its key" in refused.stderr


def test_restoring_keeps_what_was_there_before(tmp_path: Path, office: Path) -> None:
    copy = tmp_path / "copy"
    tawasul(office, "backup", copy)
    tawasul(office, *ACCOUNT[:4], "later", *ACCOUNT[5:], "--set", "outgoing=keep")
    restored = tawasul(office, "restore", copy)
    assert "what was here before is kept as the database tawasul_before_" in restored.stdout
    assert "later" not in tawasul(office, "account", "list").stdout
