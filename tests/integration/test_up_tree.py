"""The process tree, with small children in place of ours."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.processes import end, is_alive, wait_until

HOST = Path(__file__).parent.parent / "support" / "tree_host.py"
ROOT = Path(__file__).parent.parent.parent


class Host:
    """A running tree and what its children noted."""

    def __init__(self, folder: Path, pace: dict[str, float], children: dict[str, str]) -> None:
        self._folder = folder
        words = [json.dumps(pace), *(f"{name}={does}" for name, does in children.items())]
        with (folder / "said").open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, HOST, folder, *words],
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stderr=said,
                start_new_session=True,
            )

    def notes(self, what: str) -> list[tuple[float, str, str]]:
        path = self._folder / "notes"
        lines = path.read_text().splitlines() if path.exists() else []
        parts = [line.split(" ", 2) for line in lines]
        return [(float(at), name, said) for at, name, said in parts if said.startswith(what)]

    def pids(self) -> list[int]:
        return [int(said.split()[1]) for _, _, said in self.notes("pid")]

    def said(self) -> str:
        return (self._folder / "said").read_text()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Callable[..., Host]]:
    hosts: list[Host] = []

    def start(*, pace: dict[str, float] | None = None, **children: str) -> Host:
        hosts.append(Host(tmp_path, pace or {}, children))
        return hosts[-1]

    yield start
    for each in hosts:
        each.process.kill()
        each.process.wait()
        for pid in each.pids():
            end(pid)


def test_what_ends_is_started_again_after_longer_and_longer_waits(
    host: Callable[..., Host],
) -> None:
    tree = host(pace={"first_delay": 0.1, "longest_delay": 0.4}, web="ends")
    wait_until(lambda: len(tree.pids()) >= 5)
    waits = [float(line.split()[-2]) for line in tree.said().splitlines()]
    assert waits[:4] == [0.1, 0.2, 0.4, 0.4]
    starts = [at for at, _, _ in tree.notes("pid")]
    assert all(
        later - earlier >= wait
        for earlier, later, wait in zip(starts, starts[1:], waits, strict=False)
    )


def test_a_child_that_lived_long_is_started_again_soon(host: Callable[..., Host]) -> None:
    tree = host(pace={"first_delay": 0.1, "longest_delay": 5, "long_life": 0.2}, web="lives")
    wait_until(lambda: len(tree.pids()) >= 4)
    assert {line.split()[-2] for line in tree.said().splitlines()} == {"0.1"}


def test_a_child_killed_by_somebody_is_replaced_and_the_others_are_left_alone(
    host: Callable[..., Host],
) -> None:
    tree = host(web="waits", worker="waits")
    wait_until(lambda: len(tree.pids()) == 2)
    web, worker = (
        (name, pid) for (_, name, _), pid in zip(tree.notes("pid"), tree.pids(), strict=True)
    )
    os.kill(web[1], signal.SIGKILL)
    wait_until(lambda: len(tree.pids()) == 3)
    assert f"{web[0]} ended (killed by SIGKILL); again in 0.2 s" in tree.said()
    assert is_alive(worker[1])


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_stopping_ends_the_children_one_after_the_other_and_leaves_nobody(
    host: Callable[..., Host], sign: signal.Signals
) -> None:
    tree = host(web="waits", worker="waits", listener="waits")
    wait_until(lambda: len(tree.pids()) == 3)
    os.killpg(tree.process.pid, sign)  # as a terminal does it
    assert tree.process.wait(5) == 0
    assert [(name, said) for _, name, said in tree.notes("SIG")] == [
        ("listener", "SIGTERM"),
        ("worker", "SIGTERM"),
        ("web", "SIGTERM"),
    ]
    assert not any(is_alive(pid) for pid in tree.pids())


def test_a_child_that_will_not_stop_is_killed_in_time(host: Callable[..., Host]) -> None:
    tree = host(pace={"stop": 0.6}, web="waits", worker="stubborn", listener="stubborn")
    wait_until(lambda: len(tree.pids()) == 3)
    began = time.monotonic()
    tree.process.terminate()
    assert tree.process.wait(5) == 0
    assert time.monotonic() - began < 2
    assert [name for _, name, _ in tree.notes("SIG")] == ["web"]
    assert not any(is_alive(pid) for pid in tree.pids())


def test_what_a_child_started_ends_with_it(host: Callable[..., Host]) -> None:
    tree = host(web="parent")
    wait_until(lambda: len(tree.pids()) == 2)
    grandchild, child = tree.pids()
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: not is_alive(grandchild))


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells children of their parent's death"
)
def test_children_end_when_the_tree_itself_is_killed(host: Callable[..., Host]) -> None:
    tree = host(web="waits", worker="stubborn")
    wait_until(lambda: len(tree.pids()) == 2)
    tree.process.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in tree.pids()))
