"""Build the pages on which policies are written, and say in words what each version says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast, get_args
from zoneinfo import ZoneInfo

from agent_ui.models import Name, Reason
from agent_ui.models.codes import ChannelKind, Priority, Status, Target
from agent_ui.models.common import Param
from agent_ui.models.terms import (
    ChannelHours,
    ContactClass,
    PolicyFacts,
    PolicyForm,
    PolicyLine,
    PolicyPage,
    PolicyStep,
    TeamLead,
    TermsVersion,
)
from server.people.queries import Viewer, teams, users
from server.service_levels.queries import Step
from server.supervision.queries import terms as queries
from server.supervision.queries.terms import PolicyRow, Topic
from server.tickets.screens.chrome import chrome
from sla.clock import Kind

USUAL = (PolicyStep("75", "agent"), PolicyStep("100", "supervisors"))
GONE = Name("—", "—")


@dataclass(frozen=True, slots=True)
class _Known:
    """What steps name by number."""

    teams: Mapping[int, Name]
    people: Mapping[int, str]


async def policy_page(viewer: Viewer, form: PolicyForm, *, now: datetime) -> PolicyPage:
    """Put a policy's form on a page."""
    return PolicyPage(await chrome(viewer, here="terms", now=now), form)


async def policy_lines(*, now: datetime) -> tuple[PolicyLine, ...]:
    """Build the list of policies, with what always comes before each."""
    rows, known = await queries.policies(now=now), await _known()
    above = _ancestors(await queries.topics())
    holding = [row for row in rows if row.phase(now) == "in_force" and row.ends_at is None]
    lines = []
    for row in rows:
        before = next((one for one in holding if _hides(one, row, above)), None)
        hidden_by = Reason("policy_hidden", {"name": before.name}) if before else None
        phase = row.phase(now)
        lines.append(
            PolicyLine(
                row.id, row.name, _facts(row, known), row.author, row.saved_at, phase, hidden_by
            )
        )
    return tuple(lines)


async def retired_lines(*, now: datetime) -> tuple[PolicyLine, ...]:
    """Build the list of policies that promise nothing any more."""
    known = await _known()
    return tuple(
        PolicyLine(row.id, row.name, _facts(row, known), row.author, row.saved_at, "over")
        for row in await queries.retired(now=now)
    )


async def policy_form(policy_id: int, *, now: datetime) -> PolicyForm:
    """Build the form of a policy as it is; 0 is a new one."""
    calendars = await queries.calendars()
    empty = PolicyForm(
        id=0,
        name="",
        position="1",
        calendar=calendars[0].name if calendars else "",
        allowed=tuple((cast("Target", str(kind)), "") for kind in Kind),
        pauses_in=frozenset({"pending"}),
        steps=USUAL,
        calendars=tuple(row.name for row in calendars),
        topics=_tree(await queries.topics()),
        teams=tuple((str(team.id), Name(team.name_ar, team.name_en)) for team in await teams()),
        accounts=tuple((str(key), name) for key, name in await queries.accounts()),
        people=tuple((user.id, user.name) for user in await users()),
    )
    if not policy_id:
        return empty
    row, known = await queries.policy(policy_id, now=now), await _known()
    zone = ZoneInfo(next((one.zone for one in calendars if one.name == row.calendar), "UTC"))
    phase = row.phase(now)
    return replace(
        empty,
        id=row.id,
        name=row.name,
        position=str(row.position),
        calendar=row.calendar,
        own_hours=row.own_hours,
        allowed=tuple(
            (cast("Target", str(kind)), _hours(row.allowed_minutes.get(str(kind)))) for kind in Kind
        ),
        pauses_in=frozenset(row.pauses_in),
        steps=tuple(_filled(step) for step in row.steps),
        priority=row.priority or "",
        channel=row.channel or "",
        topic=str(row.topic_id or ""),
        team=str(row.team_id or ""),
        account=str(row.account_id or ""),
        contact_class=row.contact_class or "",
        starts=row.starts_at.astimezone(zone).date().isoformat() if phase == "planned" else "",
        ends=_last_day(row.ends_at, zone) if phase != "over" else "",
        phase=phase,
        retired=bool(row.superseded_at and row.superseded_at <= max(now, row.starts_at)),
        versions=tuple(
            TermsVersion(one.saved_at, one.author, _facts(one, known), one.phase(now))
            for one in await queries.policy_versions(row.name)
        ),
    )


async def team_leads() -> tuple[TeamLead, ...]:
    """Build the choice of who leads which team."""
    members: dict[int, list[tuple[int, str]]] = {}
    for user in await users():
        for one in user.memberships:
            members.setdefault(one.team_id, []).append((user.id, user.name))
    return tuple(
        TeamLead(
            row.team_id,
            Name(row.name_ar, row.name_en),
            tuple(members.get(row.team_id, ())),
            row.lead_id,
            row.calendar or "",
        )
        for row in await queries.leads()
    )


async def channel_hours() -> tuple[ChannelHours, ...]:
    """Build the choice of which channel has hours of its own."""
    have = await queries.channel_hours()
    return tuple(ChannelHours(channel, have.get(channel, "")) for channel in get_args(ChannelKind))


def _filled(step: Step) -> PolicyStep:
    """Show a step as it is filled in."""
    at, when = step.percent, "percent"
    if step.before_close:
        at, when = step.before_close, "close"
    elif step.late_by:
        at, when = step.late_by, "late"
    return PolicyStep(
        str(at),
        f"{step.to}-{step.to_id}" if step.to_id else step.to,
        when,
        step.address,
        step.raise_to,
        f"{step.give_to}-{step.give_id}" if step.give_id else step.give_to,
        step.tag,
    )


def _facts(row: PolicyRow, known: _Known) -> PolicyFacts:
    return PolicyFacts(
        row.calendar,
        tuple(
            (cast("Target", str(kind)), int(row.allowed_minutes[str(kind)] * 60))
            for kind in Kind
            if str(kind) in row.allowed_minutes
        ),
        cast("Priority | None", row.priority),
        cast("ChannelKind | None", row.channel),
        Name(row.topic_ar or "", row.topic_en or "") if row.topic_id else None,
        Name(row.team_ar or "", row.team_en or "") if row.team_id else None,
        row.account or "",
        cast("ContactClass | None", row.contact_class),
        row.own_hours,
        cast("tuple[Status, ...]", row.pauses_in),
        tuple(tuple(_said(step, known)) for step in row.steps),
        row.starts_at,
        row.ends_at,
    )


def _said(step: Step, known: _Known) -> Iterator[Reason]:
    """Say a step: its moment, who is told, what becomes of the ticket."""
    if step.before_close:
        yield Reason("step_close", {"minutes": step.before_close})
    elif step.late_by:
        yield Reason("step_late", {"minutes": step.late_by})
    else:
        yield Reason("step_percent", {"percent": step.percent})
    if step.to:
        yield Reason(
            f"step_{step.to}", _whom(step.to, step.to_id, known) | {"address": step.address}
        )
    if step.raise_to == "next":
        yield Reason("step_raise_next")
    elif step.raise_to:
        yield Reason("step_raise", {"priority": step.raise_to})
    if step.give_to:
        yield Reason(f"step_give_{step.give_to}", _whom(step.give_to, step.give_id, known))
    if step.tag:
        yield Reason("step_tag", {"tag": step.tag})


def _whom(kind: str, number: int | None, known: _Known) -> dict[str, Param]:
    match kind:
        case "team":
            return {"team": known.teams.get(number or 0, GONE)}
        case "user":
            return {"person": known.people.get(number or 0, GONE)}
    return {}


async def _known() -> _Known:
    return _Known(
        {team.id: Name(team.name_ar, team.name_en) for team in await teams()},
        {user.id: user.name for user in await users()},
    )


def _hides(first: PolicyRow, row: PolicyRow, above: Mapping[int, frozenset[int]]) -> bool:
    """Say whether every ticket that would come under a policy comes under an earlier one."""
    if first.name == row.name or (first.position, first.id) >= (row.position, row.id):
        return False
    same = ("priority", "channel", "team_id", "account_id", "contact_class")
    return all(getattr(first, name) in {None, getattr(row, name)} for name in same) and (
        first.topic_id is None or (row.topic_id or 0) in above.get(first.topic_id, frozenset())
    )


def _ancestors(topics: Sequence[Topic]) -> dict[int, frozenset[int]]:
    """Return, by topic, it and everything below it."""
    parents = {topic.id: topic.parent_id for topic in topics}
    below: dict[int, set[int]] = {key: set() for key in parents}
    for key in parents:
        one: int | None = key
        while one is not None and key not in below.get(one, {key}):
            below[one].add(key)
            one = parents.get(one)
    return {key: frozenset(found) for key, found in below.items()}


def _tree(found: Iterable[Topic]) -> tuple[tuple[str, Name, int], ...]:
    """List topics below their parents."""
    topics = tuple(found)
    listed: list[tuple[str, Name, int]] = []

    def below(parent: int | None, depth: int) -> None:
        for topic in topics:
            if topic.parent_id == parent:
                listed.append((str(topic.id), Name(topic.name_ar, topic.name_en), depth))
                below(topic.id, depth + 1)

    below(None, 0)
    return tuple(listed)


def _last_day(ends_at: datetime | None, zone: ZoneInfo) -> str:
    if ends_at is None:
        return ""
    return (ends_at.astimezone(zone) - timedelta(days=1)).date().isoformat()


def _hours(minutes: float | None) -> str:
    return "" if minutes is None else f"{minutes / 60:g}"
