"""The topics that a new desk can begin with, each with the ways in which citizens speak of it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class StartingTopic:
    """A topic to begin with; ``team`` is the slug of a team that may exist."""

    slug: str
    name_ar: str
    name_en: str
    parent: str | None
    team: str | None
    priority: str | None
    keywords: tuple[str, ...]
    examples: tuple[str, ...]


@cache
def starting_topics() -> tuple[StartingTopic, ...]:
    """Return them, each behind the one above it."""
    return tuple(
        StartingTopic(
            slug=row["slug"],
            name_ar=row["name_ar"],
            name_en=row["name_en"],
            parent=row.get("parent"),
            team=row.get("team"),
            priority=row.get("priority"),
            keywords=tuple(row["keywords"]),
            examples=tuple(row["examples"].strip().splitlines()),
        )
        for row in tomllib.loads(_FILE.read_text(encoding="utf-8"))["topic"]
    )
