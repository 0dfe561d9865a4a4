"""Answer business-time questions, one JSON object a line on stdin, one answer a line on stdout."""

import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sla import Calendar

WEEKDAYS = {name: day for day, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}


def answer(case: dict[str, Any]) -> dict[str, Any]:
    calendar = calendar_of(json.dumps(case["calendar"], sort_keys=True))
    match case["op"]:
        case "add":
            end = calendar.add(instant(case["start"]), timedelta(seconds=case["seconds"]))
            return {"end": end.isoformat()}
        case "next_open":
            return {"end": calendar.next_open(instant(case["start"])).isoformat()}
        case "between":
            start, end = instant(case["start"]), instant(case["end"])
            # The question is how much is left: a reversed stretch has nothing, not less than that.
            seconds = max(calendar.between(start, end), timedelta(0)).total_seconds()
            return {"seconds": int(seconds) if seconds.is_integer() else seconds}
        case "is_open":
            return {"open": calendar.is_open(instant(case["at"]))}
        case other:
            raise ValueError(f"no such question: {other}")


@lru_cache(maxsize=256)
def calendar_of(text: str) -> Calendar:
    data = json.loads(text)
    exceptions: dict[date, list[tuple[time, time]]] = {
        date.fromisoformat(day): [] for day in data.get("holidays", ())
    }
    exceptions |= {
        date.fromisoformat(day): windows(of_day)
        for day, of_day in (data.get("overrides") or {}).items()
    }
    weekly = {WEEKDAYS[name[:3].lower()]: windows(of) for name, of in data["hours"].items()}
    return Calendar(data.get("timezone") or "UTC", weekly, exceptions)


def windows(of_day: list[list[str]]) -> list[tuple[time, time]]:
    return [(wall(start), wall(end)) for start, end in of_day]


def wall(text: str) -> time:
    hour, _, rest = text.partition(":")
    return time.fromisoformat(f"{int(hour) % 24:02}:{rest or '00'}")


def instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def main() -> None:
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            said = answer(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), flush=True)  # noqa: T201 - the answer is this program's output


if __name__ == "__main__":
    main()
