"""Run the real `tawasul` from a test."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.processes import is_alive, tree_of, wait_until

TAWASUL = (sys.executable, "-P", "-m", "server.cli")
ROOT = Path(__file__).parent.parent.parent


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return an environment in which nothing but ``data`` and ``more`` is configured."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TAWASUL_")}
    ours = {"PYTHONPATH": str(ROOT), "TAWASUL_DATA_DIR": str(data), "TAWASUL_SMTP_PORT": "0"}
    return plain | ours | {f"TAWASUL_{name}": value for name, value in more.items()}


def tawasul(data: Path, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*TAWASUL, *words],
        env=environment(data, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Up:
    """A running `tawasul up` on any free port; what it says goes to a file beside its data."""

    def __init__(self, data: Path, *words: str, **more: str) -> None:
        self._said = data.with_name(f"{data.name}.said")
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [*TAWASUL, "up", "--data", data, "--port", "0", *words],
                env=environment(data, **more),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self._said.read_text(encoding="utf-8", errors="replace")

    def ready(self) -> str:
        """Wait for the web; return its address."""
        wait_until(self._is_ready_or_over, seconds=120)
        found = re.search(r"Tawasul is ready: (\S+)/", self.said())
        assert found, self.said()
        return found[1]

    def everybody(self) -> list[int]:
        return tree_of(self.process.pid)

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        wait_until(lambda: not is_alive(self.process.pid))

    def _is_ready_or_over(self) -> bool:
        return "Tawasul is ready" in self.said() or self.process.poll() is not None
