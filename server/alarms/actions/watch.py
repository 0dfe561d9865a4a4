"""Watch over the house: raise an alarm for what is wrong, end it when it is right again."""

import asyncio
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from server.alarms.actions.trouble import Trouble, end_alarms, raise_alarm
from server.alarms.queries import house
from server.alarms.queries.house import AtAccount
from server.db import sql
from server.kit.blobs import folder
from server.kit.settings import settings
from server.kit.work import transaction

STILL = timedelta(minutes=2)
"""So long may nobody watch promises before it is said that nobody did."""
BACK = timedelta(minutes=1)
FREE_PERCENT = 5
FREE_BYTES = 1024**3
LISTENER = "listen"


async def watch_house(*, now: datetime) -> None:
    """Look at everything once."""
    for kind, found in (
        ("source_failing", await house.failing(now=now)),
        ("source_silent", await house.silent(now=now)),
        ("quarantine", await house.quarantined()),
        ("backlog", await house.unread(now=now)),
        ("entry_old", await house.old(now=now)),
        ("not_leaving", await house.not_leaving(now=now)),
        ("mail_withheld", await house.withheld()),
        ("answers_stopped", await house.no_longer_answering()),
    ):
        await _hold(kind, [_trouble(kind, one) for one in found], now=now)
    since = await house.silent_worker(now=now)
    worker = [Trouble("worker_silent", data={"since_at": since.isoformat()})] if since else []
    await _hold("worker_silent", worker, now=now)
    check, differing = await house.differing_clocks()
    clocks = [Trouble("clock_check", data={"count": differing}, mark=check)] if differing else []
    await _hold("clock_check", clocks, now=now)
    await _hold("disk", await _full_disks(), now=now)
    await _hold("day_unconfirmed", await _unconfirmed(now=now), now=now)


async def sign_of_life(*, now: datetime) -> None:
    """Note that promises are being watched; if nobody did for a while, say so, once.

    The row is locked from reading to writing: of several listeners that begin together one finds the gap.
    """
    async with transaction():
        last: datetime | None = await sql.value(
            "SELECT at FROM heartbeats WHERE process = $1 FOR UPDATE", LISTENER
        )
        await sql.run(
            """
            INSERT INTO heartbeats (process, at) VALUES ($1, $2)
            ON CONFLICT (process) DO UPDATE SET at = excluded.at
            """,
            LISTENER,
            now,
        )
        if last is None:
            return
        if now - last > STILL:
            data = {
                "from_at": last.isoformat(),
                "until_at": now.isoformat(),
                "breaches": await _broken(last, now),
            }
            await raise_alarm(
                Trouble("scheduler_down", last.isoformat(), data), now=now, ended=True
            )
        elif last - now > BACK:
            minutes = round((last - now) / timedelta(minutes=1))
            data = {"minutes": minutes}
            await raise_alarm(Trouble("clock_back", last.isoformat(), data), now=now, ended=True)


async def _broken(after: datetime, until: datetime) -> int:
    """Count the promises that fell due unseen, whether they have been recorded meanwhile or not."""
    found: int = await sql.value(
        """
        SELECT (SELECT count(*) FROM clocks WHERE state = 'running' AND due_at > $1 AND due_at <= $2)
            + (SELECT count(*) FROM clocks WHERE state IN ('breached', 'met_late') AND decided_at > $1
               AND decided_at <= $2)
        """,
        after,
        until,
    )
    return found


async def _hold(kind: str, troubles: Sequence[Trouble], *, now: datetime) -> None:
    for trouble in troubles:
        await raise_alarm(trouble, now=now)
    await end_alarms(kind, but=[trouble.subject for trouble in troubles], now=now)


def _trouble(kind: str, one: AtAccount) -> Trouble:
    data: dict[str, object] = {"account": one.account_id}
    if one.since is not None:
        data["since_at"] = one.since.isoformat()
    if one.count:
        data["count"] = one.count
    mark = one.mark if kind in {"quarantine", "mail_withheld"} else 0
    return Trouble(kind, str(one.account_id), data, mark, one.team_id)


async def _unconfirmed(*, now: datetime) -> list[Trouble]:
    """Return the days near at hand that nobody has confirmed."""
    return [
        Trouble(
            "day_unconfirmed",
            f"{one.calendar} {one.first}",
            {"calendar": one.version, "day": one.first},
            everywhere=True,
        )
        for one in await house.unconfirmed(now=now)
    ]


async def _full_disks() -> list[Trouble]:
    """Return the disks of files and data that are nearly full; one that holds both counts once."""
    found: dict[int, Trouble] = {}
    for place, path in (("files", folder()), ("data", settings().data_dir)):
        if (free := await asyncio.to_thread(_free, path)) is None:
            continue
        device, bytes_, percent = free
        if bytes_ < FREE_BYTES or percent < FREE_PERCENT:
            data = {"place": place, "free_bytes": bytes_, "percent": percent}
            found.setdefault(device, Trouble("disk", place, data))
    return list(found.values())


def _free(path: Path) -> tuple[int, int, int] | None:
    try:
        usage = shutil.disk_usage(path)
        return path.stat().st_dev, usage.free, usage.free * 100 // usage.total
    except OSError:
        return None
