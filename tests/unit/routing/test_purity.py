"""Routing reads no clock, rolls no dice and touches nothing outside; only a model knows files."""

import ast
from pathlib import Path

import pytest

import routing

FILES = sorted(Path(routing.__file__).parent.glob("*.py"))
OUTSIDE = {"asyncio", "logging", "random", "socket", "subprocess", "time", "urllib"}
TRAINING = {"training.py", "examples.py", "network.py"}
NUMPY = TRAINING | {"model.py", "model_file.py", "parts.py"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_keeps_to_what_it_is_given(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            roots = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
            )
            for root in (name.partition(".")[0] for name in roots):
                assert root not in OUTSIDE
                assert root != "numpy" or path.name in NUMPY
                assert root not in {"sklearn", "scipy"} or path.name in TRAINING
                assert root not in {"os", "pathlib", "io"} or path.name in {
                    "model.py",
                    "model_file.py",
                }
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "utcnow", "today"} or isinstance(
                node.value, ast.Name | ast.Attribute
            )
            if node.attr in {"now", "utcnow", "today"}:
                assert ast.unparse(node.value) not in {"datetime", "date", "datetime.datetime"}
