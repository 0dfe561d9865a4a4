"""Train the topic model on what people wrote and chose, in a child process that ends with us."""

import asyncio
import json
import os
import signal
import sys
from datetime import datetime, timedelta
from typing import Any

from server.assignment import queries, topic_model
from server.assignment.queries import Example
from server.db import sql
from server.kit import jobs
from server.kit.errors import Forbidden
from server.kit.parent import die_with
from server.kit.work import after_commit, transaction
from server.people.queries import Viewer

EVERY = timedelta(hours=24)
MOST = 20_000
SECONDS = 600.0
_LOCK = 0x7A3A5033


async def ask_for_training(*, by: Viewer, now: datetime) -> None:
    """Ask for a training now; asking twice is asking once."""
    if not by.supervised:
        raise Forbidden
    async with transaction():
        await sql.run(
            """
            INSERT INTO topic_trainings (at, examples, kept, state, asked_by) VALUES ($1, 0, false, 'asked', $2)
            ON CONFLICT DO NOTHING
            """,
            now,
            by.id,
        )
        after_commit(lambda: jobs.ring("train", 0))


async def train_if_due(*, now: datetime) -> dict[str, Any] | None:
    """Train when somebody asked for it or a day has passed; return what came of it."""
    training_id = await _begin(now)
    if training_id is None:
        return None
    file = f"topics-{int(now.timestamp()):012}.npz"
    verdict = await _learn(await queries.examples(limit=MOST), file)
    report = verdict.get("report")
    await sql.run(
        """
        UPDATE topic_trainings SET state = 'done', examples = $2, seeded = $3, corrected = $4, confirmed = $5,
            accuracy = $6, former_accuracy = $7, seeded_accuracy = $8, former_seeded_accuracy = $9,
            kept = $10, error = $11, file = $12, report = $13::jsonb
        WHERE id = $1
        """,
        training_id,
        verdict.get("examples", 0),
        *(verdict.get(source, 0) for source in ("seeded", "corrected", "confirmed")),
        verdict.get("accuracy"),
        verdict.get("former_accuracy"),
        verdict.get("seeded_accuracy"),
        verdict.get("former_seeded_accuracy"),
        verdict["kept"],
        verdict.get("error"),
        file if verdict["kept"] else None,
        None if report is None else sql.dump(report),
    )
    return verdict


async def _begin(now: datetime) -> int | None:
    """Write down first that a training runs, so that a second scheduler does not train as well."""
    async with transaction():
        if not await sql.value("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
            return None
        await sql.run(
            "UPDATE topic_trainings SET state = 'done', error = 'broken_off' WHERE state = 'running' AND at <= $1",
            now - timedelta(seconds=2 * SECONDS),
        )
        if await sql.value("SELECT EXISTS (SELECT FROM topic_trainings WHERE state = 'running')"):
            return None
        asked: int | None = await sql.value(
            "UPDATE topic_trainings SET state = 'running', at = $1 WHERE state = 'asked' RETURNING id",
            now,
        )
        if asked is not None:
            return asked
        last = await sql.value("SELECT max(at) FROM topic_trainings")
        if last is not None and last > now - EVERY:
            return None
        return int(
            await sql.value(
                """
                INSERT INTO topic_trainings (at, examples, kept, state) VALUES ($1, 0, false, 'running')
                RETURNING id
                """,
                now,
            )
        )


async def _learn(examples: list[Example], file: str) -> dict[str, Any]:
    home = topic_model.folder()
    home.mkdir(parents=True, exist_ok=True)
    known = topic_model.versions()
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.assignment.learn",
        str(home / file),
        str(known[0]) if known else "",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=die_with(os.getpid(), signal.SIGTERM),
    )
    lines = "".join(json.dumps(example._asdict()) + "\n" for example in examples)
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
