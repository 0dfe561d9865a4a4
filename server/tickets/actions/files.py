"""Files of an answer: made durable, put into the text where it names them, kept for another try."""

import hashlib
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent_ui.pictures import named
from server.db import sql
from server.kit import blobs
from server.kit.errors import Invalid, NotFound
from server.kit.limits import FILES, NAME_CHARACTERS, PICTURE_BYTES, PICTURES_IN_TEXT, UPLOAD
from server.kit.settings import settings
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions.common import lock
from server.tickets.actions.merge import lock_with_root
from server.tickets.actions.receive import ReceivedFile, know_blobs
from server.tickets.pictures import PICTURES, picture_type
from server.tickets.queries.roots import root_of

KEPT = timedelta(days=7)
UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form."""

    filename: str
    content_type: str
    content: bytes


class WrongPicture(Invalid):
    """The text says that a picture stands in it, and there is none of this ``name``."""

    def __init__(self, code: str, *, name: str) -> None:
        super().__init__(code, field="files")
        self.name = name


async def store(files: Sequence[Upload]) -> list[ReceivedFile]:
    """Make files durable before any row names them; what only calls itself a picture is none."""
    if sum(len(file.content) for file in files) > UPLOAD:
        raise Invalid("files_too_large", field="files")
    return [
        ReceivedFile(
            blob_hash=await blobs.store(file.content),
            filename=file.filename[:NAME_CHARACTERS],
            content_type=_type(file),
            size=len(file.content),
            inline=False,
            content_id=None,
        )
        for file in files
    ]


def _type(file: Upload) -> str:
    found = picture_type(file.content)
    if found or file.content_type not in PICTURES:
        return found or file.content_type
    return UNKNOWN


def together(files: Sequence[ReceivedFile]) -> list[ReceivedFile]:
    """Return the files of one answer, each once, if they can be sent together."""
    each = list({(file.blob_hash, file.filename): file for file in files}.values())
    if len(each) > FILES:
        raise Invalid("too_many_files", field="files")
    if sum(file.size for file in each) > UPLOAD:
        raise Invalid("files_too_large", field="files")
    return each


def in_text(text: str, files: Sequence[ReceivedFile]) -> list[ReceivedFile]:
    """Put into the text those files that it names; :class:`Invalid` if one is missing or no picture."""
    by_name = {file.filename: file for file in reversed(files)}
    for name in named(text):
        if name not in by_name:
            raise WrongPicture("picture_missing", name=name)
        if by_name[name].content_type not in PICTURES:
            raise WrongPicture("not_a_picture", name=name)
    found = [by_name[name] for name in named(text)]
    if len(found) > PICTURES_IN_TEXT or sum(file.size for file in found) > PICTURE_BYTES:
        raise Invalid("pictures_too_large", field="files")
    return [
        replace(file, inline=True, content_id=_content_id(file)) if file in found else file
        for file in files
    ]


def _content_id(file: ReceivedFile) -> str:
    """Name a picture by what and what it is called: the same try gives the same mail."""
    digest = hashlib.sha256(file.blob_hash + file.filename.encode()).hexdigest()
    return f"{digest[:32]}@{settings().mail_domain}"


async def keep(
    ticket_id: int,
    *,
    by: Viewer,
    files: Sequence[Upload],
    chosen: Collection[int],
    now: datetime,
) -> None:
    """Keep the files of an answer that was not taken; of those kept before only what is still ``chosen``.

    Where the ticket is merged by now they go to the root, if this person may see it: beside what waits there.
    """
    stored = await store(files)
    async with transaction():
        kept_on = await _locked(ticket_id, by)
        if kept_on == ticket_id:
            await sql.run(
                "DELETE FROM kept_files WHERE ticket_id = $1 AND user_id = $2 AND NOT id = ANY($3::bigint[])",
                ticket_id,
                by.id,
                list(chosen),
            )
        else:
            await _move(ticket_id, kept_on, by=by, chosen=chosen)
        before = await sql.value(
            "SELECT count(*) FROM kept_files WHERE ticket_id = $1 AND user_id = $2", kept_on, by.id
        )
        if len(stored) + before > FILES:
            raise Invalid("too_many_files", field="files")
        await know_blobs({file.blob_hash: file.size for file in stored}, now=now)
        await sql.run(
            """
            INSERT INTO kept_files (user_id, ticket_id, blob_hash, filename, content_type, size, kept_at)
            SELECT $1, $2, f.*, $7
            FROM unnest($3::bytea[], $4::text[], $5::text[], $6::bigint[]) AS f ON CONFLICT DO NOTHING
            """,
            by.id,
            kept_on,
            *sql.columns(
                [(file.blob_hash, file.filename, file.content_type, file.size) for file in stored],
                4,
            ),
            now,
        )


async def _locked(ticket_id: int, by: Viewer) -> int:
    """Lock and return the ticket's root, or the ticket where this person may not see that."""
    await lock_with_root(ticket_id)
    with suppress(NotFound):
        return (await lock(await root_of(ticket_id), by)).id
    return (await lock(ticket_id, by, merged=True)).id


async def _move(ticket_id: int, root: int, *, by: Viewer, chosen: Collection[int]) -> None:
    await sql.run(
        """
        UPDATE kept_files k SET ticket_id = $2
        WHERE ticket_id = $1 AND user_id = $3 AND id = ANY($4::bigint[]) AND NOT EXISTS (
            SELECT 1 FROM kept_files o WHERE o.ticket_id = $2 AND o.user_id = $3
                AND o.filename = k.filename AND o.blob_hash = k.blob_hash)
        """,
        ticket_id,
        root,
        by.id,
        list(chosen),
    )


async def keep_again(message_id: int, *, on: int, by: Viewer, now: datetime) -> None:
    """Keep the files of an answer that was taken back, for whoever took it back, ``on`` the ticket they read."""
    await sql.run(
        """
        INSERT INTO kept_files (user_id, ticket_id, blob_hash, filename, content_type, size, kept_at)
        SELECT $2, $4, a.blob_hash, a.filename, a.content_type, a.size, $3
        FROM attachments a WHERE a.message_id = $1
        ORDER BY a.position ON CONFLICT DO NOTHING
        """,
        message_id,
        by.id,
        now,
        on,
    )


async def take_kept(ticket_id: int, *, by: Viewer, chosen: Collection[int]) -> list[ReceivedFile]:
    """Return those of the kept files that are wanted; none of them is kept any longer."""
    found = await sql.rows(
        """
        DELETE FROM kept_files WHERE ticket_id = $1 AND user_id = $2
        RETURNING id, blob_hash, filename, content_type, size
        """,
        ticket_id,
        by.id,
    )
    return [
        ReceivedFile(
            blob_hash=row["blob_hash"],
            filename=row["filename"],
            content_type=row["content_type"],
            size=row["size"],
            inline=False,
            content_id=None,
        )
        for row in sorted(found, key=lambda row: row["id"])
        if row["id"] in chosen
    ]


async def forget_kept(*, now: datetime) -> int:
    """Let go of files that nobody sent after all; return how many there were."""
    return await sql.run("DELETE FROM kept_files WHERE kept_at < $1", now - KEPT)
