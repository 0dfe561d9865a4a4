"""Write canned replies and articles: every saving is a version with its author, and can be gone back to.

Supervisors write for the teams they supervise, administrators for all.
"""

from dataclasses import asdict, replace
from datetime import datetime
from urllib.parse import urlsplit

from asyncpg import UniqueViolationError

from routing.text import normalise
from server.db import sql
from server.kit.errors import Conflict, Forbidden, Invalid, NotFound
from server.kit.work import transaction
from server.knowledge import placeholders
from server.knowledge.queries import pieces
from server.knowledge.queries.pieces import ARTICLE, REPLY, Piece, Written, may_write
from server.people.queries import Viewer
from server.search.terms import vector
from server.tickets.actions.common import first_answer, keep_answer

LIMITS = {
    "title_ar": 150,
    "title_en": 150,
    "body_ar": 20_000,
    "body_en": 20_000,
    "shortcut": 30,
    "address": 500,
}


class ChangedMeanwhile(Conflict):
    """Somebody else saved this piece after it was opened."""

    code = "piece_changed"


async def save(
    piece_id: int | None,
    written: Written,
    *,
    kind: str,
    by: Viewer,
    form_key: str,
    now: datetime,
    seen: int = 0,
) -> int:
    """Write a piece, or a new one; ``seen`` is the version that its author had before them."""
    written = checked(written, kind=kind)
    if not may_write(by, written.team_ids):
        raise Invalid("not_your_teams", field="teams")
    try:
        async with transaction():
            done = await first_answer(by, form_key, f"knowledge.{piece_id or 0}", now=now)
            if done is not None:
                return int(done["id"])
            if piece_id is None:
                saved = await _insert(written, kind=kind, by=by, now=now)
            else:
                before = await _locked(piece_id, kind=kind, by=by)
                if before.version != seen:
                    raise ChangedMeanwhile
                saved = await _update(before, written, by=by, now=now)
            await keep_answer(by, form_key, {"id": saved})
    except UniqueViolationError as error:
        raise Invalid("shortcut_taken", field="shortcut") from error
    return saved


async def archive(piece_id: int, *, kind: str, by: Viewer, now: datetime) -> None:
    """Take a piece out of use; it can be brought back."""
    async with transaction():
        before = await _locked(piece_id, kind=kind, by=by)
        await sql.run(
            "UPDATE knowledge SET archived_at = coalesce(archived_at, $2) WHERE id = $1",
            before.id,
            now,
        )


async def bring_back(piece_id: int, *, kind: str, by: Viewer) -> None:
    """Put an archived piece into use again; its shortcut may have gone to another meanwhile."""
    try:
        async with transaction():
            before = await _locked(piece_id, kind=kind, by=by)
            await sql.run("UPDATE knowledge SET archived_at = NULL WHERE id = $1", before.id)
    except UniqueViolationError as error:
        raise Invalid("shortcut_taken", field="shortcut") from error


async def go_back(piece_id: int, version: int, *, kind: str, by: Viewer, now: datetime) -> None:
    """Make a piece what it was in a version; that is a new version."""
    try:
        async with transaction():
            before = await _locked(piece_id, kind=kind, by=by)
            earlier = await pieces.version(piece_id, version)
            if earlier is None:
                raise NotFound
            # Who may use it is of today: going back to a text must not hand it to other teams.
            earlier = replace(earlier, team_ids=before.written.team_ids)
            await _update(before, checked(earlier, kind=kind), by=by, now=now)
    except UniqueViolationError as error:
        raise Invalid("shortcut_taken", field="shortcut") from error


def checked(written: Written, *, kind: str) -> Written:
    """Return what may be kept; raise :class:`Invalid` naming the field that is wrong."""
    written = replace(
        written,
        title_ar=" ".join(written.title_ar.split()),
        title_en=" ".join(written.title_en.split()),
        body_ar=_lines(written.body_ar),
        body_en=_lines(written.body_en),
        shortcut=written.shortcut.strip().removeprefix("/") if kind == REPLY else "",
        address=written.address.strip() if kind == ARTICLE else "",
    )
    for field, missing in (
        ("title_ar", not (written.title_ar or written.title_en)),
        ("body_ar", not (written.body_ar or written.body_en)),
        ("teams", written.team_ids is not None and not written.team_ids),
    ):
        if missing:
            raise Invalid("required", field=field)
    for field, limit in LIMITS.items():
        if len(getattr(written, field)) > limit:
            raise Invalid("too_long", field=field)
    if kind == REPLY:
        for field in ("body_ar", "body_en"):
            if placeholders.unknown(getattr(written, field)):
                raise Invalid("unknown_placeholder", field=field)
        if written.shortcut and not _is_shortcut(written.shortcut):
            raise Invalid("not_a_shortcut", field="shortcut")
    if written.address and not _is_link(written.address):
        raise Invalid("not_a_link", field="address")
    return written


def _is_shortcut(word: str) -> bool:
    return bool(normalise(word)) and not any(sign.isspace() or sign == "/" for sign in word)


def _is_link(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return (
        parts.scheme in {"https", "http"}
        and bool(parts.hostname)
        and address.isprintable()
        and not any(sign.isspace() for sign in address)
    )


def _lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\x00", "").strip().splitlines())


async def _locked(piece_id: int, *, kind: str, by: Viewer) -> Piece:
    await sql.run("SELECT FROM knowledge WHERE id = $1 FOR UPDATE", piece_id)
    found = await pieces.one(piece_id, kind=kind, viewer=by)
    if not may_write(by, found.written.team_ids):
        raise Forbidden
    return found


async def _insert(written: Written, *, kind: str, by: Viewer, now: datetime) -> int:
    saved = await sql.value(
        """
        INSERT INTO knowledge (title_ar, title_en, body_ar, body_en, shortcut, shortcut_key, address, topic_ids,
                               team_ids, terms, author_id, saved_at, kind)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::bigint[], $9::bigint[], $10::tsvector, $11, $12, $13) RETURNING id
        """,
        *_values(written, by, now),
        kind,
    )
    await _keep_version(int(saved), 1, written, by=by, now=now)
    return int(saved)


async def _update(before: Piece, written: Written, *, by: Viewer, now: datetime) -> int:
    if written == before.written:
        return before.id
    await sql.run(
        """
        UPDATE knowledge SET title_ar = $1, title_en = $2, body_ar = $3, body_en = $4, shortcut = $5,
            shortcut_key = $6, address = $7, topic_ids = $8::bigint[], team_ids = $9::bigint[],
            terms = $10::tsvector, author_id = $11, saved_at = $12, version = version + 1
        WHERE id = $13
        """,
        *_values(written, by, now),
        before.id,
    )
    await _keep_version(before.id, before.version + 1, written, by=by, now=now)
    return before.id


async def _keep_version(
    piece_id: int, version: int, written: Written, *, by: Viewer, now: datetime
) -> None:
    await sql.run(
        """
        INSERT INTO knowledge_versions (knowledge_id, version, written, author_id, at)
        VALUES ($1, $2, $3::jsonb, $4, $5)
        """,
        piece_id,
        version,
        sql.dump(asdict(written)),
        by.id,
        now,
    )


def _values(written: Written, by: Viewer, now: datetime) -> tuple[object, ...]:
    texts = (written.title_ar, written.title_en, written.body_ar, written.body_en)
    return (
        *texts,
        written.shortcut,
        normalise(written.shortcut),
        written.address,
        list(written.topic_ids),
        None if written.team_ids is None else list(written.team_ids),
        str(vector((*texts, written.shortcut))),
        by.id,
        now,
    )
