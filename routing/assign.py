"""Choose the agent for a ticket, or say why it waits.

An agent is asked only when a member of the ticket's team, on shift and online, able (topic, language), not one
who declined it, below the hourly cap, and with room: a call wants an agent in no call and no chat, and who is
in a call gets nothing else; a chat takes a third of an agent, a mail a fifteenth. `assign_to` and the last
agent go first, in that order, when they may be asked; then the strategy chooses, and every tie ends at the id.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from routing.facts import NEVER, AgentFacts, Reason, TicketFacts

Strategy = Literal["round_robin", "most_spare_capacity", "longest_idle"]
Work = Literal["call", "chat", "mail"]

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
_NAMED: Final = 20
_Key = tuple[int, datetime, int, int]

# From the last hurdle an agent meets to the first.
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


@dataclass(frozen=True, slots=True)
class Assign:
    agent_id: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    reasons: tuple[Reason, ...]


def work_of(channel: str) -> Work:
    """Name the kind of work a channel brings; what nobody waits for on the line is like mail."""
    return _WORK.get(channel, "mail")


def assign(
    ticket: TicketFacts,
    agents: Iterable[AgentFacts],
    *,
    strategy: Strategy,
    now: datetime,
    hourly_cap: int | None = None,
) -> Assign | Wait:
    """Choose among `agents`; `now` is when the chosen one will have been assigned last."""
    return assign_many((ticket,), agents, strategy=strategy, now=now, hourly_cap=hourly_cap)[
        ticket.id
    ]


def assign_many(
    tickets: Iterable[TicketFacts],
    agents: Iterable[AgentFacts],
    *,
    strategy: Strategy,
    now: datetime,
    hourly_cap: int | None = None,
) -> dict[int, Assign | Wait]:
    """Choose for each ticket, the most urgent first, every choice counting for the next."""
    desk = _Desk(agents, strategy, now, hourly_cap)
    return {ticket.id: desk.choose(ticket) for ticket in sorted(tickets, key=_urgency)}


def _urgency(ticket: TicketFacts) -> tuple[bool, datetime, datetime, int]:
    return (ticket.due_at is None, ticket.due_at or NEVER, ticket.created_at, ticket.id)


class _Queue:
    """The agents who may take one kind of ticket, best first; keys only grow, so stale ones are put back."""

    __slots__ = ("heap", "refused")

    def __init__(self, heap: list[tuple[_Key, int]], refused: dict[str, list[int]]) -> None:
        self.heap = heap
        self.refused = refused


class _Desk:
    """Agents with what they were given so far in one run."""

    def __init__(
        self,
        agents: Iterable[AgentFacts],
        strategy: Strategy,
        now: datetime,
        hourly_cap: int | None,
    ) -> None:
        self.agents = {agent.id: agent for agent in agents}
        self.strategy = strategy
        self.now = now
        self.hourly_cap = hourly_cap
        self.turn = 0
        self.turns: dict[int, int] = {}
        self.queues: dict[object, _Queue] = {}

    def choose(self, ticket: TicketFacts) -> Assign | Wait:
        for wanted, code in (
            (ticket.assign_to, "assigned_by_rule"),
            (ticket.last_agent, "last_agent"),
        ):
            agent = self.agents.get(wanted) if wanted is not None else None
            if (
                agent is not None
                and agent.id not in ticket.declined_by
                and self._refusal(ticket, agent) is None
            ):
                return self._give(ticket, agent, (Reason(code, {"agent": agent.id}),))
        queue = self._queue(ticket)
        passed: list[tuple[_Key, int]] = []
        best = self._best(ticket, queue, passed)
        for entry in passed:
            heapq.heappush(queue.heap, entry)
        refused = dict(queue.refused)
        if passed:
            refused["declined"] = sorted(identity for _, identity in passed)
        told = tuple(
            Reason(
                "refused", {"why": why, "count": len(who), "agents": tuple(sorted(who)[:_NAMED])}
            )
            for why, who in sorted(refused.items())
        )
        if best is None:
            return Wait((Reason(_why_nobody(refused)), *told))
        given = self._give(
            ticket,
            best,
            (Reason(self.strategy, {"agent": best.id, "able": len(queue.heap) + 1}), *told),
        )
        heapq.heappush(queue.heap, (self._key(self.agents[best.id]), best.id))
        return given

    def _best(
        self, ticket: TicketFacts, queue: _Queue, passed: list[tuple[_Key, int]]
    ) -> AgentFacts | None:
        while queue.heap:
            key, identity = heapq.heappop(queue.heap)
            agent = self.agents[identity]
            code = self._refusal(ticket, agent)
            if code is not None:
                queue.refused.setdefault(code, []).append(identity)
                continue
            current = self._key(agent)
            if current != key:
                heapq.heappush(queue.heap, (current, identity))
            elif identity in ticket.declined_by:
                passed.append((key, identity))
            else:
                return agent
        return None

    def _queue(self, ticket: TicketFacts) -> _Queue:
        kind = (ticket.team, work_of(ticket.channel), ticket.language, ticket.topics)
        queue = self.queues.get(kind)
        if queue is None:
            heap: list[tuple[_Key, int]] = []
            refused: dict[str, list[int]] = {}
            for agent in self.agents.values():
                code = self._refusal(ticket, agent)
                if code is None:
                    heap.append((self._key(agent), agent.id))
                elif code != "other_team":
                    refused.setdefault(code, []).append(agent.id)
            heapq.heapify(heap)
            queue = self.queues[kind] = _Queue(heap, refused)
        return queue

    def _refusal(self, ticket: TicketFacts, agent: AgentFacts) -> str | None:
        """Name why `agent` may not be asked, or None; declining is looked at apart."""
        if ticket.team not in agent.teams:
            return "other_team"
        if agent.presence != "online" or not agent.on_shift:
            return _absence(agent)
        if agent.topics is not None and ticket.topics and agent.topics.isdisjoint(ticket.topics):
            return "topic"
        if (
            agent.languages is not None
            and ticket.language is not None
            and ticket.language not in agent.languages
        ):
            return "language"
        if self.hourly_cap is not None and agent.taken_last_hour >= self.hourly_cap:
            return "hourly_cap"
        return _room(agent, work_of(ticket.channel))

    def _key(self, agent: AgentFacts) -> _Key:
        turn = self.turns.get(agent.id, 0)
        if self.strategy == "longest_idle":
            return (0, agent.idle_since or NEVER, turn, agent.id)
        spare = _load(agent) - agent.capacity if self.strategy == "most_spare_capacity" else 0
        return (spare, agent.last_assigned_at or NEVER, turn, agent.id)

    def _give(self, ticket: TicketFacts, agent: AgentFacts, reasons: tuple[Reason, ...]) -> Assign:
        work = work_of(ticket.channel)
        self.turn += 1
        self.turns[agent.id] = self.turn
        self.agents[agent.id] = replace(
            agent,
            calls=agent.calls + (work == "call"),
            chats=agent.chats + (work == "chat"),
            mails=agent.mails + (work == "mail"),
            last_assigned_at=self.now,
            idle_since=self.now,
            taken_last_hour=agent.taken_last_hour + 1,
        )
        return Assign(agent.id, reasons)


def _load(agent: AgentFacts) -> int:
    return agent.calls * CALL_WEIGHT + agent.chats * CHAT_WEIGHT + agent.mails * MAIL_WEIGHT


def _absence(agent: AgentFacts) -> str:
    if agent.presence == "online":
        return "off_shift"
    return "away" if agent.presence == "away" else "offline"


def _room(agent: AgentFacts, work: Work) -> str | None:
    if agent.calls:
        return "in_call"
    if work == "call":
        return "in_chat" if agent.chats else None
    weight = CHAT_WEIGHT if work == "chat" else MAIL_WEIGHT
    return "full" if _load(agent) + weight > agent.capacity else None


def _why_nobody(refused: Mapping[str, list[int]]) -> str:
    """Name what would have to change first: the last hurdle that anybody reached."""
    for code, why in _HURDLES:
        if code in refused:
            return why
    return "team_has_nobody"
