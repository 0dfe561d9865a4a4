"""How long the arithmetic of promises takes: adding open time, and clocks that react."""

import sys
import timeit
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sla import Calendar, Clock, Happening, Kind, Target, What, Window, exceptions_for, react

WEEK_BOUND, YEARS_BOUND, REACTION_BOUND = 15.0, 2.0, 30.0
START = datetime(2026, 11, 22, 7, tzinfo=UTC)


def typical(zone: str) -> Calendar:
    """Sunday to Thursday with a break, ten years of Ramadans and feasts."""
    windows = [(time(8), time(12)), (time(12, 30), time(16))]
    exceptions: dict[date, Sequence[Window]] = {}
    for year in range(10):
        first = date(2026 + year, 2, 18) - timedelta(days=11 * (year % 3))
        exceptions |= exceptions_for(first, first + timedelta(days=28), [(time(9), time(14))])
        exceptions |= exceptions_for(first + timedelta(days=29), first + timedelta(days=32), [])
    return Calendar(zone, dict.fromkeys((6, 0, 1, 2, 3), windows), exceptions)


def micros(what: Callable[[], object], number: int = 20_000) -> float:
    """Give the best of five rounds."""
    return min(timeit.repeat(what, number=number, repeat=5)) / number * 1e6


def side_by_side(one: Callable[[], object], two: Callable[[], object]) -> tuple[float, float]:
    """Give the best rounds of two things measured in turns, so that both see the same machine."""
    rounds = [(micros(one, 2_000), micros(two, 2_000)) for _ in range(10)]
    return min(first for first, _ in rounds), min(second for _, second in rounds)


def ticket(targets: dict[Kind, Target]) -> list[float]:
    """Give the cost of each happening in the life of a ticket."""
    minute = timedelta(minutes=1)
    life = [
        Happening(What.CITIZEN_MESSAGE, START, message=1),
        Happening(What.PUBLIC_REPLY, START + 20 * minute, message=2),
        Happening(What.REPLY_ACCEPTED, START + 21 * minute, message=2),
        Happening(What.STATUS, START + 21 * minute, status="pending"),
        Happening(What.CITIZEN_MESSAGE, START + 60 * minute, message=3),
        Happening(What.STATUS, START + 60 * minute, status="open"),
        Happening(What.PUBLIC_REPLY, START + 70 * minute, message=4),
        Happening(What.REPLY_ACCEPTED, START + 71 * minute, message=4),
        Happening(What.AUTOMATIC_MESSAGE, START + 72 * minute, message=5),
        Happening(What.STATUS, START + 80 * minute, status="resolved"),
    ]
    costs, clocks = [], tuple[Clock, ...]()
    for happening in life:
        costs.append(micros(lambda c=clocks, h=happening: react(c, h, targets), 2_000))  # type: ignore[misc]
        clocks = react(clocks, happening, targets).clocks
    return costs


def row(name: str, value: float, unit: str, bound: float | None = None) -> None:
    verdict = "" if bound is None else f"{bound:10.1f}  {'ok' if value <= bound else 'TOO SLOW'}"
    print(f"{name:<44}{value:12.2f} {unit:<4}{verdict}")


def main() -> None:
    calendar = typical("Africa/Cairo")
    hours = timedelta(hours=1)
    week_open = calendar.between(START, START + timedelta(days=7))
    years_open = calendar.between(START, START + timedelta(days=3652))
    print(f"{'sla':<44}{'measured':>12}     {'bound':>10}")
    week, years = side_by_side(
        lambda: calendar.add(START, week_open - 3 * hours),
        lambda: calendar.add(START, years_open - 3 * hours),
    )
    row("Calendar.add over a week", week, "µs", WEEK_BOUND)
    row("Calendar.add over ten years", years, "µs", YEARS_BOUND * week)
    row("Calendar.add back over a week", micros(lambda: calendar.add(START, -week_open)), "µs")
    later = START + timedelta(days=3652)
    row("Calendar.between over ten years", micros(lambda: calendar.between(START, later)), "µs")
    row("Calendar.is_open", micros(lambda: calendar.is_open(later)), "µs")
    row("Calendar.next_open", micros(lambda: calendar.next_open(later)), "µs")
    built = micros(lambda: typical("Africa/Cairo").add(START, years_open), 20)
    row("a new calendar with 320 exceptions, first add", built, "µs")
    pauses = frozenset({"pending", "on_hold"})
    targets = {kind: Target(kind, 4 * hours, calendar, pauses_in=pauses) for kind in Kind}
    costs = ticket(targets)
    row("a happening, mean over a ticket's life", sum(costs) / len(costs), "µs", REACTION_BOUND)
    row("a happening, the dearest", max(costs), "µs")
    row("happenings a second", len(costs) / sum(costs) * 1e6, "/s")


if __name__ == "__main__":
    main()
