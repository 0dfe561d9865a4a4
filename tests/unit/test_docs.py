"""What the documentation names is there, and what it must name it names."""

import ast
import re
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.email.settings import Settings as MailSettings
from channels.registry import REGISTRY
from server.cli import parser
from server.kit import settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")
TOUR = (DOCS / "tour.md").read_text(encoding="utf-8")
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
CALL = re.compile(r"`(\w+)\(\)`")
PLACED = re.compile(r"`(\w+)\(\)` (?:in|of|from) \[[^\]]*\]\(([^)\s]+)\)")
OURS = ("server/", "channels/", "agent_ui/", "routing/", "sla/", "tests/", "docs/", "tools/")

page = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def commands(of: ArgumentParser, words: str = "tawasul") -> Iterator[str]:
    """Every command that `--help` lists, as it is typed."""
    groups = [action for action in of._actions if isinstance(action, _SubParsersAction)]
    if not groups:
        yield words
    for group in groups:
        for listed in group._choices_actions:
            yield from commands(group.choices[listed.dest], f"{words} {listed.dest}")


def variables() -> set[str]:
    """Every variable that the settings read, from the source that reads them."""
    tree = ast.parse(Path(settings.__file__).read_text(encoding="utf-8"))
    return {
        settings.PREFIX + call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def rows(text: str) -> list[str]:
    """The first cell of every row of every table."""
    return [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]


def test_every_setting_has_its_row() -> None:
    named = {name for cell in rows(OPERATIONS) for name in CODE.findall(cell)}
    assert {name for name in named if name.startswith(settings.PREFIX)} == variables()


def test_every_command_has_its_row() -> None:
    named = [cell.strip("`") for cell in rows(OPERATIONS) if cell.startswith("`tawasul ")]
    asked = list(commands(parser()))
    assert [one for one in asked if not any(f"{row} ".startswith(f"{one} ") for row in named)] == []
    known = [row for row in named if any(f"{row} ".startswith(f"{one} ") for one in asked)]
    assert known == named


@pytest.mark.parametrize("kind", REGISTRY)
def test_every_channel_is_documented(kind: str) -> None:
    assert f"`{kind}`" in (DOCS / "adding-a-channel.md").read_text(encoding="utf-8")
    assert f"`account add {kind}`" in OPERATIONS


def test_every_setting_of_a_mailbox_has_its_row() -> None:
    named = {name for cell in rows(OPERATIONS) for name in CODE.findall(cell)}
    assert set(MailSettings.__struct_fields__) <= named


@page
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    local = [link.partition("#")[0] for link in links if "://" not in link]
    assert [link for link in local if link and not (page.parent / link).exists()] == []


@page
def test_named_files_exist(page: Path) -> None:
    named = [
        code
        for code in CODE.findall(page.read_text(encoding="utf-8"))
        if code.startswith(OURS) and not set(code) & set("<>*… ")
    ]
    built = {"agent_ui/static/vendor"}
    assert [one for one in named if not (ROOT / one).exists() and one not in built] == []


@pytest.mark.parametrize(("function", "link"), PLACED.findall(TOUR))
def test_the_tour_names_the_file_of_a_function(function: str, link: str) -> None:
    assert function in functions((DOCS / link).resolve())


def test_every_function_of_the_tour_is_in_a_file_of_its_section() -> None:
    lost = []
    for section in TOUR.split("\n## "):
        linked = {DOCS / link for link in LINK.findall(section) if link.endswith(".py")}
        defined = set().union(*map(functions, linked))
        lost += [name for name in CALL.findall(section) if name not in defined]
    assert lost == []


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_form_and_its_line(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    heads = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert heads == ["Context", "Decision", "Consequences", "Alternatives"]
    assert text.startswith(f"# {decision.name[:4]}. ")
    assert f"({decision.name})" in (DOCS / "decisions/README.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(decision.name[:4]) for decision in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
