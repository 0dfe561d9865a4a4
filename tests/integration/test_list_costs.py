"""What lists cost: on skewed data every query walks its index and stops at its page."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from server.api.queries import tickets as programs
from server.db import sql
from server.db.engine import DB, close_pool, open_pool
from server.kit.work import transaction
from server.people.queries import Viewer
from server.tickets.actions.standing import standing
from server.tickets.queries import counts, family, lists, roots, thread, ticket
from server.tickets.queries.cursors import Cursor, write
from server.tickets.queries.views import ACTIVE, view
from tests.support import factories as make
from tests.support.factories import NOW
from tests.support.postgres import TestDatabases


@dataclass(frozen=True)
class Skewed:
    """A hundred thousand tickets: nearly all of one team, some of a small quiet one, and who looks at them."""

    administrator: Viewer
    quiet: Viewer
    ticket_id: int
    file_id: int
    root_id: int


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def skewed_url(databases: TestDatabases) -> Iterator[str]:
    url = databases.migrated()
    yield url
    databases.drop(url)


@pytest.fixture(scope="module")
async def skewed(skewed_url: str, anyio_backend: str) -> AsyncIterator[Skewed]:
    assert anyio_backend
    await open_pool(skewed_url, kind="tool", size=2)
    try:
        yield await _fill()
    finally:
        await close_pool()


async def _fill() -> Skewed:
    big, small = await make.team(), await make.team()
    busy = await make.viewer(agent_of=(big,))
    quiet = await make.viewer(agent_of=(small,))
    await make.many_tickets(big, 100_000, assignees=(busy.id,), active=4, messages=True)
    await make.many_tickets(small, 40, assignees=(quiet.id,), active=4, messages=True)
    await sql.run(
        "UPDATE tickets SET last_message_at = last_message_at - interval '90 days' WHERE team_id = $1",
        small,
    )
    # Tables of a usual size, or a whole scan of one would rightly be the cheapest.
    await sql.run("""
        INSERT INTO deliveries (message_id, ticket_id, channel_account_id, state, provider_key, recipients,
                                held_until, next_try_at, changed_at)
        SELECT id, ticket_id, channel_account_id, 'sent', id, '[]', said_at, said_at, said_at FROM messages
        WHERE ticket_id % 10 = 0
        """)
    await sql.run("""
        INSERT INTO events (ticket_id, seq, kind, data, at)
        SELECT ticket_id, 1, 'message_received', '{}', said_at FROM messages WHERE ticket_id % 4 = 0
        """)
    await sql.run(
        """
        INSERT INTO attachments (message_id, position, blob_hash, filename, content_type, size, inline)
        SELECT id, 0, $1, 'scan.pdf', 'application/pdf', 4, false FROM messages WHERE ticket_id % 10 = 0
        """,
        await make.blob(),
    )
    await sql.run(
        """
        INSERT INTO ticket_reads (user_id, ticket_id, seq)
        SELECT $1, id, 1 FROM tickets WHERE status <> 'closed'
        """,
        busy.id,
    )
    root, *merged = [await make.ticket(small) for _ in range(10)]
    for each in (root, *merged):
        await make.message(each)
    await sql.run(
        """
        INSERT INTO ticket_merges (ticket_id, into_id, status, merged_at, merged_by)
        SELECT id, id - 1, 'open', $2::timestamptz, $3::bigint FROM tickets WHERE team_id = $1 AND id % 9 = 0
        UNION ALL SELECT unnest($4::bigint[]), $5::bigint, 'open', $2, $3
        """,
        big,
        NOW,
        busy.id,
        merged,
        root,
    )
    await sql.run("UPDATE tickets SET status = 'closed' WHERE id = ANY($1::bigint[])", merged)
    first = await _first_of(small)
    files = [await make.attachment(await make.message(first)) for _ in range(20)]
    # As autovacuum leaves it; without it the planner has no figures to choose by.
    await sql.script("VACUUM ANALYZE")
    administrator = await make.viewer(administrator=True)
    return Skewed(administrator, quiet, first, files[-1], root)


async def _first_of(team_id: int) -> int:
    found: int = await sql.value("SELECT min(id) FROM tickets WHERE team_id = $1", team_id)
    return found


async def plans(question: Awaitable[object]) -> list[dict[str, Any]]:
    """Ask, and return how PostgreSQL went about each of the statements asked on the way."""
    asked: list[tuple[str, list[Any]]] = []
    async with transaction():
        joined = DB.current_transaction.get()
        assert joined is not None
        connection: Any = joined.connection
        with connection.query_logger(lambda record: asked.append((record.query, record.args))):
            await question
            await asyncio.sleep(0)  # the logger is told in the loop's next turn
        return [
            await _explained(query, arguments, mode)
            for query, arguments in asked
            # What is asked often is planned once for all arguments: that plan must be as good.
            for mode in ("force_custom_plan", "force_generic_plan")
        ]


async def _explained(query: str, arguments: list[Any], mode: str) -> dict[str, Any]:
    await sql.run(f"SET LOCAL plan_cache_mode = {mode}")
    await sql.script(f"PREPARE asked AS {query}")
    plan = await sql.value(
        f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({', '.join(map(_literal, arguments))})"
    )
    await sql.script("DEALLOCATE asked")
    found: dict[str, Any] = json.loads(plan)[0]["Plan"]
    return found


def _literal(argument: object) -> str:
    if isinstance(argument, list | tuple):
        return "'{" + ",".join(map(str, argument)) + "}'"
    return "NULL" if argument is None else f"'{argument}'"


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", ()) for node in nodes(part))]


LARGE = {
    "tickets", "messages", "events", "ticket_reads", "attachments", "deliveries", "ticket_merges"
}  # fmt: skip


def read_rows(node: dict[str, Any]) -> int:
    """How many rows of a large table a node touched, those thrown away included."""
    if node.get("Relation Name") not in LARGE:
        return 0
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return int(node["Actual Loops"] * rows)


def assert_walks_indexes(plan: dict[str, Any], *, at_most: int) -> None:
    touched = [
        (node["Node Type"], node["Relation Name"], node.get("Index Name"), read_rows(node))
        for node in nodes(plan)
        if node.get("Relation Name") in LARGE
    ]
    assert not [kind for kind, *_ in touched if kind == "Seq Scan"], touched
    assert sum(read for *_, read in touched) <= at_most, touched


async def test_no_list_reads_more_than_its_page_from_each_of_its_groups(skewed: Skewed) -> None:
    for viewer in (skewed.administrator, skewed.quiet):
        teams = len(viewer.team_ids)
        for key in ("mine", "unassigned", "all", "late", f"team-{viewer.team_ids[-1]}"):
            for status in (None, "on_hold", "closed"):
                asked = lists.page(view(key, viewer=viewer, status=status), viewer=viewer, now=NOW)
                page = 51 * teams * (4 if status is None else 1) + 51 * 3
                # Few are late at a time, so their status is not part of the key: all of them may be read.
                at_most = 5000 if key == "late" and status else page
                for plan in await plans(asked):
                    assert_walks_indexes(plan, at_most=at_most)


async def test_a_page_far_down_a_list_costs_what_the_first_one_does(skewed: Skewed) -> None:
    viewer = skewed.administrator
    everything = view("all", viewer=viewer, status="closed")
    deep = await sql.row(
        "SELECT last_message_at AS at, id FROM tickets WHERE status = 'closed' ORDER BY 1 OFFSET 500 LIMIT 1"
    )
    assert deep is not None
    after = write(Cursor(deep["at"], deep["id"]))
    for plan in await plans(lists.page(everything, viewer=viewer, now=NOW, after=after)):
        assert_walks_indexes(plan, at_most=51 * len(viewer.team_ids) + 51 * 3)


async def test_what_programs_ask_for_reads_no_more_than_its_page(skewed: Skewed) -> None:
    viewer = skewed.administrator
    someone = await sql.value(
        "SELECT assignee_id FROM tickets GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    )
    page = {"team_ids": viewer.team_ids, "after": None, "limit": 50}
    for statuses in (("closed",), ACTIVE):
        asked = programs.of_agent(someone, statuses=statuses, **page)
        for plan in await plans(asked):
            assert_walks_indexes(plan, at_most=51 * len(statuses))
    ids, _ = await programs.of_agent(someone, statuses=("closed",), **page)
    for question in (
        programs.summaries(ids, viewer=viewer),
        programs.messages(skewed.ticket_id, since=0, limit=50),
        programs.events(skewed.ticket_id, since=0, limit=100),
        programs.with_number(100_001, viewer=viewer),
    ):
        for plan in await plans(question):
            assert_walks_indexes(plan, at_most=110)


async def test_counts_stop_reading_at_the_cap(skewed: Skewed) -> None:
    for viewer in (skewed.administrator, skewed.quiet):
        for plan in await plans(counts.of(viewer, now=NOW)):
            assert_walks_indexes(plan, at_most=1000 * (len(viewer.team_ids) + 6))


async def test_a_ticket_with_its_thread_reads_its_own_rows_only(skewed: Skewed) -> None:
    viewer = skewed.quiet
    found = await ticket.one(skewed.ticket_id, viewer=viewer)
    for question in (
        ticket.one(skewed.ticket_id, viewer=viewer),
        ticket.addresses(found),
        thread.newest(skewed.ticket_id, kinds=["assigned"]),
        thread.since(skewed.ticket_id, 10, kinds=["assigned"]),
        thread.decisions(skewed.ticket_id),
        thread.file(skewed.file_id, viewer=viewer),
    ):
        for plan in await plans(question):
            assert_walks_indexes(plan, at_most=60)
    for plan in await plans(ticket.others(found, viewer=viewer)):
        assert_walks_indexes(plan, at_most=60)


async def test_tickets_that_stand_together_read_their_own_rows_only(skewed: Skewed) -> None:
    assert len((await thread.newest(skewed.root_id, kinds=[])).said) == 10
    for question in (
        thread.newest(skewed.root_id, kinds=["assigned"]),
        thread.newest(skewed.root_id, kinds=["assigned"], limit=3),
        family.family(skewed.root_id),
        roots.roots_of([skewed.root_id, skewed.root_id + 1]),
        roots.families_of([skewed.root_id]),
        roots.merged_numbers([skewed.root_id + 1]),
        standing(skewed.root_id),
    ):
        for plan in await plans(question):
            assert_walks_indexes(plan, at_most=150)
