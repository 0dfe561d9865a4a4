"""Answer business-time questions, one JSON object a line on stdin, one answer a line on stdout."""

import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sla import Calendar, Clock, Kind, Target, left_at, steps, used_at

WEEKDAYS = {name: day for day, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}


NAMES = {
    "first": Kind.FIRST_RESPONSE,
    "next": Kind.NEXT_RESPONSE,
    "update": Kind.NEXT_RESPONSE,
    "resol": Kind.RESOLUTION,
    "solution": Kind.RESOLUTION,
    "close": Kind.RESOLUTION,
}
UNITS = {"second": timedelta(seconds=1), "hour": timedelta(hours=1)}


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
        case "lifecycle":
            return Lifecycle(calendar, case).answer()
        case "is_open":
            return {"open": calendar.is_open(instant(case["at"]))}
        case other:
            raise ValueError(f"no such question: {other}")


class Lifecycle:
    """The three clocks of one ticket, driven by what a case says happened to it.

    A case names ``targets`` (minutes, unless the name says seconds or hours), the instant it was
    ``created`` and its ``events``, or single instants such as ``first_response_at``. Every word is
    understood by its stem, because the sources of the cases use their own.
    """

    def __init__(self, calendar: Calendar, case: dict[str, Any]) -> None:
        self.targets = {
            kind: Target(kind, allowed, calendar) for kind, allowed in allowances(case).items()
        }
        self.events = sorted(happened(case), key=lambda event: event[0])
        self.clocks: dict[Kind, Clock] = {
            kind: steps.start(target, self.events[0][0])[0]
            for kind, target in self.targets.items()
            if kind is not Kind.NEXT_RESPONSE
        }

    def answer(self) -> dict[str, Any]:
        for at, word in self.events:
            self.sees(at, word)
        told: dict[str, Any] = {}
        for kind, one in self.clocks.items():
            over = kind is Kind.NEXT_RESPONSE and one.finished
            told[f"{kind}_due"] = None if over or one.due_at is None else one.due_at.isoformat()
            if kind is not Kind.NEXT_RESPONSE and one.met_at is not None:
                told[f"{kind}_minutes"] = minutes(used_at(one, one.met_at))
                told[f"{kind}_margin"] = minutes(left_at(one, one.met_at))
        return told

    def sees(self, at: datetime, word: str) -> None:
        if any(stem in word for stem in ("note", "internal", "auto")):
            return
        if any(stem in word for stem in ("customer", "citizen", "requester", "inbound")):
            target, running = self.targets.get(Kind.NEXT_RESPONSE), self.unfinished()
            if target is not None and Kind.NEXT_RESPONSE not in running:
                self.clocks[Kind.NEXT_RESPONSE] = steps.start(target, at)[0]
        elif any(stem in word for stem in ("agent", "repl", "response", "outbound")):
            for kind in self.unfinished() - {Kind.RESOLUTION}:
                self.clocks[kind] = steps.accept(self.clocks[kind], at)[0]
        elif any(stem in word for stem in ("pend", "clos", "resolv", "solv")):
            self.stop(at, ends="pend" not in word)
        elif any(stem in word for stem in ("open", "new", "progress")):
            self.run_on(at)

    def stop(self, at: datetime, *, ends: bool) -> None:
        for kind in self.unfinished():
            one = self.clocks[kind]
            if ends and kind is Kind.RESOLUTION:
                self.clocks[kind] = steps.accept(one, at)[0]
            elif one.running_since is not None:
                self.clocks[kind] = steps.pause(one, at)[0]

    def run_on(self, at: datetime) -> None:
        for kind, one in self.clocks.items():
            if one.finished and kind is Kind.RESOLUTION:
                self.clocks[kind] = steps.reopen(one, at)[0]
            elif not one.finished and one.running_since is None:
                self.clocks[kind] = steps.resume(one, at)[0]

    def unfinished(self) -> set[Kind]:
        return {kind for kind, one in self.clocks.items() if not one.finished}


def allowances(case: dict[str, Any]) -> dict[Kind, timedelta]:
    """Give each target's time."""
    found = {}
    for name, value in (case.get("targets") or case.get("sla") or case.get("policy") or {}).items():
        kind = next((kind for stem, kind in NAMES.items() if stem in name), None)
        unit = next((unit for stem, unit in UNITS.items() if stem in name), timedelta(minutes=1))
        if kind is not None and value:
            found[kind] = value * unit
    return found


def happened(case: dict[str, Any]) -> list[tuple[datetime, str]]:
    """Give what happened as instants and words, the ticket's creation among it."""
    found = []
    for name, value in case.items():
        if isinstance(value, str) and name not in {"id", "source", "op", "state"}:
            found.append((instant(value), "created" if name[:5] in {"creat", "start"} else name))
        elif isinstance(value, list) and name != "calendar":
            for event in value:
                texts = {key: text for key, text in event.items() if isinstance(text, str)}
                when = next(key for key in ("at", "time", "when", "created_at") if key in texts)
                words = (texts[key] for key in texts if key not in {when, "from"})
                found.append((instant(texts[when]), " ".join(words).lower()))
    return found


def minutes(span: timedelta) -> int | float:
    value = span / timedelta(minutes=1)
    return int(value) if value.is_integer() else value


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
        except (ValueError, LookupError, TypeError, StopIteration) as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), flush=True)  # noqa: T201 - the answer is this program's output


if __name__ == "__main__":
    main()
