"""What was said and done on a ticket, in one line of time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from agent_ui.models import (
    Attachment,
    Copied,
    Delivery,
    EventLine,
    Item,
    Message,
    Name,
    Param,
    Person,
    Reason,
)
from agent_ui.models.codes import ChannelKind, DeliveryState, Direction
from agent_ui.models.common import TicketMark
from agent_ui.models.merging import UndoMerge
from agent_ui.sentences import EVENTS
from server.assignment.queries import rule_names, rules_of
from server.desk.screens.merging import marks
from server.kit.clock import instant
from server.people.queries import Viewer
from server.tickets.queries import tags, thread
from server.tickets.queries.lists import Named, Someone
from server.tickets.queries.thread import Done, File, Said, Sending, Stretch
from server.tickets.queries.ticket import Ticket
from server.tickets.queries.topics import Topic

LINES = tuple(sorted(set(EVENTS) - {"ticket_opened", "read", "clock_started"}))
"""Events that stand between the messages; the others are for auditors, or said by the clocks."""
BY_POLICY = {
    "priority_changed": "raised_by_policy",
    "unassigned": "returned_by_policy",
    "assigned": "given_by_policy",
    "team_changed": "moved_by_policy",
}
TICKETS = {
    "ticket_merged": "into",
    "ticket_took_over": "ticket",
    "merge_undone": "from",
    "ticket_gave_back": "ticket",
    "message_split": "ticket",
    "ticket_created": "split_from",
}
"""Where events name another ticket."""
TOLD_BY_ROOT = frozenset({"ticket_merged", "merge_undone"})
"""What merged tickets tell of themselves; the one they went into says the same."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in events stand for."""

    people: Mapping[int, Someone]
    teams: Mapping[int, Named]
    topics: Mapping[int, Named]
    rules: Mapping[int, str] = field(default_factory=dict)
    versions: Mapping[int, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    tags: Mapping[int, str] = field(default_factory=dict)
    tickets: Mapping[int, TicketMark] = field(default_factory=dict)

    def person(self, user_id: object) -> Person | None:
        """Return a person; nobody for an id that is none."""
        found = self.people.get(cast("int", user_id))
        return Person(found.id, found.name) if found else None

    def team(self, team_id: object) -> Name | None:
        """Return a team's name."""
        found = self.teams.get(cast("int", team_id))
        return Name(found.ar, found.en) if found else None

    def rule(self, rule_id: object) -> str | None:
        """Return what a rule is called, also one that was taken away."""
        return self.rules.get(cast("int", rule_id))

    def topic(self, topic_id: object) -> Name | None:
        """Return a topic's name."""
        found = self.topics.get(cast("int", topic_id))
        return Name(found.ar, found.en) if found else None


async def names(
    events: tuple[Done, ...],
    *,
    viewer: Viewer,
    teams: tuple[Named, ...],
    topics: tuple[Topic, ...],
    family: Collection[int] = (),
) -> Names:
    """Gather the names that these events need, and those of the tickets that stand together."""
    ids = {
        value
        for event in events
        for key, value in (*event.data.items(), *_of_reasons(event))
        if key in {"from", "to", "agent", "actor"} and isinstance(value, int)
    }
    for event in events:
        for key, value in _of_reasons(event):
            ids.update(value if key == "agents" else ())
    rules = {
        value
        for event in events
        for key, value in _of_reasons(event)
        if key in {"rule", "by"} and isinstance(value, int)
    }
    return Names(
        people=await thread.names(ids),
        teams={team.id: team for team in teams},
        topics={node.topic.id: node.topic for node in topics},
        rules=await rule_names(rules),
        versions=await rules_of(
            {e.data["rules"] for e in events if e.kind == "routed" and e.data.get("rules")}
        ),
        tags=await tags.called(_tags(events)),
        tickets=await marks({*family, *filter(None, map(_other, events))}, viewer=viewer),
    )


def _other(event: Done) -> int | None:
    other = event.data.get(TICKETS.get(event.kind, ""))
    return other if isinstance(other, int) else None


def _tags(events: tuple[Done, ...]) -> set[int]:
    return {
        tag
        for event in events
        for tag in (*event.data.get("tags", ()), event.data.get("tag"))
        if isinstance(tag, int)
    }


def items(
    stretch: Stretch,
    ticket: Ticket,
    known: Names,
    *,
    ways: Mapping[int, UndoMerge] | None = None,
    fixed: bool = False,
) -> tuple[Item, ...]:
    """Put messages and events into their order; an answer taken back was never said.

    ``ways`` lead back from merges that still stand, by merged ticket; from a ``fixed`` one nothing is split.
    """
    citizens = [
        one
        for one in stretch.said
        if one.direction == "in" and one.automatic is None and one.ticket_id == ticket.id
    ]
    stays = not fixed and (stretch.earlier_before is not None or len(citizens) > 1)
    newest = {_other(one): one for one in stretch.done if one.kind == "ticket_took_over"}
    shown: list[Item] = []
    for one in stretch.in_order:
        origin = known.tickets.get(one.ticket_id) if one.ticket_id != ticket.id else None
        if isinstance(one, Said):
            if one.sending is None or one.sending.state != "undone":
                may_split = stays and one in citizens
                shown.append(replace(_message(one, ticket), origin=origin, may_split=may_split))
        elif origin is None or one.kind not in TOLD_BY_ROOT:
            way = (ways or {}).get(_other(one) or 0) if one in newest.values() else None
            shown.append(replace(_line(one, ticket, known), origin=origin, undo=way))
    return tuple(shown)


def _of_reasons(event: Done) -> list[tuple[str, Any]]:
    return [pair for reason in event.data.get("reasons", ()) for pair in reason.items()]


def _message(said: Said, ticket: Ticket) -> Message:
    inbound = said.direction == "in"
    author = (
        said.author.name if said.author else said.display_name if inbound else ticket.account_name
    )
    if inbound and not author and said.address == ticket.address:
        author = ticket.contact_name
    return Message(
        id=said.id,
        seq=said.seq,
        direction=cast("Direction", said.direction),
        at=said.said_at,
        text=said.reply_text or said.text,
        author=author,
        address=said.address if inbound else "",
        channel=cast("ChannelKind", said.channel),
        rest=_rest(said),
        has_html=said.has_html,
        verified=said.verified,
        automatic=said.automatic is not None,
        attachments=tuple(
            _file(file)
            for file in said.files
            if not (file.inline and (said.has_html or not inbound))
        ),
        pictures=() if inbound else tuple(_file(file) for file in said.files if file.inline),
        delivery=_delivery(said.sending) if said.sending else None,
        fresh=inbound and said.seq > ticket.read_seq,
        whole_bytes=said.whole_bytes,
    )


def _rest(said: Said) -> str:
    """Return what is folded away: all of the text that is not new."""
    if not said.reply_text or said.text == said.reply_text:
        return ""
    if said.text.startswith(said.reply_text):
        return said.text[len(said.reply_text) :].strip()
    return said.text


def _file(file: File) -> Attachment:
    return Attachment(file.id, file.filename, file.content_type, file.size)


def _delivery(sending: Sending) -> Delivery:
    waits = sending.state == "queued" and sending.attempts > 0
    error = None
    if sending.error_code and sending.state in {"failed", "queued"}:
        answer = sending.error_text or sending.error_code
        error = Reason(sending.error_code, {"answer": answer, "tries": sending.attempts})
    return Delivery(
        id=sending.id,
        state=cast("DeliveryState", sending.state),
        until=sending.held_until if sending.state == "held" else None,
        at=sending.changed_at,
        retry_at=sending.next_try_at if waits else None,
        error=error,
        copies=tuple(
            Copied(one["address"], hidden=bool(one.get("hidden")), failed=one.get("failed", ""))
            for one in sending.recipients
            if one.get("copy")
        ),
    )


def _line(event: Done, ticket: Ticket, known: Names) -> EventLine:
    kind = event.kind
    if kind == "assigned":
        to = event.data.get("to")
        taken = event.actor is not None and to == event.actor.id
        kind = "unassigned" if to is None else "taken" if taken else "assigned"
    if kind == "contact_class_changed" and not event.data.get("vip"):
        kind = "preference_ended"
    if kind == "ticket_created" and "split_from" in event.data:
        kind = "split_off"
    if kind == "rated" and "before" in event.data:
        same = event.data["before"] == event.data.get("score")
        kind = "rating_worded" if same else "rating_changed"
    if event.data.get("by") == "policy":
        kind = BY_POLICY.get(kind, kind)
    return EventLine(
        seq=event.seq,
        kind=kind,
        at=event.at,
        params=_params(event, ticket, known),
        # "Taken by Sara · Sara" says it twice.
        actor=Person(event.actor.id, event.actor.name) if event.actor and kind != "taken" else None,
    )


def _params(event: Done, ticket: Ticket, known: Names) -> dict[str, Param]:
    data = event.data
    params: dict[str, Param] = dict(map(plain, data.items()))
    match event.kind:
        case "assigned":
            params["to"] = known.person(data.get("to"))
        case "team_changed":
            params["to"] = known.team(data.get("to"))
        case "routed":
            params["team"] = known.team(data.get("team"))
        case "topic_changed":
            params["to"] = known.topic(data.get("to"))
        case "tagged" | "untagged":
            params["tag"] = known.tags.get(data.get("tag", 0))
        case "ticket_created":
            params["channel"] = ticket.channel
            params["ticket"] = known.tickets.get(_other(event) or 0)
        case kind if kind in TICKETS:
            params["ticket"] = known.tickets.get(_other(event) or 0)
        case "rated":
            params |= {key: str(data[key]) for key in ("score", "before") if key in data}
        case kind if kind.startswith("clock_"):
            params["target"] = data.get("clock")
            params["due_at"] = datetime.fromisoformat(data["due_at"]) if "due_at" in data else None
    return params


def plain(pair: tuple[str, Any]) -> tuple[str, Param]:
    """Return one value of an event as a sentence takes it: ``due_us`` is an instant, ``due_at``."""
    key, value = pair
    if key.endswith("_us") and isinstance(value, int):
        return f"{key.removesuffix('_us')}_at", instant(value)
    return key, value if isinstance(value, str | int) else None
