import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(path for package in ("sla", "routing") for path in (ROOT / package).rglob("*.py"))
CLOCKS_AND_DICE = {"time", "random", "secrets", "uuid", "asyncio", "socket", "logging", "threading"}
READS_A_CLOCK = {"now", "utcnow", "today", "localtime", "monotonic", "perf_counter", "time_ns"}


def names(tree: ast.AST) -> Iterator[str]:
    """Give the modules imported and the functions called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (f"import {alias.name.split('.')[0]}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield f"import {node.module.split('.')[0]}"
        elif isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield f"call {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_decisions_read_no_clock_and_throw_no_dice(path: Path) -> None:
    forbidden = {f"import {name}" for name in CLOCKS_AND_DICE}
    forbidden |= {f"call {name}" for name in READS_A_CLOCK}
    assert forbidden.isdisjoint(names(ast.parse(path.read_text("utf-8"))))


def test_the_rule_sees_a_clock_when_there_is_one() -> None:
    tree = ast.parse("import time\nfrom datetime import datetime\ndatetime.now()\ntime.monotonic()")
    assert {"import time", "call now", "call monotonic"} <= set(names(tree))
