"""What the colleagues of the demonstration have written down, read from the file beside this one."""

import tomllib
from datetime import datetime
from pathlib import Path

from server.demo.office import DOMAIN
from server.demo.queries import topic_ids
from server.knowledge.actions import save
from server.knowledge.queries.pieces import ARTICLE, REPLY, Written
from server.people.queries import user_id, viewer_of

TEXTS = Path(__file__).with_suffix(".toml")


async def write_knowledge(now: datetime) -> None:
    """Let the administrator write everything, for all teams."""
    author = await viewer_of(await user_id(f"salma@{DOMAIN}") or 0)
    if author is None:
        raise LookupError(DOMAIN)
    known = await topic_ids()
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    for kind in (REPLY, ARTICLE):
        for number, text in enumerate(texts[kind]):
            topics = tuple(known[slug] for slug in text.pop("topics") if slug in known)
            await save(
                None,
                Written(**text, topic_ids=topics),
                kind=kind,
                by=author,
                form_key=f"demo-{kind}-{number}",
                now=now,
            )
