"""Read what reports say: daily counts where a day has them, rows of the other days, and what is open now."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.db import sql
from server.supervision.days import DAY, Days, between, instants
from server.supervision.histogram import folded
from server.supervision.metrics import ACTIVE, DECIDED, KEPT, late
from server.supervision.queries import facts
from server.supervision.queries.facts import STORED, By

PAGE = 2000
AGES = (1, 3, 7, 30)
"""Days that part the backlog by age."""
PERIOD = 1
"""A part of the period itself, whichever: what is said of the period as a whole."""
PARTED: By = "team"
"""Only what is counted by team is parted, and compared: every other breakdown is of the period as a whole."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is of: days, those they are compared with, and the first days of the parts it falls into.

    ``today`` is the last day of which anything can be known.
    """

    team_ids: tuple[int, ...]
    days: Days
    compared: Days
    parts: tuple[date, ...]
    zone: ZoneInfo
    today: date


@dataclass(frozen=True, slots=True)
class Promises:
    """Decided promises of one part of the period, the first being 1; 0 is what it is compared with.

    How long they took is told of the period as a whole, so most of it stands with no part.
    """

    part: int
    key: str
    target: str
    kept: int
    broken: int
    open_times: bytes
    elapsed_times: bytes


@dataclass(frozen=True, slots=True)
class Volumes:
    """What came in, what became of it and how it was rated, parted as :class:`Promises` are."""

    part: int
    key: str
    opened: int
    resolved: int
    reopened: int
    merged: int
    reassigned: int
    arrived: int
    answered: int
    asked: int
    score_1: int
    score_2: int
    score_3: int
    score_4: int
    score_5: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything a report counts, by one thing."""

    promises: tuple[Promises, ...]
    volumes: tuple[Volumes, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """What is open now: how many, how many of them late, and how many of each age."""

    open: int
    late: int
    ages: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """One decided promise, as an export writes it."""

    id: int
    number: int
    target: str
    turn: int
    kept: bool
    started_at: datetime
    due_at: datetime | None
    decided_at: datetime
    used_seconds: int | None
    team_ar: str
    team_en: str
    topic_ar: str | None
    topic_en: str | None
    channel: str
    agent: str | None
    priority: str
    status: str


async def have_patience() -> None:
    """Let the queries of this transaction take longer than a page of the desk may, and sort in memory."""
    # One process reads a year faster than two that hand each other its histograms.
    await sql.value(
        """
        SELECT set_config('statement_timeout', '15s', true), set_config('work_mem', '32MB', true),
            set_config('max_parallel_workers_per_gather', '0', true)
        """
    )


async def counts(asked: Asked, by: Iterable[By]) -> dict[By, Counts]:
    """Count a period by several things, each coming to the same totals."""
    by = tuple(dict.fromkeys(by))
    live = await _of_rows(asked, by)
    return {
        one: Counts(
            (
                *await _kept_promises(asked, one),
                *(row for key, row in live if key == one and isinstance(row, Promises)),
            ),
            (
                *await _kept_volumes(asked, one),
                *(row for key, row in live if key == one and isinstance(row, Volumes)),
            ),
        )
        for one in by
    }


async def open_now(team_ids: Sequence[int], *, now: datetime) -> Open:
    """Count open tickets: up to so many days old, and how many; the last are older than all of :data:`AGES`."""
    found = await sql.rows(
        f"""
        SELECT width_bucket(t.created_at, $2::timestamptz[]) AS bucket, count(*)
        FROM tickets t WHERE t.team_id = ANY($1::bigint[]) AND {ACTIVE} GROUP BY 1
        """,
        list(team_ids),
        [now - age * DAY for age in reversed(AGES)],
    )
    counted = {len(AGES) - row["bucket"]: row["count"] for row in found}
    is_late = await sql.value(
        f"SELECT count(*) FROM tickets t WHERE t.team_id = ANY($1::bigint[]) AND {late('$2')}",
        list(team_ids),
        now,
    )
    ages = tuple((days, counted.get(n, 0)) for n, days in enumerate((*AGES, 0)))
    return Open(sum(counted.values()), is_late, ages)


async def people(user_ids: Sequence[int]) -> dict[int, str]:
    """Return what people are called, whether or not they still work here."""
    found = await sql.rows(
        "SELECT id, name FROM users WHERE id = ANY($1::bigint[])", list(user_ids)
    )
    return {row["id"]: row["name"] for row in found}


async def each_promise(
    team_ids: Sequence[int], *, since: datetime, until: datetime
) -> AsyncIterator[tuple[Promise, ...]]:
    """Yield every promise decided in a period, page after page, however many there are."""
    at, after = since, 0
    while True:
        found = await sql.rows(
            f"""
            SELECT c.id, t.number, c.target, c.turn, {KEPT} AS kept, c.started_at, c.due_at,
                c.decided_at, c.used_seconds, g.name_ar AS team_ar, g.name_en AS team_en,
                o.name_ar AS topic_ar, o.name_en AS topic_en, t.channel, u.name AS agent,
                t.priority, t.status
            FROM clocks c JOIN tickets t ON t.id = c.ticket_id JOIN teams g ON g.id = t.team_id
            LEFT JOIN topics o ON o.id = t.topic_id LEFT JOIN users u ON u.id = t.assignee_id
            WHERE {DECIDED.format(since="$2", until="$3")} AND t.team_id = ANY($1::bigint[])
                AND (c.decided_at, c.id) > ($4, $5::bigint)
            ORDER BY c.decided_at, c.id LIMIT {PAGE}
            """,
            list(team_ids),
            since,
            until,
            at,
            after,
        )
        if not found:
            return
        yield tuple(Promise(**row) for row in found)
        at, after = found[-1]["decided_at"], found[-1]["id"]


async def _kept_promises(asked: Asked, by: By) -> tuple[Promises, ...]:
    whole = await sql.rows(
        f"""
        SELECT {_KEY} AS key, target, sum(kept)::int AS kept, sum(broken)::int AS broken,
            string_agg(open_times, '') AS open_times, string_agg(elapsed_times, '') AS elapsed_times
        FROM report_promises {_WITHIN}) GROUP BY 1, 2
        """,
        *_within(asked, by),
    )
    found = tuple(
        Promises(
            PERIOD,
            row["key"],
            row["target"],
            row["kept"],
            row["broken"],
            folded(row["open_times"]),
            folded(row["elapsed_times"]),
        )
        for row in whole
    )
    if by != PARTED:
        return found
    parted = await sql.rows(
        f"""
        SELECT width_bucket(day, $5::date[]) AS part, {_KEY} AS key, target, sum(kept)::int AS kept,
            sum(broken)::int AS broken
        FROM report_promises {_WITHIN} OR {_COMPARED}) GROUP BY 1, 2, 3
        """,
        *_within(asked, by),
        *_parted(asked),
    )
    return (
        *(Promises(**row, open_times=b"", elapsed_times=b"") for row in parted),
        *(replace(row, kept=0, broken=0) for row in found),
    )


async def _kept_volumes(asked: Asked, by: By) -> tuple[Volumes, ...]:
    sums = ", ".join(f"sum({one})::int AS {one}" for one in STORED)
    if by != PARTED:
        found = await sql.rows(
            f"SELECT {_KEY} AS key, {sums} FROM report_volumes {_WITHIN}) GROUP BY 1",
            *_within(asked, by),
        )
        return tuple(Volumes(PERIOD, **row) for row in found)
    found = await sql.rows(
        f"""
        SELECT width_bucket(day, $5::date[]) AS part, {_KEY} AS key, {sums}
        FROM report_volumes {_WITHIN} OR {_COMPARED}) GROUP BY 1, 2
        """,
        *_within(asked, by),
        *_parted(asked),
    )
    return tuple(Volumes(**row) for row in found)


_KEY = "CASE WHEN by = 'team' THEN team_id::text ELSE key END"
_WITHIN = "WHERE by = $1 AND team_id = ANY($2::bigint[]) AND (day BETWEEN $3 AND $4"
_COMPARED = "day BETWEEN ($6::date[])[1] AND ($6::date[])[2]"


def _within(asked: Asked, by: By) -> tuple[object, ...]:
    return (by, list(asked.team_ids), *asked.days)


def _parted(asked: Asked) -> tuple[object, ...]:
    return (list(asked.parts), list(asked.compared))


async def _of_rows(asked: Asked, by: tuple[By, ...]) -> list[tuple[By, Promises | Volumes]]:
    """Count the days that have no counts yet: the current one always."""
    found: list[tuple[By, Promises | Volumes]] = []
    for first, last in await stretches(asked):
        arguments = (
            *instants((first, last), asked.zone),
            asked.zone.key,
            list(asked.team_ids),
        )
        for query, kind in ((facts.promises(by), Promises), (facts.volumes(by), Volumes)):
            for row in await sql.rows(query, *arguments):
                values = dict(row)
                one, day, team_id = values.pop("by"), values.pop("day"), values.pop("team_id")
                key = str(team_id) if one == "team" else values["key"]
                found.append((one, kind(**(values | {"part": _part(day, asked), "key": key}))))
    return found


async def stretches(asked: Asked) -> list[Days]:
    """Return where days without counts lie side by side; before the first day of all there was nothing."""
    row = await sql.row(
        """
        SELECT (SELECT min(day) FROM report_days) AS first, array(
            SELECT day FROM report_days WHERE day BETWEEN $1 AND $2 AND counted_at IS NOT NULL) AS counted
        """,
        asked.compared[0],
        asked.days[1],
    )
    first, counted = (row["first"], set(row["counted"])) if row else (None, set())
    found: list[Days] = []
    for day in sorted({*between(*asked.compared), *between(*asked.days)}):
        if day in counted or day > asked.today or (first is not None and day < first):
            continue
        if found and found[-1][1] == day - DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _part(day: date, asked: Asked) -> int:
    return sum(day > start - DAY for start in asked.parts)
