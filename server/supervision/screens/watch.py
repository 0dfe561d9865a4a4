"""The wall: what is late, what will be, who has how much."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo
from typing import cast
from zoneinfo import ZoneInfo

from agent_ui import urls
from agent_ui.models import (
    AgentLoad,
    Choice,
    Name,
    Person,
    Promise,
    Reason,
    Supervision,
    TeamLoad,
    Wall,
)
from agent_ui.models.alarms import HouseAlarm
from agent_ui.models.codes import ChannelKind, Presence, Priority, Status, Target
from agent_ui.models.watch import Behind, Bulk, Flow, FlowHour, LatePart, LongestWait
from server.alarms.queries import sending
from server.alarms.queries.sending import Alarm
from server.kit.settings import settings
from server.people.queries import Viewer, teams, users
from server.supervision.metrics import SOON
from server.supervision.queries import board
from server.supervision.queries import wall as queries
from server.supervision.queries.wall import DueTicket, Load, TeamCounts
from server.supervision.screens.notices import house_alarm
from server.supervision.screens.satisfaction import wall_ratings
from server.supervision.shared import Shared
from server.tickets.screens.accounts import healths
from server.tickets.screens.chrome import chrome

PARTS = 12
_walls: Shared[Wall] = Shared()
_behind: Shared[Behind] = Shared()


async def supervision(
    viewer: Viewer, *, zone: tzinfo, now: datetime, said: Reason | None = None
) -> Supervision:
    """Build the whole page."""
    return Supervision(
        await chrome(viewer, here="supervision", now=now),
        await wall(viewer, zone=zone, now=now),
        await bulk(viewer, said=said),
    )


async def wall(viewer: Viewer, *, zone: tzinfo, now: datetime) -> Wall:
    """Build the wall of the teams that this person supervises.

    It is built once for all who ask at about the same time: a change is told to every screen, and all ask at once.
    """
    team_ids = tuple(sorted(viewer.supervised))
    return await _walls.ask(team_ids, lambda: _build(team_ids, zone=zone, now=now), now=now)


async def _build(team_ids: Sequence[int], *, zone: tzinfo, now: datetime) -> Wall:
    soon = now + SOON
    day_start, day_end = _day(now, zone)
    names = {team.id: Name(team.name_ar, team.name_en) for team in await teams()}
    holding = await queries.held(team_ids)
    counted = await queries.teams(team_ids, holding, now=now, soon=soon, day_end=day_end)
    late = await queries.due(team_ids, since=None, until=now)
    within_the_hour = await queries.due(team_ids, since=now, until=soon)
    today = await queries.due(team_ids, since=soon, until=day_end) if day_end > soon else ()
    loads = await queries.loads(team_ids, holding, now=now, day_start=day_start)
    topics, channels = await board.parts(team_ids, now=now, soon=soon)
    topic_names = await board.topic_names([one.topic_id for one in topics if one.topic_id])
    return Wall(
        late_count=sum(team.late for team in counted),
        soon_count=sum(team.soon for team in counted),
        later_count=sum(team.later for team in counted),
        open_count=sum(team.active for team in counted),
        unassigned_count=sum(team.unassigned for team in counted),
        late=tuple(_promise(one, names, now=now) for one in late),
        soon=tuple(_promise(one, names, now=now) for one in within_the_hour),
        later=tuple(_promise(one, names, now=now) for one in today),
        agents=tuple(_agent(load) for load in loads),
        teams=tuple(_team(team, names) for team in counted),
        accounts=await healths(of_teams=team_ids),
        as_of=now,
        answers_stuck=await queries.not_leaving(team_ids, now=now),
        alarms=tuple(_wrong(one) for one in await sending.of_teams(team_ids, now=now)),
        topics=tuple(_part(one, topic_names) for one in topics[:PARTS]),
        channels=tuple(_part(one, topic_names) for one in channels),
        longest=tuple(_wait(one, names) for one in await board.longest(team_ids)),
        flow=await flow(team_ids, now=now, day_start=day_start, day_end=day_end),
        rated=await wall_ratings(tuple(team_ids), zone=ZoneInfo(settings().zone), now=now),
    )


async def flow(
    team_ids: Sequence[int], *, now: datetime, day_start: datetime, day_end: datetime
) -> Flow:
    """Build what came in and went out today, hour by hour up to now."""
    found = await board.flow(team_ids, since=day_start, until=day_end, zone=settings().zone)
    by_hour = {one.hour: one for one in found}
    last = max((now - day_start).seconds // 3600, *by_hour, 0)
    hours = [by_hour.get(hour, board.Hour(hour, 0, 0)) for hour in range(last + 1)]
    return Flow(
        sum(one.arrived for one in hours),
        sum(one.answered for one in hours),
        tuple(FlowHour(one.hour, one.arrived, one.answered) for one in hours),
    )


async def bulk(viewer: Viewer, *, said: Reason | None, back: str = "") -> Bulk:
    """Build what may be done with many tickets at once."""
    people = await users(of_teams=tuple(sorted(viewer.supervised)))
    agents = tuple(
        Choice(str(user.id), user.name, presence=cast("Presence", user.presence)) for user in people
    )
    everywhere = tuple(
        Choice(str(team.id), team.name_ar if viewer.locale == "ar" else team.name_en)
        for team in await teams()
    )
    return Bulk(secrets.token_hex(8), agents, said, back, everywhere)


async def behind(which: board.Behind, *, zone: tzinfo, now: datetime, after: int = 0) -> Behind:
    """Build the tickets behind a figure, once for all who look at the same."""
    return await _behind.ask(
        (which, after), lambda: _build_behind(which, zone=zone, now=now, after=after), now=now
    )


async def _build_behind(which: board.Behind, *, zone: tzinfo, now: datetime, after: int) -> Behind:
    _, day_end = _day(now, zone)
    soon = now + SOON
    found = await board.behind(which, now=now, soon=soon, day_end=max(day_end, soon), after=after)
    names = {team.id: Name(team.name_ar, team.name_en) for team in await teams()}
    topics = await board.topic_names([which.topic_id] if which.topic_id else [])
    agent = await _agent_of(which)
    one_team = which.team_ids[0] if len(which.team_ids) == 1 else None
    more = len(found) > board.PAGE
    return Behind(
        which.measure,
        tuple(_promise(one, names, now=now) for one in found[: board.PAGE]),
        team=names[one_team] if one_team else None,
        topic=next((Name(*one) for one in topics.values()), None),
        channel=cast("ChannelKind | None", which.channel),
        agent=agent,
        next_link=behind_link(which, after=after + board.PAGE) if more else "",
        as_of=now,
    )


async def _agent_of(which: board.Behind) -> Person | None:
    if which.agent_id is None:
        return None
    of_teams = await users(of_teams=which.team_ids)
    return next((Person(one.id, one.name) for one in of_teams if one.id == which.agent_id), None)


def behind_link(which: board.Behind, *, after: int | None = None) -> str:
    """Return where the tickets behind a figure are shown."""
    return urls.behind(
        which.measure,
        team=which.team_ids[0] if len(which.team_ids) == 1 else None,
        topic=which.topic_id,
        channel=which.channel,
        agent=which.agent_id,
        after=after,
    )


def _wrong(alarm: Alarm) -> HouseAlarm:
    """Show what is wrong; an answer that did not leave is wrong until it is sent again."""
    shown = house_alarm(alarm, administrator=False)
    return replace(shown, ended_at=None) if alarm.kind == "delivery_failed" else shown


def _part(one: board.Part, names: Mapping[int, tuple[str, str]]) -> LatePart:
    known = names.get(one.topic_id or 0)
    name = Name(*known) if known else None
    return LatePart(one.late, one.soon, one.topic_id, name, cast("ChannelKind | None", one.channel))


def _wait(one: board.Wait, names: Mapping[int, Name]) -> LongestWait:
    return LongestWait(
        one.id,
        str(one.number),
        one.contact_name,
        cast("ChannelKind", one.channel),
        names[one.team_id],
        one.waiting_since,
        one.assignee_name or "",
    )


def _day(now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    today = now.astimezone(zone).date()
    start, end = (
        datetime.combine(day, time(0), tzinfo=zone) for day in (today, today + timedelta(days=1))
    )
    return start, end


def _promise(one: DueTicket, names: Mapping[int, Name], *, now: datetime) -> Promise:
    assignee = Person(one.assignee_id, one.assignee_name or "") if one.assignee_id else None
    return Promise(
        id=one.id,
        number=str(one.number),
        contact=one.contact_name,
        channel=cast("ChannelKind", one.channel),
        subject=one.subject,
        target=cast("Target", one.target),
        due_at=one.due_at,
        status=cast("Status", one.status),
        team=names[one.team_id],
        priority=cast("Priority", one.priority),
        assignee=assignee,
        late=one.due_at <= now,
        warn_at=one.warn_at,
    )


def _agent(load: Load) -> AgentLoad:
    return AgentLoad(
        person=Person(load.user_id, load.name),
        presence=cast("Presence", load.presence),
        open=load.open,
        pending=load.waiting,
        late=load.late,
        resolved_today=load.resolved,
        capacity=load.capacity,
    )


def _team(team: TeamCounts, names: Mapping[int, Name]) -> TeamLoad:
    return TeamLoad(
        id=team.team_id,
        name=names[team.team_id],
        open=team.active,
        unassigned=team.unassigned,
        late=team.late,
        due_soon=team.soon,
        online=team.online,
        agents=team.people,
    )
