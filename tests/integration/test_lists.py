"""Lists, counts and threads: who sees what, and in which order."""

from datetime import timedelta

import pytest

from server.db import sql
from server.kit.errors import Invalid, NotFound
from server.people.queries import Viewer
from server.tickets.queries import counts, lists, thread, ticket, topics
from server.tickets.queries.views import view
from tests.support import factories as make
from tests.support.factories import NOW

pytestmark = pytest.mark.usefixtures("db")


async def shown(key: str, viewer: Viewer, *, status: str | None = None) -> list[int]:
    page = await lists.page(view(key, viewer=viewer, status=status), viewer=viewer, now=NOW)
    return [row.id for row in page.rows]


async def walked(key: str, viewer: Viewer, *, limit: int, status: str | None = None) -> list[int]:
    """Every id of a view, page by page."""
    seen: list[int] = []
    after: str | None = None
    while True:
        page = await lists.page(
            view(key, viewer=viewer, status=status),
            viewer=viewer,
            now=NOW,
            after=after,
            limit=limit,
        )
        seen += [row.id for row in page.rows]
        if page.next_after is None:
            return seen
        after = page.next_after


async def test_a_person_sees_only_the_tickets_of_their_teams() -> None:
    ours, theirs = await make.team(), await make.team()
    mine = await make.ticket(ours)
    await make.ticket(theirs)
    viewer = await make.viewer(agent_of=(ours,))
    assert await shown("all", viewer) == [mine]
    with pytest.raises(NotFound):
        view(f"team-{theirs}", viewer=viewer)


async def test_a_ticket_of_another_team_is_not_shown_even_to_its_assignee() -> None:
    ours, theirs = await make.team(), await make.team()
    viewer = await make.viewer(agent_of=(ours,))
    moved = await make.ticket(theirs, assignee_id=viewer.id)
    assert await shown("mine", viewer) == []
    with pytest.raises(NotFound):
        await ticket.one(moved, viewer=viewer)


async def test_a_person_without_a_team_sees_nothing() -> None:
    await make.ticket(await make.team())
    viewer = await make.viewer()
    assert [await shown(key, viewer) for key in ("mine", "unassigned", "all", "late")] == [[]] * 4
    assert (await counts.of(viewer, now=NOW)).all == 0


async def test_tickets_of_several_teams_come_in_one_order_the_newest_first() -> None:
    teams = [await make.team(), await make.team()]
    ids = [
        await make.ticket(teams[n % 2], last_message_at=NOW - timedelta(minutes=n))
        for n in range(6)
    ]
    viewer = await make.viewer(agent_of=tuple(teams))
    assert await shown("all", viewer) == ids


async def test_pages_follow_each_other_without_a_gap_or_a_repeat_even_at_equal_times() -> None:
    teams = (await make.team(), await make.team())
    ids = [await make.ticket(teams[n % 2], last_message_at=NOW) for n in range(7)]
    viewer = await make.viewer(agent_of=teams)
    assert await walked("all", viewer, limit=2) == ids[::-1]


async def test_late_tickets_come_with_the_longest_overdue_first_page_by_page() -> None:
    teams = (await make.team(), await make.team())
    due = [NOW - timedelta(hours=n) for n in (3, 2, 2, 1)]
    ids = [await make.ticket(teams[n % 2], next_due_at=at) for n, at in enumerate(due)]
    await make.ticket(teams[0], next_due_at=NOW + timedelta(seconds=1))
    await make.ticket(teams[0], next_due_at=NOW - timedelta(hours=9), status="resolved")
    viewer = await make.viewer(agent_of=teams)
    assert await walked("late", viewer, limit=3) == ids


async def test_lists_hold_active_tickets_unless_a_status_is_asked_for() -> None:
    team = await make.team()
    by_status = {
        status: await make.ticket(team, status=status, last_message_at=NOW - timedelta(minutes=n))
        for n, status in enumerate(("new", "open", "pending", "on_hold", "resolved", "closed"))
    }
    viewer = await make.viewer(agent_of=(team,))
    assert await shown("all", viewer) == list(by_status.values())[:4]
    for status, ticket_id in by_status.items():
        assert await shown("all", viewer, status=status) == [ticket_id]
    with pytest.raises(Invalid):
        view("all", viewer=viewer, status="lost")


async def test_mine_unassigned_and_a_team_hold_what_their_names_say() -> None:
    team, other = await make.team(), await make.team()
    viewer = await make.viewer(agent_of=(team, other))
    mine = await make.ticket(team, assignee_id=viewer.id)
    free = await make.ticket(other)
    assert await shown("mine", viewer) == [mine]
    assert await shown("unassigned", viewer) == [free]
    assert await shown(f"team-{team}", viewer) == [mine]


@pytest.mark.parametrize(
    "after",
    ["x", "💥", "MTIz", "LTEuLTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ", "====", "A" * 9000],
)
async def test_a_cursor_that_was_tampered_with_is_refused(after: str) -> None:
    viewer = await make.viewer()
    with pytest.raises(Invalid):
        await lists.page(view("all", viewer=viewer), viewer=viewer, now=NOW, after=after)


async def test_a_ticket_is_unread_until_this_person_has_seen_its_newest_message() -> None:
    team = await make.team()
    viewer, colleague = await make.viewer(agent_of=(team,)), await make.viewer(agent_of=(team,))
    ticket_id = await make.ticket(team, assignee_id=viewer.id)
    await make.message(ticket_id)
    await sql.run("INSERT INTO ticket_reads VALUES ($1, $2, 1)", colleague.id, ticket_id)

    async def unread(person: Viewer) -> bool:
        page = await lists.page(view("all", viewer=person), viewer=person, now=NOW)
        return page.rows[0].unread

    assert await unread(viewer)
    assert not await unread(colleague)
    assert (await counts.of(viewer, now=NOW)).mine_unread == 1
    # Somebody looked into it: nothing new was said.
    await make.event(ticket_id, "ticket_opened")
    assert not await unread(colleague)
    await make.message(ticket_id)
    assert await unread(colleague)


async def test_counts_are_of_active_tickets_and_stop_at_the_cap() -> None:
    big, small = await make.team(), await make.team()
    viewer = await make.viewer(agent_of=(big, small))
    await make.many_tickets(big, 1300, assignees=(viewer.id,), active=1)
    await make.many_tickets(small, 70, assignees=(viewer.id,), active=7)
    found = await counts.of(viewer, now=NOW)
    assert found.teams == {big: 1000, small: 10}
    assert (found.all, found.mine) == (1000, 1000)
    assert (found.unassigned, found.late) == (262, 94)


async def test_the_thread_pages_back_and_its_events_stay_between_its_messages() -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    ticket_id = await make.ticket(team)
    for n in range(5):
        await make.message(ticket_id, text=f"رسالة {n}")
        await make.event(ticket_id, "status_changed", {"to": "open"}, actor_id=viewer.id)
        await make.event(ticket_id, "ticket_opened", actor_id=viewer.id)
    newest = await thread.newest(ticket_id, kinds=["status_changed"], limit=2)
    assert [said.text for said in newest.said] == ["رسالة 3", "رسالة 4"]
    assert [done.seq for done in newest.done] == [11, 14]
    assert newest.earlier_before is not None
    earlier = await thread.newest(
        ticket_id, kinds=["status_changed"], before=newest.earlier_before, limit=3
    )
    assert [said.text for said in earlier.said] == ["رسالة 0", "رسالة 1", "رسالة 2"]
    assert [done.seq for done in earlier.done] == [2, 5, 8]
    assert earlier.earlier_before is None
    assert [said.text for said in (await thread.since(ticket_id, 10, kinds=[])).said] == ["رسالة 4"]


async def test_a_message_comes_with_its_files_and_how_its_delivery_stands() -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    account = await make.account(team)
    ticket_id = await make.ticket(team, account_id=account)
    said = await make.message(ticket_id, direction="out", author_id=viewer.id)
    file = await make.attachment(said)
    await make.delivery(ticket_id, said, account_id=account, state="failed", error_code="refused")
    (message,) = (await thread.newest(ticket_id, kinds=[])).said
    assert [found.id for found in message.files] == [file]
    assert message.sending is not None
    assert (message.sending.state, message.sending.error_code) == ("failed", "refused")
    assert message.author is not None
    assert message.author.id == viewer.id


async def test_files_and_bodies_of_another_team_do_not_exist() -> None:
    ours, theirs = await make.team(), await make.team()
    said = await make.message(await make.ticket(theirs), html="<p>نص</p>")
    file = await make.attachment(said)
    viewer, colleague = await make.viewer(agent_of=(ours,)), await make.viewer(agent_of=(theirs,))
    with pytest.raises(NotFound):
        await thread.file(file, viewer=viewer)
    with pytest.raises(NotFound):
        await thread.html(said, viewer=viewer)
    assert (await thread.file(file, viewer=colleague)).filename == "صورة الجواز.pdf"
    assert (await thread.html(said, viewer=colleague))[0] == "<p>نص</p>"


async def test_the_contacts_other_tickets_are_shown_as_far_as_the_viewer_may_see_them() -> None:
    ours, theirs = await make.team(), await make.team()
    contact = await make.contact()
    first = await make.ticket(ours, contact_id=contact, status="closed")
    await make.ticket(theirs, contact_id=contact)
    elsewhere = await make.ticket(ours)
    viewer = await make.viewer(agent_of=(ours,))
    second = await make.ticket(ours, contact_id=contact, linked_ticket_id=elsewhere)
    found = await ticket.others(await ticket.one(second, viewer=viewer), viewer=viewer)
    assert [(other.id, other.linked) for other in found] == [(elsewhere, True), (first, False)]


async def test_the_people_around_a_ticket_are_its_contacts_addresses_and_its_parties() -> None:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,))
    contact = await make.contact()
    mail, phone = await make.identity(contact), await make.identity(contact, channel="hotline")
    ticket_id = await make.ticket(team, contact_id=contact, identity_id=mail)
    lawyer = await make.identity(await make.contact(name="محامٍ"))
    for identity_id, role in ((mail, "requester"), (lawyer, "follower")):
        await sql.run(
            "INSERT INTO ticket_parties VALUES ($1, $2, $3)", ticket_id, identity_id, role
        )
    found = await ticket.addresses(await ticket.one(ticket_id, viewer=viewer))
    assert [(address.id, address.role) for address in found] == [
        (mail, "requester"),
        (phone, None),
        (lawyer, "follower"),
    ]


async def test_the_tree_of_topics_is_read_from_the_top_down() -> None:
    passport = await make.topic(en="Passport", position=1)
    visa = await make.topic(en="Visa", position=2)
    renewal = await make.topic(en="Renewal", parent_id=passport, position=2)
    loss = await make.topic(en="Loss", parent_id=passport, position=1)
    found = [(node.topic.id, node.depth) for node in await topics.tree()]
    assert found == [(passport, 0), (loss, 1), (renewal, 1), (visa, 0)]
