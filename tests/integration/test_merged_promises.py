"""Promises of tickets that are merged, given back and split: the longest wait counts, and none is lost."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from server.db import sql
from server.delivery import actions as delivery
from server.kit import clock
from server.kit.settings import Settings
from server.service_levels import actions as service_levels
from server.service_levels import queries as promises
from server.tickets import actions as tickets
from server.tickets.queries.roots import root_of
from sla import Clock, Kind, State
from tests.support.mails import mail
from tests.support.merging import FATIMA, OMAR, Counter, counter
from tests.support.office import ALL_DAY, take

pytestmark = pytest.mark.anyio

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Desk:
    """The counter at moments that a test names."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    async def asks(self, at: datetime, *, heard: timedelta = 0 * HOUR, sender: str = FATIMA) -> int:
        """Let a citizen begin a ticket, of which the desk may hear later than its source."""
        with clock.standing_at(at):
            raw = mail("متى أستلم جوازي؟", sender=sender)
        with clock.standing_at(at + heard):
            await take(self.counter.account, raw, at=at)
        return int(await sql.value("SELECT max(id) FROM tickets"))

    async def adds(self, at: datetime, ticket_id: int) -> int:
        with clock.standing_at(at):
            return await self.counter.adds(ticket_id, "وهذه صورة الجواز")

    async def answers(self, at: datetime, ticket_id: int, *, leaves: bool = True) -> int:
        with clock.standing_at(at):
            return await self.counter.answers(ticket_id, leaves=leaves)

    async def merge(self, at: datetime, ticket_id: int, into: int) -> None:
        with clock.standing_at(at):
            await self.counter.merge(ticket_id, into)

    async def undo(self, at: datetime, ticket_id: int) -> None:
        with clock.standing_at(at):
            await self.counter.undo(ticket_id)

    async def split(self, at: datetime, message_id: int) -> int:
        with clock.standing_at(at):
            return await self.counter.split(message_id)

    async def status(self, at: datetime, ticket_id: int, status: str) -> None:
        by, key = self.counter.agent, self.counter.key()
        with clock.standing_at(at):
            await tickets.set_status(ticket_id, by=by, status=status, form_key=key, now=at)


@pytest.fixture
async def desk(db: Settings) -> Desk:
    """Answers are promised within four hours, resolutions within forty-eight, day and night."""
    now = NOON - timedelta(days=1)
    with clock.standing_at(now):
        await service_levels.save_calendar(
            "always", zone="Asia/Riyadh", weekly=ALL_DAY, exceptions={}, now=now
        )
        await service_levels.save_policy(
            "standard",
            calendar="always",
            allowed_minutes={"first_response": 240, "next_response": 240, "resolution": 2880},
            position=1,
            now=now,
        )
        return Desk(await counter())


async def clocks(ticket_id: int) -> dict[tuple[Kind, int], Clock]:
    return {(one.kind, one.turn): one for one in await promises.of_ticket(ticket_id)}


async def standing(ticket_id: int) -> set[tuple[str, str, datetime | None]]:
    """Return what is promised on a ticket now."""
    found = await promises.of_ticket(ticket_id)
    return {(one.kind, one.state, one.due_at) for one in found if not one.finished}


async def test_a_merge_lets_the_longest_wait_count_and_meets_nothing(desk: Desk) -> None:
    older = await desk.asks(NOON)
    newer = await desk.asks(NOON + HOUR)
    await desk.merge(NOON + 2 * HOUR, older, newer)
    assert {one.state for one in await promises.of_ticket(older)} == {State.CANCELLED}
    assert await standing(newer) == {
        ("first_response", "running", NOON + 4 * HOUR),
        ("resolution", "running", NOON + 48 * HOUR),
    }
    due = await sql.rows("SELECT next_due_at FROM tickets ORDER BY id")
    assert [row["next_due_at"] for row in due] == [None, NOON + 4 * HOUR]
    assert await sql.value("SELECT count(*) FROM clocks WHERE decided_at IS NOT NULL") == 0
    assert await service_levels.check_clocks() == ()


async def test_a_merge_undone_at_once_leaves_every_promise_as_it_was(desk: Desk) -> None:
    older = await desk.asks(NOON, heard=7 * MINUTE)
    newer = await desk.asks(NOON + HOUR, heard=5 * MINUTE, sender=OMAR)
    before = [await standing(each) for each in (older, newer)]
    for one, into in ((older, newer), (newer, older)):
        await desk.merge(NOON + 2 * HOUR, one, into)
        await desk.undo(NOON + 2 * HOUR, one)
        assert [await standing(each) for each in (older, newer)] == before
    assert await service_levels.check_clocks() == ()


async def test_what_comes_back_later_has_waited_but_is_not_late_at_once(desk: Desk) -> None:
    older = await desk.asks(NOON)
    newer = await desk.asks(NOON + HOUR)
    await desk.merge(NOON + 2 * HOUR, older, newer)
    await desk.undo(NOON + 30 * HOUR, older)
    assert await standing(older) == {
        ("first_response", "running", NOON + 31 * HOUR),
        ("resolution", "running", NOON + 48 * HOUR),
    }


async def test_a_promise_broken_while_merged_stays_on_record(desk: Desk) -> None:
    older = await desk.asks(NOON)
    newer = await desk.asks(NOON + 3 * HOUR)
    await desk.merge(NOON + 3 * HOUR, older, newer)
    await desk.undo(NOON + 5 * HOUR, older)
    found = await clocks(newer)
    broken, again = (found[Kind.FIRST_RESPONSE, turn] for turn in (1, 2))
    assert (broken.state, broken.breached_at) == (State.CANCELLED, NOON + 4 * HOUR)
    assert (again.state, again.due_at) == (State.RUNNING, NOON + 7 * HOUR)
    decided = await sql.rows(
        "SELECT ticket_id, decided_at FROM clocks WHERE decided_at IS NOT NULL"
    )
    assert [tuple(row.values()) for row in decided] == [(newer, NOON + 4 * HOUR)]
    assert await service_levels.check_clocks() == ()


async def test_an_answer_given_meanwhile_answers_the_root_and_not_who_comes_back(
    desk: Desk,
) -> None:
    older = await desk.asks(NOON)
    newer = await desk.asks(NOON + HOUR)
    await desk.merge(NOON + 2 * HOUR, older, newer)
    await desk.answers(NOON + 3 * HOUR, newer)
    await desk.undo(NOON + 3 * HOUR, older)
    assert (await clocks(newer))[Kind.FIRST_RESPONSE, 1].state is State.MET
    assert (await clocks(older))[Kind.FIRST_RESPONSE, 1].due_at == NOON + 4 * HOUR


async def test_what_is_written_to_a_merged_ticket_waits_in_its_root(desk: Desk) -> None:
    older = await desk.asks(NOON)
    newer = await desk.asks(NOON + HOUR)
    await desk.answers(NOON + HOUR, newer)
    await desk.answers(NOON + HOUR, older)
    await desk.merge(NOON + 2 * HOUR, older, newer)
    await desk.adds(NOON + 3 * HOUR, older)
    assert ("next_response", "running", NOON + 7 * HOUR) in await standing(newer)
    assert await standing(older) == set()
    await desk.undo(NOON + 4 * HOUR, older)
    assert ("next_response", "running", NOON + 7 * HOUR) in await standing(newer)
    assert await standing(older) == {("resolution", "running", NOON + 48 * HOUR)}


async def test_an_answer_taken_back_from_a_merged_ticket_lets_its_root_wait(desk: Desk) -> None:
    older = await desk.asks(NOON)
    newer = await desk.asks(NOON + HOUR)
    await desk.answers(NOON + HOUR, newer)
    held = await desk.answers(NOON + 2 * HOUR, older, leaves=False)
    await desk.merge(NOON + 2 * HOUR, older, newer)
    assert (await clocks(older))[Kind.FIRST_RESPONSE, 1].state is State.ANSWERED
    moment = NOON + 2 * HOUR + timedelta(seconds=5)
    with clock.standing_at(moment):
        await delivery.undo(held, by=desk.counter.agent, now=moment)
    assert await standing(older) == set()
    assert ("next_response", "running", NOON + 4 * HOUR) in await standing(newer)
    await desk.undo(NOON + 3 * HOUR, older)
    assert ("first_response", "running", NOON + 4 * HOUR) in await standing(older)
    assert await standing(newer) == {("resolution", "running", NOON + 49 * HOUR)}
    assert await service_levels.check_clocks() == ()


@pytest.mark.parametrize("settled", [True, False])
async def test_an_answer_taken_back_from_what_waits_no_more_lets_nobody_wait(
    desk: Desk, settled: bool
) -> None:
    older = await desk.asks(NOON)
    newer = await desk.asks(NOON + HOUR)
    held = await desk.answers(NOON + 2 * HOUR, older, leaves=False)
    if settled:
        await desk.status(NOON + 2 * HOUR, older, "resolved")
    await desk.merge(NOON + 2 * HOUR, older, newer)
    await desk.answers(NOON + 2 * HOUR, newer)
    moment = NOON + 2 * HOUR + timedelta(seconds=5)
    with clock.standing_at(moment):
        await delivery.undo(held, by=desk.counter.agent, now=moment)
    assert {kind for kind, *_ in await standing(newer)} == {"resolution"}
    assert await standing(older) == set()


async def test_a_paused_ticket_comes_back_paused(desk: Desk) -> None:
    older = await desk.asks(NOON)
    newer = await desk.asks(NOON + HOUR)
    await desk.answers(NOON + HOUR, older)
    await desk.status(NOON + 2 * HOUR, older, "pending")
    await desk.merge(NOON + 3 * HOUR, older, newer)
    await desk.undo(NOON + 9 * HOUR, older)
    assert await standing(older) == {("resolution", "paused", None)}
    await desk.status(NOON + 10 * HOUR, older, "open")
    assert await standing(older) == {("resolution", "running", NOON + 56 * HOUR)}


async def test_what_was_taken_over_through_another_goes_back_with_it(desk: Desk) -> None:
    first, second, third = [await desk.asks(NOON + n * HOUR) for n in range(3)]
    before = [await standing(each) for each in (first, second, third)]
    await desk.merge(NOON + 2 * HOUR, first, second)
    together = await standing(second)
    await desk.merge(NOON + 2 * HOUR, second, third)
    await desk.undo(NOON + 2 * HOUR, second)
    assert await standing(second) == together
    await desk.merge(NOON + 2 * HOUR, second, third)
    await desk.undo(NOON + 2 * HOUR, first)
    assert ("first_response", "running", NOON + 5 * HOUR) in await standing(third)
    await desk.undo(NOON + 2 * HOUR, second)
    assert [await standing(each) for each in (first, second, third)] == before
    assert await service_levels.check_clocks() == ()


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_order_merges_are_made_and_undone_in_every_promise_is_its_own_again(
    desk: Desk, seed: int
) -> None:
    chance = Random(seed)
    every = [await desk.asks(NOON + n * 10 * MINUTE, heard=MINUTE) for n in range(6)]
    await desk.answers(NOON + HOUR, every[seed])
    before = [await standing(each) for each in every]
    merged: set[int] = set()
    for _ in range(14):
        one, other = chance.sample(every, 2)
        if one in merged:
            await desk.undo(NOON + 2 * HOUR, one)
            merged.remove(one)
        elif await root_of(other) != one:
            await desk.merge(NOON + 2 * HOUR, one, other)
            merged.add(one)
        for each in every:
            assert bool(await standing(each)) is (each not in merged)
    assert merged
    for one in chance.sample(sorted(merged), len(merged)):
        await desk.undo(NOON + 2 * HOUR, one)
    assert [await standing(each) for each in every] == before
    assert await service_levels.check_clocks() == ()


async def test_a_message_split_off_is_promised_for_itself_and_the_rest_waits_for_the_rest(
    desk: Desk,
) -> None:
    ticket = await desk.asks(NOON)
    message = await sql.value("SELECT max(id) FROM messages")
    await desk.adds(NOON + HOUR, ticket)
    new = await desk.split(NOON + 2 * HOUR, message)
    assert await standing(new) == {
        ("first_response", "running", NOON + 4 * HOUR),
        ("resolution", "running", NOON + 48 * HOUR),
    }
    assert await standing(ticket) == {
        ("first_response", "running", NOON + 5 * HOUR),
        ("resolution", "running", NOON + 48 * HOUR),
    }
    causes = await sql.value(
        "SELECT array_agg(data->>'cause') FROM events WHERE kind = 'clock_postdated'"
    )
    assert causes == ["message_split"]
    assert await service_levels.check_clocks() == ()


@pytest.mark.parametrize("followed", [True, False])
async def test_what_comes_back_counts_by_a_changed_calendar_if_open_tickets_do(
    desk: Desk, followed: bool
) -> None:
    older = await desk.asks(NOON)
    newer = await desk.asks(NOON + HOUR)
    await desk.merge(NOON + 2 * HOUR, older, newer)
    now = NOON + 3 * HOUR
    await service_levels.save_calendar(
        "always", zone="Asia/Riyadh", weekly=ALL_DAY, exceptions={"2026-03-03": []}, now=now
    )
    if followed:
        await service_levels.order_following(calendar="always", by=None, now=now)
        while await service_levels.follow_terms(now=now):
            pass
    await desk.undo(NOON + 3 * HOUR, older)
    closed = timedelta(days=1) if followed else timedelta(0)
    for each, since in ((older, NOON), (newer, NOON + HOUR)):
        assert await standing(each) == {
            ("first_response", "running", since + 4 * HOUR),
            ("resolution", "running", since + 48 * HOUR + closed),
        }
    assert await service_levels.check_clocks() == ()
