"""Give waiting tickets to agents: under the lock of the tickets, then of the teams that share these agents.

New tickets look for an agent in the transaction that makes them. Everything else that lets somebody take more
(an answer, a return, a skill, a decline) asks for a round of its own after its commit; a sweep makes up for
rounds that were lost.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from routing import AgentFacts, Assign, TicketFacts, Wait, assign_many, work_of
from routing.eligibility import has_room
from server.assignment import queries
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.kit.work import after_commit, keep, transaction

ROUND = 200
ROUNDS = 50
TURN = timedelta(microseconds=1)


def ask(teams: Collection[int], *, at: datetime) -> None:
    """Hand out what waits in these teams once the open transaction has committed."""
    asked: set[int] = keep("hand_out_teams", set)
    asked.update(teams)

    async def round_() -> None:
        await hand_out(asked, at=at)

    if asked:
        after_commit(round_, once="hand_out")


async def hand_out(teams: Collection[int], *, at: datetime) -> int:
    """Give out what waits in these teams; return how many tickets found an agent."""
    given = 0
    passed_over = 0
    for _ in range(ROUNDS):
        async with transaction():
            waiting = await queries.lock_waiting(sorted(teams), limit=ROUND, skip=passed_over)
            answers, room = await _round(waiting, at=at)
        found = sum(isinstance(answer, Assign) for answer in answers.values())
        given += found
        # Those whom nobody can take must not stand in the way of those behind them.
        passed_over += len(waiting) - found
        # Where nobody can take anything more, there is no need to look at the thousands behind.
        if not room:
            break
    return given


async def give(tickets: Sequence[TicketFacts], *, at: datetime) -> Mapping[int, Assign | Wait]:
    """Assign locked tickets; tell who waits, and why, when that is new."""
    return (await _round(tickets, at=at))[0]


async def _round(
    tickets: Sequence[TicketFacts], *, at: datetime
) -> tuple[Mapping[int, Assign | Wait], bool]:
    """Assign locked tickets; say with the answers whether there may be more, and somebody to take it."""
    if not tickets:
        return {}, False
    teams = await queries.team_ways(sorted({ticket.team for ticket in tickets}), now=at)
    capped = any(way.hourly_cap is not None for way in teams.values())
    candidates = await queries.lock_agents(sorted(teams), now=at, capped=capped)
    agents = candidates.agents
    # Turns go on behind the last ones, also when two rounds are of the same instant.
    turn = max([at, *(a.last_assigned_at + TURN for a in agents.values() if a.last_assigned_at)])
    answers: dict[int, Assign | Wait] = {}
    for team, way in teams.items():
        of_team = [ticket for ticket in tickets if ticket.team == team]
        found = assign_many(
            of_team,
            candidates.of(team, way),
            strategy=way.strategy,
            now=turn,
            hourly_cap=way.hourly_cap,
        )
        answers |= found
        turn = _filled(agents, of_team, found, turn)
    await _write(tickets, answers, agents, at=at)
    changed = await _waits(answers, at=at)
    told = [
        _told(ticket, answer)
        for ticket, answer in answers.items()
        if isinstance(answer, Assign) or ticket in changed
    ]
    await emit(told, at=at)
    if len(tickets) < ROUND:
        return answers, False
    calls = await queries.calls_wait(sorted(teams))
    return answers, any(
        has_room(agent, hourly_cap=way.hourly_cap, calls=calls)
        for team, way in teams.items()
        for agent in candidates.of(team, way)
    )


def _filled(
    agents: dict[int, AgentFacts],
    tickets: Sequence[TicketFacts],
    answers: Mapping[int, Assign | Wait],
    turn: datetime,
) -> datetime:
    """Count what agents were given, so that the next team's tickets see it."""
    channels = {ticket.id: ticket.channel for ticket in tickets}
    for ticket_id, answer in answers.items():
        if not isinstance(answer, Assign):
            continue
        agent = agents[answer.agent_id]
        work = work_of(channels[ticket_id])
        agents[agent.id] = replace(
            agent,
            calls=agent.calls + (work == "call"),
            chats=agent.chats + (work == "chat"),
            mails=agent.mails + (work == "mail"),
            last_assigned_at=turn,
            idle_since=turn,
            taken_last_hour=agent.taken_last_hour + 1,
        )
        turn += TURN
    return turn


async def _write(
    tickets: Sequence[TicketFacts],
    answers: Mapping[int, Assign | Wait],
    agents: Mapping[int, AgentFacts],
    *,
    at: datetime,
) -> None:
    teams = {ticket.id: ticket.team for ticket in tickets}
    given = [
        (ticket, teams[ticket], answer.agent_id)
        for ticket, answer in answers.items()
        if isinstance(answer, Assign)
    ]
    if not given:
        return
    await sql.run(
        """
        UPDATE tickets t SET assignee_id = g.agent_id
        FROM unnest($1::bigint[], $2::bigint[]) AS g(id, agent_id) WHERE t.id = g.id
        """,
        [ticket for ticket, _, _ in given],
        [agent for _, _, agent in given],
    )
    await sql.run(
        """
        INSERT INTO hand_outs (ticket_id, team_id, user_id, at)
        SELECT *, $4 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
        ON CONFLICT (ticket_id) WHERE ended_at IS NULL
        DO UPDATE SET user_id = excluded.user_id, team_id = excluded.team_id, at = excluded.at
        """,
        *sql.columns(given, 3),
        at,
    )
    chosen = sorted({agent for _, _, agent in given})
    await sql.run(
        """
        INSERT INTO workloads (user_id, last_assigned_at, idle_since)
        SELECT user_id, at, at FROM unnest($1::bigint[], $2::timestamptz[]) AS g(user_id, at)
        ON CONFLICT (user_id) DO UPDATE
            SET last_assigned_at = excluded.last_assigned_at, idle_since = excluded.idle_since
        """,
        chosen,
        [agents[agent].last_assigned_at for agent in chosen],
    )


async def _waits(answers: Mapping[int, Assign | Wait], *, at: datetime) -> set[int]:
    """Remember who waits for what; return the tickets of which that is new."""
    await sql.run(
        "DELETE FROM waiting_tickets WHERE ticket_id = ANY($1::bigint[])",
        [ticket for ticket, answer in answers.items() if isinstance(answer, Assign)],
    )
    waits = [
        (ticket, answer.reasons[0].code)
        for ticket, answer in answers.items()
        if isinstance(answer, Wait)
    ]
    changed = await sql.rows(
        """
        INSERT INTO waiting_tickets AS w (ticket_id, code, since, code_since)
        SELECT *, $3, $3 FROM unnest($1::bigint[], $2::text[])
        ON CONFLICT (ticket_id) DO UPDATE SET code = excluded.code, code_since = excluded.code_since
            WHERE w.code <> excluded.code
        RETURNING ticket_id
        """,
        *sql.columns(waits, 2),
        at,
    )
    return {row["ticket_id"] for row in changed}


def _told(ticket_id: int, answer: Assign | Wait) -> Event:
    reasons = [reason.as_dict() for reason in answer.reasons]
    if isinstance(answer, Assign):
        return Event(
            ticket_id, "assigned", {"from": None, "to": answer.agent_id, "reasons": reasons}
        )
    return Event(ticket_id, "waits_for_agent", {"reasons": reasons})
