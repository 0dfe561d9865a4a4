"""Whatever the team and the tickets, nobody gets more than fits, more than their share, or what they may not have."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import AgentFacts, Assign, Strategy, TicketFacts, assign, assign_many, work_of
from routing.fairness import Given, There, expected

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WEIGHT = {"call": 15, "chat": 5, "mail": 1}

strategies: st.SearchStrategy[Strategy] = st.sampled_from(
    ["round_robin", "most_spare_capacity", "longest_idle"]
)
moments = st.none() | st.integers(0, 600).map(lambda minutes: NOW - timedelta(minutes=minutes))
some_agents = st.lists(
    st.builds(
        AgentFacts,
        id=st.integers(1, 30),
        teams=st.sampled_from([frozenset({1}), frozenset({1, 2}), frozenset({2})]),
        presence=st.sampled_from(["online", "online", "online", "away", "offline"]),
        on_shift=st.sampled_from([True, True, True, False]),
        topics=st.none() | st.frozensets(st.integers(1, 3), max_size=2),
        languages=st.none() | st.frozensets(st.sampled_from(["ar", "en"]), max_size=2),
        calls=st.sampled_from([0, 0, 0, 1]),
        chats=st.integers(0, 3),
        mails=st.integers(0, 15),
        capacity=st.sampled_from([15, 15, 8]),
        last_assigned_at=moments,
        idle_since=moments,
        taken_last_hour=st.integers(0, 5),
    ),
    max_size=12,
    unique_by=lambda agent: agent.id,
)
some_tickets = st.lists(
    st.builds(
        TicketFacts,
        id=st.integers(1, 99),
        team=st.sampled_from([1, 2]),
        channel=st.sampled_from(["email", "webchat", "hotline", "walk_in"]),
        topics=st.sampled_from([(), (1,), (2, 1), (3,)]),
        language=st.sampled_from([None, "ar", "en"]),
        due_at=st.none() | st.integers(0, 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
        last_agent=st.none() | st.integers(1, 30),
        declined_by=st.frozensets(st.integers(1, 30), max_size=3),
    ),
    max_size=25,
    unique_by=lambda ticket: ticket.id,
)


def given_to(agent: AgentFacts, ticket: TicketFacts, at: datetime) -> AgentFacts:
    work = work_of(ticket.channel)
    return replace(
        agent,
        calls=agent.calls + (work == "call"),
        chats=agent.chats + (work == "chat"),
        mails=agent.mails + (work == "mail"),
        last_assigned_at=at,
        idle_since=at,
        taken_last_hour=agent.taken_last_hour + 1,
    )


@given(some_tickets, some_agents, strategies)
@settings(max_examples=150, deadline=None)
def test_nobody_gets_what_does_not_fit(
    tickets: list[TicketFacts], agents: list[AgentFacts], strategy: Strategy
) -> None:
    answers = assign_many(tickets, agents, strategy=strategy, now=NOW, hourly_cap=6)
    assert set(answers) == {ticket.id for ticket in tickets}
    people, asked = {agent.id: agent for agent in agents}, {ticket.id: ticket for ticket in tickets}
    for identity, answer in answers.items():
        if not isinstance(answer, Assign):
            continue
        ticket, agent = asked[identity], people[answer.agent_id]
        assert ticket.team in agent.teams
        assert (agent.presence, agent.on_shift, agent.calls) == ("online", True, 0)
        assert agent.id not in ticket.declined_by
        assert agent.taken_last_hour < 6
        work = work_of(ticket.channel)
        if work == "call":
            assert not agent.chats
        else:
            assert agent.chats * 5 + agent.mails + WEIGHT[work] <= agent.capacity
        people[agent.id] = given_to(agent, ticket, NOW)


@given(some_tickets, some_agents, strategies)
@settings(max_examples=150, deadline=None)
def test_a_batch_answers_as_if_tickets_came_one_by_one(
    tickets: list[TicketFacts], agents: list[AgentFacts], strategy: Strategy
) -> None:
    people, asked = {agent.id: agent for agent in agents}, {ticket.id: ticket for ticket in tickets}
    together = assign_many(tickets, agents, strategy=strategy, now=NOW, hourly_cap=6)
    # Each turn is later than any before it, also than one that somebody had at the very instant of the batch.
    for turn, (identity, answer) in enumerate(together.items(), 1):
        at = NOW + timedelta(microseconds=turn)
        alone = assign(asked[identity], people.values(), strategy=strategy, now=at, hourly_cap=6)
        assert type(alone) is type(answer)
        assert alone.reasons[0].code == answer.reasons[0].code
        if isinstance(alone, Assign) and isinstance(answer, Assign):
            assert alone.agent_id == answer.agent_id
            people[alone.agent_id] = given_to(people[alone.agent_id], asked[identity], at)


@given(st.integers(1, 9), st.integers(0, 120), strategies, st.data())
@settings(max_examples=100, deadline=None)
def test_equal_agents_get_equal_shares(
    many: int, tickets: int, strategy: Strategy, data: st.DataObject
) -> None:
    agents = [AgentFacts(at, frozenset({1}), "online", capacity=10**6) for at in range(many)]
    agents = data.draw(st.permutations(agents))
    answers = assign_many(
        [TicketFacts(at, 1, "email") for at in range(tickets)], agents, strategy=strategy, now=NOW
    )
    shares = Counter(answer.agent_id for answer in answers.values() if isinstance(answer, Assign))
    counts = [shares[agent.id] for agent in agents]
    assert sum(counts) == tickets
    assert max(counts) - min(counts) <= 1


@given(some_tickets, some_agents, strategies, st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_the_order_in_which_facts_arrive_does_not_matter(
    tickets: list[TicketFacts], agents: list[AgentFacts], strategy: Strategy, chance: Any
) -> None:
    before = assign_many(tickets, agents, strategy=strategy, now=NOW)
    chance.shuffle(tickets)
    chance.shuffle(agents)
    assert assign_many(tickets, agents, strategy=strategy, now=NOW) == before


spans = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 50), st.integers(0, 20)), max_size=12
).map(
    lambda drawn: [
        There(agent, NOW + timedelta(minutes=begin), NOW + timedelta(minutes=begin + length))
        for agent, begin, length in drawn
    ]
)
hand_outs = st.lists(st.tuples(st.integers(0, 70), st.integers(1, 5)), max_size=40).map(
    lambda drawn: [Given(NOW + timedelta(minutes=minute), agent) for minute, agent in drawn]
)


def apart(there: list[There]) -> list[There]:
    """Drop what overlaps an earlier span of the same agent: nobody is there twice."""
    kept: list[There] = []
    for span in sorted(there, key=lambda one: one.since):
        if all(span.since >= other.until for other in kept if other.agent_id == span.agent_id):
            kept.append(span)
    return kept


@given(hand_outs, spans)
@settings(max_examples=200, deadline=None)
def test_expected_shares_part_every_ticket_among_those_who_were_there(
    handed: list[Given], there: list[There]
) -> None:
    there = apart(there)
    slowly: Counter[int] = Counter()
    for one in handed:
        here = {s.agent_id for s in there if s.since <= one.at < s.until} | {one.agent_id}
        for agent in here:
            slowly[agent] += 1 / len(here)  # type: ignore[assignment]  # a counter counts parts as well
    found = expected(handed, there)
    assert sum(found.values()) == pytest.approx(len(handed))
    assert {who: share for who, share in found.items() if share > 1e-9} == pytest.approx(
        dict(slowly)
    )
