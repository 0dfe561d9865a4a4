"""Train the topic model on what people chose, in a child process that ends with us."""

import asyncio
import json
import os
import signal
import sys
from datetime import datetime, timedelta
from typing import Any

from server.assignment import queries, topic_model
from server.db import sql
from server.kit.parent import die_with
from server.kit.work import transaction

EVERY = timedelta(hours=24)
MOST = 20_000
SECONDS = 600.0
_LOCK = 0x7A3A5033


async def train_if_due(*, now: datetime) -> dict[str, Any] | None:
    """Train when a day has passed and people have chosen topics since; return what came of it."""
    async with transaction():
        if not await sql.value("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
            return None
        last = await sql.row("SELECT at, examples FROM topic_trainings ORDER BY id DESC LIMIT 1")
        if last is not None and last["at"] > now - EVERY:
            return None
        # Written down first, so that a second scheduler does not train as well.
        training_id = await sql.value(
            "INSERT INTO topic_trainings (at, examples, kept) VALUES ($1, 0, false) RETURNING id",
            now,
        )
    examples = await queries.chosen_topics(limit=MOST)
    verdict = await _learn(examples, now=now)
    await sql.run(
        """
        UPDATE topic_trainings SET examples = $2, accuracy = $3, former_accuracy = $4, kept = $5, error = $6
        WHERE id = $1
        """,
        training_id,
        verdict.get("examples", len(examples)),
        verdict.get("accuracy"),
        verdict.get("former_accuracy"),
        verdict["kept"],
        verdict.get("error"),
    )
    return verdict


async def _learn(examples: list[tuple[str, int]], *, now: datetime) -> dict[str, Any]:
    home = topic_model.folder()
    home.mkdir(parents=True, exist_ok=True)
    known = topic_model.versions()
    new = home / f"topics-{int(now.timestamp()):012}.npz"
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.assignment.learn",
        str(new),
        str(known[0]) if known else "",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=die_with(os.getpid(), signal.SIGTERM),
    )
    lines = "".join(json.dumps({"text": text, "topic": topic}) + "\n" for text, topic in examples)
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await child.communicate(lines.encode())
    except TimeoutError:
        child.kill()
        await child.wait()
        return {"kept": False, "error": "took_too_long"}
    if child.returncode:
        return {"kept": False, "error": f"exit_{child.returncode}"}
    verdict: dict[str, Any] = json.loads(said)
    if verdict["kept"]:
        for old in topic_model.versions()[topic_model.KEPT :]:
            old.unlink(missing_ok=True)
    return verdict
