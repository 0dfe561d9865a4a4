"""Watch real processes from a test."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import psutil


def wait_until(true: Callable[[], object], *, seconds: float = 10) -> None:
    """Return as soon as ``true()`` is; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def tree_of(pid: int) -> list[int]:
    """Return the process and everything below it."""
    process = psutil.Process(pid)
    return [pid, *(child.pid for child in process.children(recursive=True))]


def running(word: str, *, below: int) -> list[int]:
    """Return the processes below one whose command line ends with ``word``."""
    found = []
    for pid in tree_of(below):
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).cmdline()[-1:] == [word]:
                found.append(pid)
    return found


def living_in(folder: Path) -> list[int]:
    """Return the processes whose working folder is inside ``folder``: a database's, whoever started it."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(
                folder
            ):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def end(pid: int) -> None:
    """Make sure that nothing of a tree outlives its test."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for each in reversed(tree_of(pid)):
            psutil.Process(each).kill()
