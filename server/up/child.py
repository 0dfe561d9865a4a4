"""One process of the tree: started in a group of its own, ended with everything it started."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from typing import Protocol

from server.kit.parent import die_with


class Child(Protocol):
    """What the tree keeps alive."""

    @property
    def name(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    def launch(self) -> None: ...
    def is_alive(self) -> bool: ...
    def ending(self) -> str: ...
    def interrupt(self) -> None: ...
    def kill(self) -> None: ...


class Command:
    """A child that is a command line; it is killed should this process die without a word."""

    def __init__(
        self,
        name: str,
        words: Sequence[str],
        *,
        environment: Mapping[str, str],
        keeps_output: bool = False,
    ) -> None:
        self.name = name
        self._words = tuple(words)
        self._environment = dict(environment)
        # Open for as long as the child may write.
        self._output = tempfile.TemporaryFile() if keeps_output else None  # noqa: SIM115 - see above
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def launch(self) -> None:
        # A session of its own, so that Ctrl-C reaches the tree's root alone, which then ends all in order.
        self._process = subprocess.Popen(  # noqa: S603 - our own command line
            self._words,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            start_new_session=True,
            preexec_fn=die_with(os.getpid(), signal.SIGKILL),  # noqa: PLW1509 - started from one thread
        )

    def is_alive(self) -> bool:
        if self._process is None:
            return False
        if self._process.poll() is None:
            return True
        self._signal_group(signal.SIGKILL)  # what it started goes with it
        return False

    def ending(self) -> str:
        """Say how it ended."""
        code = self._process.returncode if self._process else None
        if code is None:
            return "running"
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit {code}"

    def output(self) -> str:
        """Return what it wrote, where that is kept."""
        if self._output is None:
            return ""
        self._output.seek(0)
        return self._output.read().decode("utf-8", "replace")

    def interrupt(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, sign: signal.Signals) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, sign)
        except (ProcessLookupError, PermissionError):  # nobody is left in it
            return
