"""Read what the account of a promise calls by name: its policy, its calendar, and that calendar's special days."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from server.db import sql


@dataclass(frozen=True, slots=True)
class Named:
    """Policies and calendars by version, and what each version of a calendar calls its special days."""

    policies: Mapping[int, str]
    calendars: Mapping[int, str]
    occasions: Mapping[int, Mapping[date, str]]


async def named(*, policies: Collection[int], calendars: Collection[int]) -> Named:
    """Return the names that these versions have."""
    of_policies = await sql.rows(
        "SELECT id, name FROM policies WHERE id = ANY($1::bigint[])", sorted(policies)
    )
    of_calendars = await sql.rows(
        "SELECT id, name, periods FROM calendars WHERE id = ANY($1::bigint[])", sorted(calendars)
    )
    return Named(
        {row["id"]: row["name"] for row in of_policies},
        {row["id"]: row["name"] for row in of_calendars},
        {row["id"]: _occasions(sql.load(row["periods"])) for row in of_calendars},
    )


def _occasions(periods: Collection[Mapping[str, str]]) -> Mapping[date, str]:
    """Return the names of days; of periods that share a day the shorter counts, as with their hours."""
    spans = [
        (date.fromisoformat(one["first"]), date.fromisoformat(one["last"]), one["name"])
        for one in periods
    ]
    found: dict[date, str] = {}
    for first, last, name in sorted(spans, key=lambda span: span[0] - span[1]):
        found |= {first + timedelta(days=n): name for n in range((last - first).days + 1)}
    return found
