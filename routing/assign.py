"""Choose the agent for a ticket, or say why it waits.

Of those who may be asked (`routing.eligibility`), the agent whom a rule named goes first, then the last agent,
then whom the strategy prefers; ties end at the lower id. In a batch the most urgent ticket goes first and every
choice counts for the next, as if the tickets had come one by one.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from routing.eligibility import Refusal, load, refusals, why_nobody, work_of
from routing.facts import NEVER, AgentFacts, Reason, TicketFacts

Strategy = Literal["round_robin", "most_spare_capacity", "longest_idle"]
Key = tuple[int, datetime, int, int]

# So many refused agents are named with their reason; of more, only the number is kept.
_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Assign:
    agent_id: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    reasons: tuple[Reason, ...]


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
    """Choose for each ticket by its id, in the order of urgency."""
    room = _Room({agent.id: agent for agent in agents}, strategy, now, hourly_cap)
    return {ticket.id: room.choose(ticket) for ticket in sorted(tickets, key=_urgency)}


def _urgency(ticket: TicketFacts) -> tuple[bool, datetime, datetime, int]:
    return (ticket.due_at is None, ticket.due_at or NEVER, ticket.created_at, ticket.id)


@dataclass(slots=True)
class _Line:
    """Those who may take one kind of ticket, best first, and those who may not.

    Within a batch agents only fill up, so keys only grow: a stale one is put back, a refused agent leaves for good.
    """

    heap: list[tuple[Key, int]]
    refused: dict[str, list[int]]


@dataclass
class _Room:
    """The agents with what they were given so far in one batch."""

    agents: dict[int, AgentFacts]
    strategy: Strategy
    now: datetime
    hourly_cap: int | None
    turns: dict[int, int] = field(default_factory=dict)
    turn: int = 0
    lines: dict[object, _Line] = field(default_factory=dict)

    def choose(self, ticket: TicketFacts) -> Assign | Wait:
        refusal = refusals(ticket, hourly_cap=self.hourly_cap)
        for wanted, code in (
            (ticket.assign_to, "assigned_by_rule"),
            (ticket.last_agent, "last_agent"),
        ):
            agent = self.agents.get(wanted) if wanted is not None else None
            if agent is not None and agent.id not in ticket.declined_by and refusal(agent) is None:
                self._give(ticket, agent)
                return Assign(agent.id, (Reason(code, {"agent": agent.id}),))
        line = self._line(ticket, refusal)
        declined: list[tuple[Key, int]] = []
        best = self._best(line, refusal, ticket.declined_by, declined)
        for entry in declined:
            heapq.heappush(line.heap, entry)
        refused = (
            line.refused | {"declined": [agent for _, agent in declined]}
            if declined
            else line.refused
        )
        if best is None:
            return Wait((Reason(why_nobody(refused)), *_told(refused)))
        able = len(line.heap) - len(declined) + 1
        self._give(ticket, best)
        heapq.heappush(line.heap, (self._key(self.agents[best.id]), best.id))
        return Assign(
            best.id, (Reason(self.strategy, {"agent": best.id, "able": able}), *_told(refused))
        )

    def _best(
        self,
        line: _Line,
        refusal: Refusal,
        declined_by: frozenset[int],
        declined: list[tuple[Key, int]],
    ) -> AgentFacts | None:
        while line.heap:
            key, identity = heapq.heappop(line.heap)
            agent = self.agents[identity]
            why = refusal(agent)
            if why is not None:
                line.refused.setdefault(why, []).append(identity)
            elif (current := self._key(agent)) != key:
                heapq.heappush(line.heap, (current, identity))
            elif identity in declined_by:
                declined.append((key, identity))
            else:
                return agent
        return None

    def _line(self, ticket: TicketFacts, refusal: Refusal) -> _Line:
        kind = (ticket.team, work_of(ticket.channel), ticket.language, ticket.topics)
        line = self.lines.get(kind)
        if line is None:
            heap: list[tuple[Key, int]] = []
            refused: dict[str, list[int]] = {}
            for agent in self.agents.values():
                why = refusal(agent)
                if why is None:
                    heap.append((self._key(agent), agent.id))
                elif why != "other_team":
                    refused.setdefault(why, []).append(agent.id)
            heapq.heapify(heap)
            line = self.lines[kind] = _Line(heap, refused)
        return line

    def _key(self, agent: AgentFacts) -> Key:
        # In one batch all are assigned at the same `now`; turns keep their order.
        turn = self.turns.get(agent.id, 0) if self.turns else 0
        if self.strategy == "longest_idle":
            return (0, agent.idle_since or NEVER, turn, agent.id)
        taken = load(agent) - agent.capacity if self.strategy == "most_spare_capacity" else 0
        return (taken, agent.last_assigned_at or NEVER, turn, agent.id)

    def _give(self, ticket: TicketFacts, agent: AgentFacts) -> None:
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


def _told(refused: dict[str, list[int]]) -> tuple[Reason, ...]:
    return tuple(
        Reason("refused", {"why": why, "count": len(who), "agents": tuple(sorted(who)[:_NAMED])})
        for why, who in sorted(refused.items())
    )
