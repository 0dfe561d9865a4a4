"""Recorded mails beside what they must become: `name.eml` and `name.json`."""

import json
from pathlib import Path
from typing import Any

import pytest

from channels.email.parse import parse

MAILS = sorted((Path(__file__).parents[2] / "data" / "email").glob("*.eml"))


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_recorded_mail_becomes_what_stands_beside_it(path: Path) -> None:
    found = parse(path.read_bytes()).as_json()
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert {key: _compared(key, found, wanted) for key, wanted in expected.items()} == expected


def test_there_are_recorded_mails() -> None:
    assert len(MAILS) >= 60


def _compared(key: str, found: dict[str, Any], wanted: Any) -> Any:
    """Reduce what was found to what the expectation speaks of."""
    name, _, how = key.rpartition("_")
    if how in ("include", "contains"):
        return [one for one in wanted if _is_in(one, found[name])]
    if how == "lacks":
        return [one for one in wanted if not _is_in(one, found[name])]
    if how == "includes":
        return {one: (found[name] or {}).get(one) for one in wanted}
    if how == "statuses":
        return [one["status"] for one in found["bounce"]["recipients"]]
    if key == "attachments" and len(found[key]) == len(wanted):
        pairs = zip(found[key], wanted, strict=True)
        return [{one: file[one] for one in asked} for file, asked in pairs]
    return found[key]


def _is_in(wanted: str, found: str | list[str] | None) -> bool:
    if isinstance(found, list):
        return any(wanted in one for one in found)
    return wanted in (found or "")
