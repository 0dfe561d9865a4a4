"""What surrounds every page: who is looking, and the rail of views with its counts."""

from datetime import datetime
from typing import cast

from agent_ui.models import Chrome, Name, RailView
from agent_ui.models import Viewer as Looking
from agent_ui.models.codes import Presence, Role
from server.people.queries import Viewer, teams
from server.tickets.queries import counts


async def chrome(viewer: Viewer, *, here: str, now: datetime) -> Chrome:
    """Build the rail for one person; ``here`` is the key of the view or page they are on."""
    found = await counts.of(viewer, now=now)
    own = [
        RailView("mine", found.mine, unread=found.mine_unread > 0),
        RailView("unassigned", found.unassigned),
        RailView("all", found.all),
        RailView("late", found.late),
    ]
    of_teams = [
        RailView(f"team-{team.id}", found.teams[team.id], name=Name(team.name_ar, team.name_en))
        for team in await teams()
        if team.id in found.teams
    ]
    return Chrome(
        viewer=Looking(
            id=viewer.id,
            name=viewer.name,
            email=viewer.email,
            roles=cast("frozenset[Role]", viewer.roles),
            presence=cast("Presence", viewer.presence),
        ),
        here=here,
        views=(*own, *of_teams),
        unread=found.mine_unread,
        late=found.late,
        failed=found.failed,
        keeps_mail=found.keeps_mail,
        notices=found.notices,
    )
