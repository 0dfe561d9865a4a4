"""Canned replies and articles as they are written: a piece of knowledge is either of the two."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from routing.text import normalise
from server.db import sql
from server.kit.errors import NotFound
from server.people.queries import Viewer
from server.search.terms import quoted

REPLY, ARTICLE = "reply", "article"
PICKED = 8


@dataclass(frozen=True, slots=True)
class Written:
    """What an author writes; no ``team_ids`` are all teams."""

    title_ar: str
    title_en: str
    body_ar: str
    body_en: str
    shortcut: str = ""
    address: str = ""
    topic_ids: tuple[int, ...] = ()
    team_ids: tuple[int, ...] | None = None

    def body(self, language: str) -> str:
        """Return the text in a language, or in the one there is."""
        return (
            (self.body_ar or self.body_en) if language == "ar" else (self.body_en or self.body_ar)
        )

    def language(self, wanted: str) -> str:
        """Return the language that :meth:`body` answers in."""
        there = {"ar": self.body_ar, "en": self.body_en}
        return wanted if there.get(wanted) else ("ar" if self.body_ar else "en")


@dataclass(frozen=True, slots=True)
class Piece:
    id: int
    kind: str
    written: Written
    uses: int
    version: int
    author: str | None
    saved_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """One saving."""

    version: int
    written: Written
    author: str | None
    at: datetime


_COLUMNS = """
k.id, k.kind, k.title_ar, k.title_en, k.body_ar, k.body_en, k.shortcut, k.address, k.topic_ids, k.team_ids, k.uses,
k.version, u.name AS author, k.saved_at, k.archived_at
FROM knowledge k LEFT JOIN users u ON u.id = k.author_id
"""
_SEEN = "(k.team_ids IS NULL OR k.team_ids && {teams}::bigint[])"


def may_write(viewer: Viewer, team_ids: Collection[int] | None) -> bool:
    """Tell whether this person writes for these teams; ``None`` are all teams."""
    if viewer.administrator:
        return True
    return bool(team_ids) and set(team_ids or ()) <= viewer.supervised


async def one(piece_id: int, *, kind: str, viewer: Viewer) -> Piece:
    """Return a piece that the viewer's teams use; raise :class:`NotFound` for any other."""
    row = await sql.row(
        f"SELECT {_COLUMNS} WHERE k.id = $1 AND k.kind = $2 AND {_SEEN.format(teams='$3')}",
        piece_id,
        kind,
        viewer.team_ids,
    )
    if row is None:
        raise NotFound
    return piece(row)


async def listed(
    kind: str, *, viewer: Viewer, terms: str = "", archived: bool = False
) -> tuple[Piece, ...]:
    """Return the pieces of a kind by title; ``terms`` is PostgreSQL's query, empty for all."""
    found = await sql.rows(
        f"""
        SELECT {_COLUMNS}
        WHERE k.kind = $1 AND {_SEEN.format(teams="$2")} AND (k.archived_at IS NOT NULL) = $4
            AND ($3 = '' OR k.terms @@ $3::tsquery)
        ORDER BY k.archived_at DESC, CASE WHEN k.title_ar = '' THEN k.title_en ELSE k.title_ar END, k.id LIMIT 200
        """,
        kind,
        viewer.team_ids,
        terms,
        archived,
    )
    return tuple(map(piece, found))


async def picked(said: str, *, viewer: Viewer, near: tuple[int, ...]) -> tuple[Piece, ...]:
    """Return the canned replies whose shortcut begins so, then those that hold such a word.

    Those about the topics ``near`` come first, then those that are used most.
    """
    key = normalise(said)
    begins = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    words = " & ".join(f"{quoted('n' + word)}:*" for word in key.split())
    found = await sql.rows(
        f"""
        SELECT {_COLUMNS}
        WHERE k.kind = 'reply' AND k.archived_at IS NULL AND {_SEEN.format(teams="$1")}
            AND ($2 = '' OR k.shortcut_key LIKE $3 OR k.terms @@ $4::tsquery)
        ORDER BY $2 <> '' AND k.shortcut_key LIKE $3 DESC, k.topic_ids && $5::bigint[] DESC, k.uses DESC, k.id
        LIMIT {PICKED}
        """,
        viewer.team_ids,
        key,
        begins,
        words,
        near,
    )
    return tuple(map(piece, found))


async def versions(piece_id: int) -> tuple[Version, ...]:
    """Return the savings of a piece, the newest first."""
    found = await sql.rows(
        """
        SELECT v.version, v.written, v.at, u.name FROM knowledge_versions v
        LEFT JOIN users u ON u.id = v.author_id
        WHERE v.knowledge_id = $1 ORDER BY v.version DESC LIMIT 50
        """,
        piece_id,
    )
    return tuple(
        Version(row["version"], written(sql.load(row["written"])), row["name"], row["at"])
        for row in found
    )


async def version(piece_id: int, number: int) -> Written | None:
    """Return what was once saved."""
    found = await sql.value(
        "SELECT written FROM knowledge_versions WHERE knowledge_id = $1 AND version = $2",
        piece_id,
        number,
    )
    return None if found is None else written(sql.load(found))


def piece(row: Any) -> Piece:
    """Return a row as a piece."""
    return Piece(
        id=row["id"],
        kind=row["kind"],
        written=written(row),
        uses=row["uses"],
        version=row["version"],
        author=row["author"],
        saved_at=row["saved_at"],
        archived_at=row["archived_at"],
    )


def written(row: Any) -> Written:
    """Return what was written, from a row or a version."""
    teams = row["team_ids"]
    return Written(
        title_ar=row["title_ar"],
        title_en=row["title_en"],
        body_ar=row["body_ar"],
        body_en=row["body_en"],
        shortcut=row["shortcut"],
        address=row["address"],
        topic_ids=tuple(row["topic_ids"]),
        team_ids=None if teams is None else tuple(teams),
    )


async def ticket_of(number: int, *, viewer: Viewer) -> int | None:
    """Return the id of the ticket with this number, if the viewer may see it."""
    found: int | None = await sql.value(
        "SELECT id FROM tickets WHERE number = $1 AND team_id = ANY($2::bigint[])",
        number,
        viewer.team_ids,
    )
    return found
