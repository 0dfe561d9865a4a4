"""What the viewer may change about a ticket, as lists to choose from."""

from typing import cast

from agent_ui.models import Choice, Choices, Controls, Name, Reason
from agent_ui.models.codes import Field, Presence
from server.people.queries import User, Viewer
from server.tickets.queries.lists import Named
from server.tickets.queries.ticket import Ticket
from server.tickets.queries.topics import Topic

STATUSES = ("open", "pending", "on_hold", "resolved")
PRIORITIES = ("low", "normal", "high", "urgent")
PRESENCES = ("online", "away", "offline")


def controls(
    ticket: Ticket,
    *,
    viewer: Viewer,
    members: tuple[User, ...],
    teams: tuple[Named, ...],
    topics: tuple[Topic, ...],
    refused: tuple[str, Reason] | None,
    fixed: bool = False,
) -> Controls:
    """Build the five fields; ``refused`` is the one that was not accepted, and why; ``fixed`` ones only tell."""
    people = sorted(members, key=lambda person: PRESENCES.index(person.presence))
    known = {person.id for person in people}
    assignee = ticket.assignee
    options = [
        Choice("", selected=assignee is None),
        *(_person(person, ticket) for person in people),
    ]
    if assignee is not None and assignee.id not in known:
        options.append(Choice(str(assignee.id), assignee.name, selected=True))
    if viewer.administrator and viewer.id not in known | {assignee.id if assignee else 0}:
        options.append(Choice(str(viewer.id), viewer.name))
    closed = ticket.status == "closed"
    statuses = STATUSES if ticket.status in STATUSES else (ticket.status, *STATUSES)
    topic_id = ticket.topic.id if ticket.topic else None
    mine = assignee is not None and assignee.id == viewer.id
    return Controls(
        assignee=_choices("assignee", options, refused, allowed=not fixed),
        status=_choices("status", _codes(statuses, ticket.status), refused, allowed=not closed),
        topic=_choices(
            "topic",
            [
                Choice("", selected=topic_id is None),
                *(
                    Choice(
                        str(node.topic.id),
                        Name(node.topic.ar, node.topic.en),
                        selected=node.topic.id == topic_id,
                        depth=node.depth,
                    )
                    for node in topics
                ),
            ],
            refused,
            allowed=not fixed,
        ),
        priority=_choices(
            "priority", _codes(PRIORITIES, ticket.priority), refused, allowed=not fixed
        ),
        team=_choices(
            "team",
            [
                Choice(str(team.id), Name(team.ar, team.en), selected=team.id == ticket.team.id)
                for team in teams
            ],
            refused,
            allowed=not fixed,
        ),
        may_hand_back=mine and not closed,
        may_take=not mine and not closed and (viewer.id in known or viewer.administrator),
    )


def _person(person: User, ticket: Ticket) -> Choice:
    return Choice(
        str(person.id),
        person.name,
        selected=ticket.assignee is not None and ticket.assignee.id == person.id,
        presence=cast("Presence", person.presence),
    )


def _codes(codes: tuple[str, ...], current: str) -> list[Choice]:
    return [Choice(code, selected=code == current) for code in codes]


def _choices(
    field: Field,
    options: list[Choice],
    refused: tuple[str, Reason] | None,
    *,
    allowed: bool = True,
) -> Choices:
    error = refused[1] if refused and refused[0] == field else None
    return Choices(field, tuple(options), allowed=allowed, error=error)
