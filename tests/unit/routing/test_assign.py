"""Who gets a ticket, and why the others did not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from routing import AgentFacts, Assign, TicketFacts, Wait, assign, assign_many

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TEAM = 1


def agent(identity: int, **facts: Any) -> AgentFacts:
    return AgentFacts(
        identity, frozenset({TEAM}), presence=facts.pop("presence", "online"), **facts
    )


def ticket(identity: int = 1, **facts: Any) -> TicketFacts:
    return TicketFacts(identity, TEAM, facts.pop("channel", "email"), **facts)


def chosen(asked: TicketFacts, *agents: AgentFacts, **how: Any) -> int | None:
    answer = assign(asked, agents, strategy=how.pop("strategy", "round_robin"), now=NOW, **how)
    return answer.agent_id if isinstance(answer, Assign) else None


def why(answer: Assign | Wait) -> str:
    return answer.reasons[0].code


def test_round_robin_asks_who_was_assigned_least_recently() -> None:
    early, late = NOW - timedelta(hours=1), NOW - timedelta(minutes=1)
    assert chosen(ticket(), agent(1, last_assigned_at=late), agent(2, last_assigned_at=early)) == 2
    assert chosen(ticket(), agent(1, last_assigned_at=late), agent(2), agent(3)) == 2


def test_most_spare_capacity_counts_a_chat_as_five_mails() -> None:
    assert (
        chosen(ticket(), agent(1, chats=1), agent(2, mails=4), strategy="most_spare_capacity") == 2
    )
    assert (
        chosen(ticket(), agent(1, chats=1), agent(2, mails=6), strategy="most_spare_capacity") == 1
    )


def test_longest_idle_asks_who_has_waited_longest() -> None:
    rested, tired = NOW - timedelta(hours=2), NOW - timedelta(minutes=2)
    assert (
        chosen(
            ticket(),
            agent(1, idle_since=tired),
            agent(2, idle_since=rested),
            strategy="longest_idle",
        )
        == 2
    )


def test_nobody_gets_more_than_fits() -> None:
    assert chosen(ticket(channel="webchat"), agent(1, chats=3)) is None
    assert chosen(ticket(channel="webchat"), agent(1, chats=1, mails=5)) == 1
    assert chosen(ticket(channel="webchat"), agent(1, chats=1, mails=6)) is None
    assert chosen(ticket(), agent(1, mails=15)) is None
    assert chosen(ticket(), agent(1, calls=1)) is None


def test_a_call_interrupts_mail_but_not_a_chat_or_another_call() -> None:
    call = ticket(channel="hotline")
    assert chosen(call, agent(1, mails=15)) == 1
    assert chosen(call, agent(1, chats=1)) is None
    assert chosen(call, agent(1, calls=1)) is None


def test_the_last_agent_is_asked_first_if_there() -> None:
    asked = ticket(last_agent=2)
    assert chosen(asked, agent(1), agent(2, last_assigned_at=NOW)) == 2
    assert chosen(asked, agent(1), agent(2, presence="away")) == 1


def test_a_rules_agent_comes_before_the_last_one() -> None:
    assert chosen(ticket(last_agent=2, assign_to=3), agent(1), agent(2), agent(3)) == 3


def test_the_ticket_waits_and_says_what_would_have_to_change() -> None:
    cases = {
        "team_has_nobody": (),
        "nobody_online": (agent(1, presence="offline"), agent(2, presence="away")),
        "nobody_on_shift": (agent(1, on_shift=False), agent(2, presence="away")),
        "nobody_knows_topic": (agent(1, topics=frozenset({9})),),
        "nobody_speaks_language": (agent(1, languages=frozenset({"ar"})),),
        "everyone_capped": (agent(1, taken_last_hour=4),),
        "everyone_full": (agent(1, mails=15), agent(2, languages=frozenset({"ar"}))),
        "everyone_declined": (agent(7),),
    }
    asked = ticket(topics=(5, 1), language="en", declined_by=frozenset({7}))
    for code, agents in cases.items():
        answer = assign(asked, agents, strategy="round_robin", now=NOW, hourly_cap=4)
        assert isinstance(answer, Wait)
        assert why(answer) == code


def test_an_agent_who_knows_the_parent_topic_knows_the_child() -> None:
    assert chosen(ticket(topics=(5, 1)), agent(1, topics=frozenset({1}))) == 1


def test_refused_candidates_are_told_with_the_reason() -> None:
    answer = assign(
        ticket(),
        (agent(1), agent(2, mails=15), agent(3, presence="away")),
        strategy="round_robin",
        now=NOW,
    )
    told = {
        reason.params["why"]: reason.params["agents"]
        for reason in answer.reasons
        if reason.code == "refused"
    }
    assert told == {"full": (2,), "away": (3,)}


def test_a_batch_counts_every_choice_and_takes_the_most_urgent_first() -> None:
    urgent = ticket(3, due_at=NOW)
    answers = assign_many(
        [
            ticket(1, channel="webchat"),
            ticket(2, channel="webchat"),
            replace(urgent, channel="webchat"),
        ],
        [agent(1, chats=2), agent(2, chats=2)],
        strategy="round_robin",
        now=NOW,
    )
    assert list(answers) == [3, 1, 2]
    assert [type(answers[identity]).__name__ for identity in (3, 1, 2)] == [
        "Assign",
        "Assign",
        "Wait",
    ]
