"""The open ticket: its thread, the composer, and who is writing."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import cast

from agent_ui.models import (
    ChannelAccount,
    Conflict,
    ContextPanel,
    Conversation,
    Identity,
    Name,
    OtherTicket,
    Person,
    Reason,
    Thread,
)
from agent_ui.models.codes import ChannelKind, Priority, Status
from agent_ui.models.merging import MergePanel
from agent_ui.models.terms import ContactClass
from agent_ui.models.ticket import GivenRating
from server.desk.screens.composing import Typed, composer, language, new_key
from server.desk.screens.controls import controls
from server.desk.screens.history import LINES, items, names
from server.desk.screens.merging import merged_into, merged_tickets, ways_back
from server.desk.screens.promises import promises
from server.desk.screens.why import why
from server.people import queries as people
from server.people.queries import Viewer
from server.tickets.queries import family, thread, ticket, topics
from server.tickets.queries.lists import Named
from server.tickets.queries.ticket import Ticket


async def conversation(
    found: Ticket,
    *,
    viewer: Viewer,
    view_key: str,
    seen_seq: int,
    now: datetime,
    before: int | None = None,
    typed: Typed | None = None,
    notice: Reason | None = None,
    refused: tuple[str, Reason] | None = None,
) -> Conversation:
    """Build the ticket as it stands; ``seen_seq`` must have been read before, so that nothing newer is missed."""
    stretch = await thread.newest(found.id, kinds=LINES, before=before)
    decisions = await thread.decisions(found.id)
    every_team = tuple(Named(team.id, team.name_ar, team.name_en) for team in await people.teams())
    tree = await topics.tree()
    into = await family.merged_into(found.id, viewer=viewer)
    merged = await family.family(found.id)
    known = await names(
        (*stretch.done, *decisions),
        viewer=viewer,
        teams=every_team,
        topics=tree,
        family=[one.id for one in merged],
    )
    members = await people.users(of_teams=(found.team.id,))
    shown = Thread(
        id=found.id,
        number=str(found.number),
        subject=found.subject,
        status=cast("Status", found.status),
        priority=cast("Priority", found.priority),
        team=Name(found.team.ar, found.team.en),
        account=ChannelAccount(
            found.account_id, cast("ChannelKind", found.channel), found.account_name
        ),
        contact=found.contact_name,
        created_at=found.created_at,
        controls=controls(
            found,
            viewer=viewer,
            members=members,
            teams=every_team,
            topics=tree,
            refused=refused,
            fixed=into is not None,
        ),
        items=items(
            stretch,
            found,
            known,
            ways=ways_back(found.id, merged, viewer=viewer),
            fixed=into is not None,
        ),
        last_seq=seen_seq,
        form_key=new_key(),
        topic=Name(found.topic.ar, found.topic.en) if found.topic else None,
        assignee=Person(found.assignee.id, found.assignee.name) if found.assignee else None,
        clocks=await promises(found, now=now),
        why=why(decisions, known),
        tags=found.tags,
        tags_error=refused[1] if refused and refused[0] == "tags" else None,
        may_try_rules=bool(viewer.supervised),
        notice=notice or (refused[1] if refused else None),
        earlier_before=stretch.earlier_before,
        merge=MergePanel(found.id, str(found.number)) if found.status != "closed" else None,
        merged=merged_into(found.id, into) if into else None,
    )
    # What was typed stays on screen until it is taken to where the conversation goes on.
    if shown.merged and typed:
        typed = replace(typed, merged_into=shown.merged.into)
    return Conversation(
        thread=shown,
        composer=None
        if shown.merged and typed is None
        else await composer(found, viewer=viewer, seen_seq=seen_seq, typed=typed or Typed()),
        context=replace(
            await _context(found, viewer=viewer, merged=frozenset(one.id for one in merged)),
            merged=merged_tickets(found.id, merged, viewer=viewer),
        ),
        view=view_key,
    )


async def conflict(found: Ticket, *, viewer: Viewer, since: int, seqs: Collection[int]) -> Conflict:
    """Build what others did after ``since`` while somebody was writing; ``seqs`` is what matters of it."""
    stretch = await thread.since(found.id, since, kinds=LINES)
    every_team = tuple(Named(team.id, team.name_ar, team.name_en) for team in await people.teams())
    known = await names(stretch.done, viewer=viewer, teams=every_team, topics=await topics.tree())
    happened = items(stretch, found, known)
    return Conflict(tuple(item for item in happened if item.seq in seqs), found.last_seq)


async def _context(found: Ticket, *, viewer: Viewer, merged: Collection[int]) -> ContextPanel:
    addresses = await ticket.addresses(found)
    others = await ticket.others(found, viewer=viewer)
    given = await ticket.rating(found)
    return ContextPanel(
        contact_id=found.contact_id,
        contact=found.contact_name,
        identities=tuple(
            Identity(cast("ChannelKind", one.channel), one.address, verified=one.verified)
            for one in addresses
            if one.contact_id == found.contact_id
        ),
        tickets=tuple(
            OtherTicket(
                other.id,
                str(other.number),
                other.subject,
                cast("Status", other.status),
                other.last_message_at,
                linked=other.linked,
                merged_into=str(other.merged_into or ""),
            )
            for other in others
            if other.id not in merged
        ),
        followers=tuple(
            Person(one.id, one.display_name or one.address)
            for one in addresses
            if one.contact_id != found.contact_id
        ),
        since=found.contact_since,
        language=language(found.contact_language),
        contact_class=cast("ContactClass", found.contact_class),
        may_change_class=found.team.id in viewer.supervised,
        rating=GivenRating(*given) if given else None,
    )
