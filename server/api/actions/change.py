"""Change several things of a ticket at once, by the actions that change one."""

from collections.abc import Mapping
from datetime import datetime

from server.db import sql
from server.kit.errors import Invalid
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets import actions
from server.tickets.actions.common import first_answer, keep_answer, lock, refuse_if_newer

ORDER = ("topic", "priority", "status", "team", "assignee")
"""The team takes the assignee away, so that a new one comes last."""


async def change_ticket(
    ticket_id: int,
    *,
    chosen: Mapping[str, str | int | None],
    by: Viewer,
    form_key: str,
    seen_seq: int | None,
    now: datetime,
) -> int:
    """Change what was chosen, all of it or nothing; return the newest ``seq`` then, also to a repeat."""
    team = chosen.get("team")
    if chosen.get("assignee") is not None and team is not None and team not in by.team_ids:
        raise Invalid("not_in_team", field="assignee")
    async with transaction():
        if (answer := await first_answer(by, form_key, "api_change", now=now)) is not None:
            seq: int = answer["seq"]
            return seq
        ticket = await lock(ticket_id, by)
        await refuse_if_newer(ticket, by, seen_seq=seen_seq)
        handed = team is not None and team != ticket.team_id
        for name in ORDER:
            # Nobody who has just handed a ticket to another team may look after its assignee there.
            if name == "assignee" and chosen.get(name) is None and handed:
                continue
            if name in chosen:
                await _set(
                    ticket_id, name, chosen[name], by=by, form_key=f"{form_key}.{name}", now=now
                )
        # The ticket's own row hears of the newest number when the transaction ends.
        seq = await sql.value(
            "SELECT coalesce(max(seq), $2) FROM events WHERE ticket_id = $1",
            ticket.id,
            ticket.last_seq,
        )
        await keep_answer(by, form_key, {"ticket": ticket.id, "seq": seq})
        return seq


async def _set(
    ticket_id: int,
    name: str,
    value: str | int | None,
    *,
    by: Viewer,
    form_key: str,
    now: datetime,
) -> None:
    match name, value:
        case "topic", int() | None:
            await actions.set_topic(ticket_id, topic_id=value, by=by, form_key=form_key, now=now)
        case "priority", str():
            await actions.set_priority(ticket_id, priority=value, by=by, form_key=form_key, now=now)
        case "status", str():
            await actions.set_status(ticket_id, status=value, by=by, form_key=form_key, now=now)
        case "team", int():
            await actions.set_team(ticket_id, team_id=value, by=by, form_key=form_key, now=now)
        case "assignee", int() | None:
            await actions.assign(ticket_id, to=value, by=by, form_key=form_key, now=now)
        case _:
            raise Invalid("not_possible", field=name)
