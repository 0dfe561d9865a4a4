"""`tawasul up` as a person runs it: real processes, a real database, a folder of its own."""

import os
import re
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.processes import is_alive, living_in, running, wait_until
from tests.support.up import Up, tawasul

Start = Callable[..., Up]


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Up, Path]]:
    """One that the tests of this module look at and leave running."""
    data = tmp_path_factory.mktemp("up") / "data"
    up = Up(data)
    try:
        up.ready()
        yield up, data
    finally:
        up.end()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Up] = []

    def make(*words: str, **more: str) -> Up:
        started.append(Up(tmp_path / "data", *words, **more))
        return started[-1]

    yield make
    for each in started:
        each.end()
    wait_until(lambda: not living_in(tmp_path))


def test_everything_is_ready_after_the_first_start(one: tuple[Up, Path]) -> None:
    address = one[0].ready()
    wait_until(lambda: httpx.get(f"{address}/ready").status_code == 200, seconds=30)


def test_the_first_start_prints_a_link_to_set_up_the_first_administrator(
    one: tuple[Up, Path],
) -> None:
    found = re.search(r"http://\S+/set-up/\S+", one[0].said())
    assert found
    assert httpx.get(found[0]).status_code == 200


def test_only_the_owner_can_read_the_data_folder(one: tuple[Up, Path]) -> None:
    _, data = one
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "secrets" / "key").stat().st_mode) == 0o600


def test_no_process_shows_a_secret_in_its_command_line(one: tuple[Up, Path]) -> None:
    up, data = one
    lines = " ".join(" ".join(psutil.Process(pid).cmdline()) for pid in up.everybody())
    for secret in (data / "secrets").iterdir():
        assert secret.read_text().strip() not in lines


def test_a_second_one_on_the_same_folder_is_refused(one: tuple[Up, Path]) -> None:
    up, data = one
    second = tawasul(data, "up", "--data", data, "--port", "0")
    assert second.returncode == 1
    assert second.stderr == f"tawasul: already running on {data} (process {up.process.pid})\n"
    assert up.process.poll() is None


def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = tawasul(tmp_path, "up", "--port", str(port))
    assert refused.returncode == 1
    assert (
        refused.stderr
        == f"tawasul: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
    )
    assert not (tmp_path / "postgres").exists()


def test_a_taken_smtp_port_is_refused_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = tawasul(tmp_path, "up", "--port", "0", SMTP_PORT=port)
    assert f"cannot listen on 127.0.0.1 port {port}" in refused.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_wrong_setting_is_refused_before_anything_starts(tmp_path: Path) -> None:
    refused = tawasul(tmp_path, "up", "--port", "0", UNDO_SECONDS="soon")
    assert refused.returncode == 1
    assert refused.stderr == "tawasul: TAWASUL_UNDO_SECONDS must be a number, not 'soon'\n"
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_stopping_ends_everything_within_five_seconds(
    start: Start, tmp_path: Path, sign: signal.Signals
) -> None:
    up = start()
    up.ready()
    everybody = up.everybody()
    began = time.monotonic()
    os.killpg(up.process.pid, sign)  # as a terminal does it
    assert up.process.wait(10) == 0
    assert time.monotonic() - began < 5
    assert not any(is_alive(pid) for pid in everybody)
    assert not living_in(tmp_path)
    assert "Traceback" not in up.said()


@pytest.mark.parametrize("word", ["serve", "work", "listen"])
def test_whatever_dies_is_started_again(one: tuple[Up, Path], word: str) -> None:
    up, _ = one
    address = up.ready()
    [before] = running(word, below=up.process.pid)
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: not is_alive(before))
    wait_until(lambda: running(word, below=up.process.pid))
    wait_until(lambda: _answers(address, "/ready"), seconds=30)


def test_a_dead_database_comes_back_and_the_desk_with_it(start: Start, tmp_path: Path) -> None:
    up = start()
    address = up.ready()
    main = int((tmp_path / "data" / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(main, signal.SIGKILL)
    wait_until(lambda: "database ended" in up.said())
    wait_until(lambda: _answers(address, "/ready"), seconds=30)


def test_nobody_outlives_a_killed_one_and_the_next_starts_on_the_same_folder(start: Start) -> None:
    first = start()
    first.ready()
    everybody = first.everybody()
    first.process.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in everybody))
    start().ready()


def _answers(address: str, path: str = "/health") -> bool:
    try:
        return httpx.get(address + path, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
