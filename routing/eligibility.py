"""Who may be asked to take a ticket, and why the others may not.

A member of the ticket's team, online and on shift, able (topic, language), below the hourly cap, and with room:
a call wants an agent in no call and no chat, whatever mail is waiting; who is in a call gets nothing else; a chat
takes a third of an agent, a mail a fifteenth. Only what waits for the agent counts.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from routing.facts import AgentFacts, TicketFacts

Work = Literal["call", "chat", "mail"]
Refusal = Callable[[AgentFacts], str | None]

CALL_WEIGHT: Final = 15
CHAT_WEIGHT: Final = 5
MAIL_WEIGHT: Final = 1
_WORK: Final[Mapping[str, Work]] = {
    "hotline": "call",
    "webchat": "chat",
    "telegram": "chat",
    "whatsapp": "chat",
    "messenger": "chat",
    "instagram": "chat",
    "app": "chat",
}

NOBODY_THERE: Final = frozenset({"nobody_on_shift", "nobody_online", "team_has_nobody"})
"""What a ticket waits for where only somebody's coming helps."""

# From the last hurdle an agent meets to the first, and what a ticket waits for if nobody gets further.
_HURDLES: Final = (
    ("declined", "everyone_declined"),
    ("full", "everyone_full"),
    ("in_chat", "everyone_full"),
    ("in_call", "everyone_full"),
    ("hourly_cap", "everyone_capped"),
    ("language", "nobody_speaks_language"),
    ("topic", "nobody_knows_topic"),
    ("off_shift", "nobody_on_shift"),
    ("away", "nobody_online"),
    ("offline", "nobody_online"),
)


def work_of(channel: str) -> Work:
    """Name the kind of work a channel brings; where nobody sits and waits, it is like mail."""
    return _WORK.get(channel, "mail")


def load(agent: AgentFacts) -> int:
    """Say how many fifteenths of an agent are taken."""
    return agent.calls * CALL_WEIGHT + agent.chats * CHAT_WEIGHT + agent.mails * MAIL_WEIGHT


def refusals(ticket: TicketFacts, *, hourly_cap: int | None) -> Refusal:
    """Make the question put to each agent: why not you? Declining is looked at apart.

    Two thousand agents are asked for one ticket, so what the ticket wants is worked out once.
    """
    team, topics, language = ticket.team, ticket.topics, ticket.language
    work = work_of(ticket.channel)

    def refusal(agent: AgentFacts) -> str | None:
        if team not in agent.teams:
            why: str | None = "other_team"
        elif agent.presence != "online":
            why = "away" if agent.presence == "away" else "offline"
        elif not agent.on_shift:
            why = "off_shift"
        elif topics and agent.topics is not None and agent.topics.isdisjoint(topics):
            why = "topic"
        elif (
            language is not None and agent.languages is not None and language not in agent.languages
        ):
            why = "language"
        elif hourly_cap is not None and agent.taken_last_hour >= hourly_cap:
            why = "hourly_cap"
        else:
            why = _no_room(agent, work)
        return why

    return refusal


def has_room(agent: AgentFacts, *, hourly_cap: int | None, calls: bool) -> bool:
    """Say whether an agent could be given anything at all; a call only where ``calls`` wait."""
    if agent.presence != "online" or not agent.on_shift:
        return False
    if hourly_cap is not None and agent.taken_last_hour >= hourly_cap:
        return False
    return _no_room(agent, "mail") is None or (calls and _no_room(agent, "call") is None)


def _no_room(agent: AgentFacts, work: Work) -> str | None:
    if agent.calls:
        return "in_call"
    if work == "call":
        return "in_chat" if agent.chats else None
    weight = CHAT_WEIGHT if work == "chat" else MAIL_WEIGHT
    taken = agent.chats * CHAT_WEIGHT + agent.mails * MAIL_WEIGHT
    return "full" if taken + weight > agent.capacity else None


def why_nobody(refused: Mapping[str, list[int]]) -> str:
    """Name what would have to change first: the last hurdle that anybody reached."""
    return next((why for code, why in _HURDLES if code in refused), "team_has_nobody")
