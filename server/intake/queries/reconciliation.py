"""Count what became of a mailbox's mail, and read what was counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from prometheus_client import Gauge

from server.db import sql

HAND_OVERS = timedelta(days=30)
"""So far back mail is counted that was handed over to us: there is no server to compare it with."""
NIGHT = time(3, 30)


_mails = Gauge(
    "tawasul_mails", "Mails by where they are, as last counted", ["account", "folder", "where"]
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Mails by where they are now; ``lost`` were worked through without becoming a message."""

    on_server: int | None
    in_journal: int
    waiting: int
    quarantined: int
    in_tickets: int
    lost: int

    @property
    def missing(self) -> int:
        """Say how many are on the server and not with us."""
        return 0 if self.on_server is None else self.on_server - self.in_journal


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One folder of one account as it was last counted; ``error`` says why it could not be."""

    account_id: int
    account: str
    folder: str
    at: datetime
    error: str | None
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Looking:
    """An account that can be reconciled; ``asked`` while an answer is still to come."""

    account_id: int
    account: str
    looked_at: datetime | None
    asked: bool


_FATES = """
    count(j.id) AS in_journal,
    count(*) FILTER (WHERE j.state = 'open') AS waiting,
    count(*) FILTER (WHERE j.state = 'failed') AS quarantined,
    count(*) FILTER (WHERE j.state = 'done' AND m.found) AS in_tickets,
    count(*) FILTER (WHERE j.state = 'done' AND m.found IS NULL) AS lost
"""
_MESSAGE = "LEFT JOIN LATERAL (SELECT true FROM message_accounts a WHERE a.journal_id = j.id LIMIT 1) m(found) ON true"


async def of_folder(account_id: int, folder: str, uidvalidity: int, uids: Sequence[int]) -> Figures:
    """Follow every mail of a folder through the ledger and the journal to its message."""
    row = await sql.row(
        f"""
        SELECT count(*) AS on_server, {_FATES}
        FROM unnest($4::bigint[]) AS s(uid)
        LEFT JOIN imap_ledger l ON l.channel_account_id = $1 AND l.folder = $2 AND l.uidvalidity = $3 AND l.uid = s.uid
        LEFT JOIN journal j ON j.id = l.journal_id {_MESSAGE}
        """,
        account_id,
        folder,
        uidvalidity,
        list(uids),
    )
    return Figures(**dict(row or {}))


async def of_hand_overs(account_id: int, *, now: datetime) -> Figures:
    """Count what came by other ways than a folder: by SMTP, or put in by hand."""
    row = await sql.row(
        f"""
        SELECT NULL::bigint AS on_server, {_FATES}
        FROM journal j {_MESSAGE}
        WHERE j.channel_account_id = $1 AND j.received_at > $2
            AND NOT EXISTS (SELECT FROM imap_ledger l WHERE l.journal_id = j.id)
        """,
        account_id,
        now - HAND_OVERS,
    )
    return Figures(**dict(row or {}))


async def latest(*, of_teams: Sequence[int] | None = None) -> tuple[Reconciled, ...]:
    """Return the newest figures of every folder, by account and folder."""
    found = await sql.rows(
        """
        SELECT a.id AS account_id, a.name AS account, r.folder, r.at, r.error, r.on_server, r.in_journal,
               r.waiting, r.quarantined, r.in_tickets, r.lost
        FROM channel_accounts a
        CROSS JOIN LATERAL (SELECT max(at) AS at FROM reconciliations n WHERE n.channel_account_id = a.id) newest
        JOIN reconciliations r ON r.channel_account_id = a.id AND r.at = newest.at
        WHERE $1::bigint[] IS NULL OR a.team_id = ANY($1::bigint[])
        ORDER BY a.name, r.folder = '', r.id LIMIT 2000
        """,
        of_teams,
    )
    return tuple(_reconciled(row) for row in found)


def _reconciled(row: Any) -> Reconciled:
    counted = row["in_journal"] is not None
    return Reconciled(
        account_id=row["account_id"],
        account=row["account"],
        folder=row["folder"],
        at=row["at"],
        error=row["error"],
        figures=Figures(
            on_server=row["on_server"],
            in_journal=row["in_journal"],
            waiting=row["waiting"],
            quarantined=row["quarantined"],
            in_tickets=row["in_tickets"],
            lost=row["lost"],
        )
        if counted
        else None,
    )


async def measure() -> None:
    """Put what was last counted where monitoring reads it."""
    _mails.clear()
    for one in await latest():
        found = one.figures
        if found is None:
            continue
        figures = {
            "journal": found.in_journal,
            "waiting": found.waiting,
            "quarantine": found.quarantined,
            "tickets": found.in_tickets,
            "lost": found.lost,
            "missing": found.missing,
        }
        if found.on_server is not None:
            figures["server"] = found.on_server
        for where, figure in figures.items():
            _mails.labels(one.account, one.folder, where).set(figure)


async def looking(*, of_teams: Sequence[int] | None = None) -> tuple[Looking, ...]:
    """Return the mailboxes that can be reconciled."""
    found = await sql.rows(
        """
        SELECT id AS account_id, name AS account, looked_at,
            coalesce(look_asked_at > coalesce(looked_at, '-infinity'), false) AS asked
        FROM channel_accounts
        WHERE kind = 'email' AND enabled AND ($1::bigint[] IS NULL OR team_id = ANY($1::bigint[]))
        ORDER BY name LIMIT 1000
        """,
        of_teams,
    )
    return tuple(Looking(**row) for row in found)


async def unreconciled(*, now: datetime, zone: tzinfo) -> tuple[int, ...]:
    """Return the mailboxes that somebody asked about, or that nobody has looked at since last night."""
    local = now.astimezone(zone)
    night = datetime.combine(local.date(), NIGHT, tzinfo=zone)
    found = await sql.rows(
        """
        SELECT id FROM channel_accounts
        WHERE kind = 'email' AND enabled AND (look_claimed_until IS NULL OR look_claimed_until <= $1)
            AND (look_asked_at > coalesce(looked_at, '-infinity') OR coalesce(looked_at, created_at) < $2)
        LIMIT 1000
        """,
        now,
        night if night <= local else night - timedelta(days=1),
    )
    return tuple(row["id"] for row in found)
