"""The wall: what is late, what will be, who has how much."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta, tzinfo
from typing import cast

from agent_ui.models import AgentLoad, Name, Person, Promise, Supervision, TeamLoad, Wall
from agent_ui.models.codes import ChannelKind, Presence, Priority, Status, Target
from server.people.queries import Viewer, teams
from server.supervision.queries import wall as queries
from server.supervision.queries.wall import DueTicket, Load, TeamCounts
from server.tickets.screens.accounts import healths
from server.tickets.screens.chrome import chrome

SOON = timedelta(hours=1)


async def supervision(viewer: Viewer, *, zone: tzinfo, now: datetime) -> Supervision:
    """Build the whole page."""
    rail = await chrome(viewer, here="supervision", now=now)
    return Supervision(rail, await wall(viewer, zone=zone, now=now))


async def wall(viewer: Viewer, *, zone: tzinfo, now: datetime) -> Wall:
    """Build the wall of the teams that this person supervises."""
    team_ids = sorted(viewer.supervised)
    soon = now + SOON
    day_start, day_end = _day(now, zone)
    names = {team.id: Name(team.name_ar, team.name_en) for team in await teams()}
    counted = await queries.teams(team_ids, now=now, soon=soon, day_end=day_end)
    late = await queries.due(team_ids, since=None, until=now)
    within_the_hour = await queries.due(team_ids, since=now, until=soon)
    today = await queries.due(team_ids, since=soon, until=day_end) if day_end > soon else ()
    loads = await queries.loads(team_ids, now=now, day_start=day_start)
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
    )


def _agent(load: Load) -> AgentLoad:
    return AgentLoad(
        person=Person(load.user_id, load.name),
        presence=cast("Presence", load.presence),
        open=load.open,
        pending=load.waiting,
        late=load.late,
        resolved_today=load.resolved,
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
