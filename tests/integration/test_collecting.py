"""What nobody needs any more is cleared away, and nothing else."""

import os
from datetime import timedelta

import pytest

from server.db import sql
from server.kit import blobs, clock
from server.kit.settings import Settings
from server.tickets.actions import collect_blobs, forget_form_keys, know_blobs
from tests.support import factories as make

pytestmark = pytest.mark.anyio


async def kept(content: bytes, *, days: int) -> bytes:
    """Store a file as it was stored ``days`` ago."""
    blob = await blobs.store(content)
    then = clock.now() - timedelta(days=days)
    os.utime(blobs.path(blob), (then.timestamp(), then.timestamp()))
    await know_blobs({blob: len(content)}, now=then)
    return blob


async def test_a_file_that_nobody_has_needed_for_a_week_goes(db: Settings) -> None:
    old, new = await kept(b"old", days=8), await kept(b"new", days=1)
    assert await collect_blobs(now=clock.now()) == 1
    assert not blobs.path(old).exists()
    assert await blobs.load(new) == b"new"
    assert await sql.value("SELECT count(*) FROM blobs") == 1


async def test_a_file_that_was_stored_again_stays(db: Settings) -> None:
    blob = await kept(b"again", days=30)
    await blobs.store(b"again")
    assert await collect_blobs(now=clock.now()) == 0
    assert await blobs.load(blob) == b"again"


async def test_an_attachment_is_never_collected(db: Settings) -> None:
    blob = await kept(b"attached", days=400)
    message = await make.message(await make.ticket(await make.team()))
    await make.attachment(message, content=b"attached")
    then = (clock.now() - timedelta(days=400)).timestamp()
    os.utime(blobs.path(blob), (then, then))
    assert await collect_blobs(now=clock.now()) == 0


async def test_keys_of_forms_are_forgotten_after_a_week(db: Settings) -> None:
    person = await make.user()
    for days in (1, 8):
        await sql.run(
            "INSERT INTO form_keys (user_id, key, action, at) VALUES ($1, $2, 'reply', $3)",
            person,
            f"k{days}",
            clock.now() - timedelta(days=days),
        )
    assert await forget_form_keys(now=clock.now()) == 1
