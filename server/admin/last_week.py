"""Let last week's tickets come in again: by the rules as they are, and as they would be."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from agent_ui.models import Name, Reason
from agent_ui.models.rules import RuleChange, RulePreview, RuleShift
from routing import Decision, Rule, decide
from server.admin.rule_known import Known, Names
from server.admin.tried import as_it_came
from server.assignment import queries
from server.assignment.actions.route import at_hours, recognised
from server.assignment.queries import last_week, named
from server.people.queries import Viewer

WEEK = timedelta(days=7)
SHOWN = 20
SECONDS = 4.0
"""A look at last week takes no longer; what it has seen by then is what it tells of."""
AT_ONCE = 20


async def preview(
    rules: Sequence[Rule],
    rule_id: int | None,
    *,
    known: Known,
    names: Names,
    viewer: Viewer,
    now: datetime,
) -> RulePreview:
    """Decide again about a sample of the week, and count what would have been otherwise."""
    began = time.monotonic()
    total = await last_week.came_since(now - WEEK)
    found = await queries.inquiries(await last_week.beginnings(since=now - WEEK, came=total))
    present = await queries.rules()
    topics, existing = await queries.topics(), await named.existing()
    calendars = await named.calendars_asked((*present, *rules))
    own = rule_id or 0
    looked_at = matched = 0
    changes: list[tuple[int, Decision, Decision]] = []
    teams, topics_of = _Counted(), _Counted()
    for ticket_id, (stored, fallback) in found.items():
        inquiry = recognised(at_hours(as_it_came(stored), calendars), topics)
        before, after = (
            decide(inquiry, some, topics, fallback_team=fallback, existing=existing)
            for some in (present, rules)
        )
        looked_at += 1
        matched += any(r.code == "rule" and r.params["rule"] == own for r in after.reasons)
        teams.count(before.team, after.team)
        topics_of.count(before.topic, after.topic)
        if _way(before) != _way(after):
            changes.append((ticket_id, before, after))
        if looked_at % AT_ONCE == 0:
            if time.monotonic() - began > SECONDS:
                break
            await asyncio.sleep(0)  # others are served by this process, too
    seen = await last_week.seen_by(viewer, [ticket_id for ticket_id, _, _ in changes])
    shown = [one for one in changes if one[0] in seen][:SHOWN]
    return RulePreview(
        total=total,
        looked_at=looked_at,
        matched=matched,
        changed=len(changes),
        teams=teams.shifts(dict(known.teams)),
        topics=topics_of.shifts({key: name for key, name, _ in known.topics}),
        changes=tuple(
            RuleChange(
                ticket_id,
                str(seen[ticket_id][0]),
                seen[ticket_id][1],
                _outcome(before, names),
                _outcome(after, names),
            )
            for ticket_id, before, after in shown
        ),
    )


class _Counted:
    """How often something came out, before and after."""

    def __init__(self) -> None:
        self.before: Counter[int | None] = Counter()
        self.after: Counter[int | None] = Counter()

    def count(self, before: int | None, after: int | None) -> None:
        self.before[before] += 1
        self.after[after] += 1

    def shifts(self, names: dict[int, Name]) -> tuple[RuleShift, ...]:
        """Return what changed, the most first."""
        keys = {*self.before, *self.after}
        changed = [key for key in keys if self.before[key] != self.after[key]]
        changed.sort(key=lambda key: (-abs(self.before[key] - self.after[key]), key or 0))
        return tuple(
            RuleShift(None if key is None else names.get(key), self.before[key], self.after[key])
            for key in changed
        )


def _way(decision: Decision) -> tuple[object, ...]:
    return (
        decision.team, decision.topic, decision.priority, decision.assign_to, decision.policy,
        decision.tags, decision.auto_reply,
    )  # fmt: skip


def _outcome(decision: Decision, names: Names) -> Reason:
    said = [names["team"].get(decision.team, "?")]
    if decision.topic is not None:
        said.append(names["topic"].get(decision.topic, "?"))
    said.append(names["priority"][decision.priority])
    for kind, value in (
        ("person", decision.assign_to),
        ("policy", decision.policy),
        ("answer", decision.auto_reply),
    ):
        if value is not None:
            said.append(names[kind].get(value, "?"))
    return Reason("outcome", {"value": " · ".join([*said, *decision.tags])})
