"""How long the server takes for reports of days, weeks, months and a year, by everything, at a million tickets.

python bench/reports.py [tickets] [database URL, of an empty database]

Whole pages through every layer but the network. The daily counts are made first, by the loop's own action.
"""

import time

from _million import Looks, measured

from agent_ui import urls
from server.db import engine
from server.kit import clock
from server.supervision.actions import check_days, count_days
from server.supervision.days import DAY

REPORT = 300.0
CHECKED = 7


async def main(url: str) -> None:
    await engine.open_pool(url, kind="tool", size=2)
    begun = time.perf_counter()
    days = 0
    while done := await count_days(now=clock.now()):
        days += done
    print(f"{days} days counted in {time.perf_counter() - begun:.0f} s", flush=True)
    today = clock.now().date()
    wrong = await check_days(since=today - CHECKED * DAY, now=clock.now())
    print(f"days whose counts differ from their rows: {len(wrong)} of {CHECKED}", flush=True)
    await engine.close_pool()
    async with Looks(url) as looks:
        for kind, at in (
            ("day", today),
            ("week", today - 7 * DAY),
            ("month", today),
            ("month", today.replace(day=1) - DAY),
            ("hijri", today),
        ):
            await looks.at(f"{kind} of {at}", urls.reports(kind=kind, at=at.isoformat()), REPORT)
        for by in ("topic", "channel", "agent", "priority", "calendar"):
            await looks.at(f"month by {by}", urls.reports(kind="month", by=by), REPORT)
        for by in ("team", "agent", "topic"):
            ends = {"first": (today - 364 * DAY).isoformat(), "last": today.isoformat()}
            await looks.at(f"year by {by}", urls.reports(kind="days", by=by, **ends), REPORT)


if __name__ == "__main__":
    measured(main)
