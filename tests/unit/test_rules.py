"""Rules of this project that matter and that no tool knows, read from the source."""

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("server", "channels", "agent_ui", "routing", "sla")
LONGEST = 350

# A backup's name and a line of the log tell an operator when it really was, also under a test clock.
REAL_TIME = {"server/kit/clock.py", "server/cli/copies.py", "server/up/up.py"}
READS_A_CLOCK = {"now", "utcnow", "today"}
SQL_TIME = re.compile(
    r"\b(?:(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)"
    r"|current_(?:timestamp|date|time)\b|localtime(?:stamp)?\b)",
    re.IGNORECASE,
)
WORDS_OF_PEOPLE = {"text", "subject", "name", "address", "html", "body", "email", "phone", "words"}
UNEXPLAINED = re.compile(r"#\s*(?:type:\s*ignore(?!\[)|noqa(?!:\s*[A-Z]))")


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def at(path: Path, node: ast.expr) -> str:
    return f"{name(path)}:{node.lineno}"


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def calls(of: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the last word of what is called."""
    for node in ast.walk(of):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr, node
            elif isinstance(node.func, ast.Name):
                yield node.func.id, node


def is_our_clock(call: ast.Call) -> bool:
    called = call.func
    return (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id == "clock"
    )


def docstrings(module: ast.Module) -> set[int]:
    """The ids of strings that stand as statements: they explain and do nothing."""
    return {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}


def keys(of: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(of):
        if isinstance(node, ast.Dict):
            yield from (key for key in node.keys if key is not None)


def event_keys(module: ast.Module) -> Iterator[ast.expr]:
    """The keys of what is written as an event's data: in the call itself or in a variable `data`."""
    for called, call in calls(module):
        if called == "Event":
            for part in (*call.args, *(keyword.value for keyword in call.keywords)):
                yield from keys(part)
    for node in ast.walk(module):
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id == "data":
                yield from keys(node)
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                yield from [target.slice] if target.value.id == "data" else []


def writes_events(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "server.events.reactions"
        and any(alias.name == "Event" for alias in node.names)
        for node in ast.walk(module)
    )


def test_only_the_clock_knows_what_time_it_is() -> None:
    assert [
        at(path, call)
        for path in sources("server", "sla", "routing")
        if name(path) not in REAL_TIME
        for called, call in calls(tree(path))
        if called in READS_A_CLOCK and not is_our_clock(call)
    ] == []


def test_sql_takes_the_time_as_a_parameter() -> None:
    found = []
    for path in sources("server"):
        module = tree(path)
        prose = docstrings(module)
        found += [
            at(path, node)
            for node in ast.walk(module)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in prose
            and SQL_TIME.search(node.value)
        ]
    assert found == []


def test_bells_are_rung_by_loops_or_after_a_commit() -> None:
    found = []
    for path in sources("server"):
        if "listeners" in {path.stem, path.parent.name}:
            continue
        module = tree(path)
        waiting = {
            id(ring)
            for called, call in calls(module)
            if called == "after_commit"
            for part in call.args
            if isinstance(part, ast.Lambda)
            for _, ring in calls(part)
        }
        found += [
            at(path, call)
            for called, call in calls(module)
            if called == "ring" and id(call) not in waiting
        ]
    assert found == []


def test_events_hold_no_words_of_people() -> None:
    written = [
        (at(path, key), key.value)
        for path in sources("server")
        if writes_events(tree(path))
        for key in event_keys(tree(path))
        if isinstance(key, ast.Constant)
    ]
    assert [where for where, key in written if key in WORDS_OF_PEOPLE] == []
    # Were events written in another way, the line above would hold of nothing.
    assert {"message", "from", "to"} <= {key for _, key in written}


def test_what_is_silenced_says_what_it_is() -> None:
    found = []
    for path in sources(*PACKAGES, "tests", "tools", "bench"):
        with path.open("rb") as file:
            found += [
                f"{name(path)}:{token.start[0]}"
                for token in tokenize.tokenize(file.readline)
                if token.type == tokenize.COMMENT and UNEXPLAINED.search(token.string)
            ]
    assert found == []


def test_no_file_grows_too_long() -> None:
    lengths = {
        name(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources("server", "channels", "routing", "sla")
    }
    assert [path for path, length in lengths.items() if length > LONGEST] == []
