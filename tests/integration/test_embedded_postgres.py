"""The database in the data folder: closed to others, durable, and one owner at a time."""

import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import psutil
import psycopg
import pytest

from server.kit import embedded_postgres
from server.kit.database_user import CannotStart, bundled_program
from server.kit.embedded_postgres import EmbeddedPostgres
from tests.support.processes import is_alive, living_in, wait_until

as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root lends the database a user of its own"
)
NOBODY = 65534
ROOT = Path(__file__).parent.parent.parent
OWNER = """
import sys, signal
from pathlib import Path
from server.kit import embedded_postgres
server = embedded_postgres.start(Path(sys.argv[1]), durable=False)
print(server.pid, flush=True)
signal.pause()
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder nobody else can enter, as `mktemp` makes them."""
    folder = Path(tempfile.mkdtemp(prefix="tawasul-tests-"))
    yield folder
    wait_until(lambda: not living_in(folder))
    shutil.rmtree(folder)


class Start(Protocol):
    def __call__(self, data: Path, *, durable: bool = False) -> EmbeddedPostgres: ...


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[EmbeddedPostgres] = []

    def make(data: Path, *, durable: bool = False) -> EmbeddedPostgres:
        started.append(embedded_postgres.start(data, durable=durable))
        return started[-1]

    yield make
    for server in started:
        server.stop()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row and row[0]


@pytest.fixture
def owner(data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs the database in ``data``."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, data],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_what_was_written_is_there_after_a_restart(data: Path, start: Start) -> None:
    first = start(data)
    with psycopg.connect(first.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    first.stop()
    assert not living_in(data)
    assert ask(start(data).url, "SELECT answer FROM kept") == 42


def test_it_flushes_to_disk_and_listens_on_no_network(data: Path, start: Start) -> None:
    url = start(data, durable=True).url
    assert ask(url, "SHOW fsync") == "on"
    assert ask(url, "SHOW full_page_writes") == "on"
    assert ask(url, "SHOW listen_addresses") == ""
    assert ask(url, "SHOW shared_buffers") == "64MB"


def test_our_role_is_no_superuser_and_wants_its_password(data: Path, start: Start) -> None:
    url = start(data).url
    assert ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    password = (data / "secrets" / "database").read_text().strip()
    for wrong in (url.replace(password, "guess"), url.replace("tawasul:", "postgres:")):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(wrong)


def test_secrets_are_for_their_owner_alone(data: Path, start: Start) -> None:
    start(data)
    secret = data / "secrets" / "database"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "postgres").stat().st_mode) == 0o700


@as_root
def test_another_user_cannot_reach_the_socket_even_where_the_way_to_it_is_open(
    data: Path, start: Start
) -> None:
    start(data)
    data.chmod(0o755)
    address = str(data / "postgres" / ".s.PGSQL.5432")
    with socket.socket(socket.AF_UNIX) as ours:
        ours.connect(address)
    script = f"import socket; socket.socket(socket.AF_UNIX).connect({address!r})"
    tried = subprocess.run(
        ["/usr/bin/env", "python3", "-c", script],
        user=NOBODY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "PermissionError" in tried.stderr


@as_root
def test_no_folder_above_is_opened_to_anybody(data: Path, start: Start) -> None:
    start(data / "inner")
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "inner").stat().st_mode) == 0o700


@as_root
def test_root_is_refused_a_private_home(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    entry = pwd.struct_passwd(("citizen", "x", 1234, 1234, "", str(data), "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwall", lambda: [entry])
    with pytest.raises(CannotStart, match=f"inside the private home {data}"):
        embedded_postgres.start(data / "tawasul")
    assert not (data / "tawasul").exists()


def test_a_path_too_long_for_a_socket_is_refused_before_anything_is_made(data: Path) -> None:
    long = data / ("x" * 90)
    with pytest.raises(CannotStart, match="too long"):
        embedded_postgres.start(long)
    assert not long.exists()


def test_a_folder_in_use_is_refused(data: Path, owner: subprocess.Popen[str]) -> None:
    with pytest.raises(CannotStart, match=f"in use by process {owner.pid}"):
        embedded_postgres.start(data)
    assert owner.poll() is None


def test_the_server_ends_with_a_killed_owner_and_starts_again(
    data: Path, owner: subprocess.Popen[str], start: Start
) -> None:
    owner.kill()
    owner.wait()
    assert ask(start(data).url, "SELECT 1") == 1


def test_a_server_whose_main_process_was_killed_recovers(data: Path, start: Start) -> None:
    server = start(data, durable=True)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    wait_until(lambda: not server.is_alive())
    server.launch()
    assert ask(server.url, "SELECT answer FROM kept") == 42


def test_a_server_left_running_by_a_killed_owner_is_taken_over(data: Path, start: Start) -> None:
    # As on systems that do not tell children of their parent's death: start it so that nothing is told.
    script = OWNER.replace("server = ", "embedded_postgres.die_with = lambda *_: None\nserver = ")
    with subprocess.Popen(
        [sys.executable, "-c", script, data],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        left_over = int(owner.stdout.readline())
        owner.kill()
    assert is_alive(left_over)
    assert ask(start(data).url, "SELECT 1") == 1
    assert not is_alive(left_over)


def test_an_interrupted_first_start_is_begun_again(data: Path, start: Start) -> None:
    (data / "postgres.new").mkdir()
    (data / "postgres.new" / "half").touch()
    assert ask(start(data).url, "SELECT 1") == 1


@as_root
def test_programs_in_a_closed_folder_are_run_from_a_copy(data: Path) -> None:
    closed = data / "closed"
    closed.mkdir(mode=0o700)
    package = bundled_program().parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(
            part, closed / part.name, ignore=shutil.ignore_patterns("include", "pginstall", "*.a")
        )
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, data / "inner"],
        env=os.environ | {"PYTHONPATH": f"{closed}:{ROOT}"},
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        server = psutil.Process(int(owner.stdout.readline()))
        assert server.exe().startswith("/var/cache/tawasul/")
        owner.kill()
