"""The conversation of tickets that stand together is read as one, by whoever may see its root."""

import pytest

from server.db import sql
from server.kit import clock
from server.kit.errors import NotFound
from server.kit.settings import Settings
from server.people.queries import viewer_of
from server.search import queries as search
from server.search.asked import read
from server.search.pool import searching
from server.tickets import actions as tickets
from server.tickets.queries import family, lists, roots, thread, ticket, views
from server.tickets.queries.thread import Done, Said
from tests.support import factories as make
from tests.support.merging import FATIMA, OMAR, Counter, counter

pytestmark = pytest.mark.anyio


async def three(desk: Counter) -> tuple[int, int, int]:
    """Two tickets merged into a third, with what was said on them and on the root in turn."""
    one, two, root = await desk.asks("1"), await desk.asks("2", sender=OMAR), await desk.asks("3")
    for number in range(4, 10):
        await desk.adds(
            (one, two, root)[number % 3], str(number), sender=OMAR if number % 3 == 1 else FATIMA
        )
    await desk.merge(one, two)
    await desk.merge(two, root)
    return one, two, root


def texts(stretch: thread.Stretch) -> list[str]:
    return [one.text.strip() for one in stretch.in_order if isinstance(one, Said)]


async def test_a_family_is_one_line_of_time_however_it_is_paged(db: Settings) -> None:
    desk = await counter()
    one, two, root = await three(desk)
    whole = await thread.newest(root, kinds=["ticket_created"])
    every = texts(whole)
    assert sorted(every) == [str(number) for number in range(1, 10)]
    assert every[:3] == ["1", "2", "3"]
    assert [event.ticket_id for event in whole.done] == [one, two, root]
    paged: list[str] = []
    created: list[int] = []
    before: int | None = None
    while True:
        stretch = await thread.newest(root, kinds=["ticket_created"], before=before, limit=2)
        paged = texts(stretch) + paged
        created = [event.ticket_id for event in stretch.done] + created
        if (before := stretch.earlier_before) is None:
            break
    assert (paged, created) == (every, [one, two, root])
    assert texts(await thread.newest(two, kinds=[])) == ["1", "2", "4", "6", "7", "9"]
    assert {said.ticket_id for said in whole.said} == {one, two, root}


async def test_a_tickets_own_order_holds_where_the_clock_went_back(db: Settings) -> None:
    desk = await counter()
    one, root = await desk.asks(), await desk.asks("2")
    await sql.run(
        "UPDATE messages SET created_at = created_at + interval '1 h' WHERE ticket_id = $1", root
    )
    await desk.adds(root, "3")
    await desk.merge(one, root)
    found = await thread.newest(root, kinds=["ticket_took_over"])
    own = [item for item in found.in_order if item.ticket_id == root]
    assert [item.seq for item in own] == sorted(item.seq for item in own)
    assert isinstance(own[-1], Done)


async def test_who_sees_the_root_sees_what_was_merged_into_it(db: Settings) -> None:
    desk = await counter()
    one, root = await desk.asks(), await desk.asks("2", sender=OMAR)
    elsewhere = await make.team()
    await make.attachment(await sql.value("SELECT id FROM messages WHERE ticket_id = $1", one))
    file = int(await sql.value("SELECT id FROM attachments"))
    await desk.merge(one, root)
    await tickets.set_team(
        root, team_id=elsewhere, by=desk.agent, form_key=desk.key(), now=clock.now()
    )
    colleague = await viewer_of(await make.user(agent_of=(elsewhere,)))
    stranger = await viewer_of(await make.user(agent_of=(await make.team(),)))
    assert colleague is not None
    assert stranger is not None
    assert (await thread.file(file, viewer=colleague)).id == file
    with pytest.raises(NotFound):
        await thread.file(file, viewer=stranger)
    (member,) = await family.family(root)
    assert (member.id, member.merged_by.id, member.into_id) == (one, desk.agent.id, root)
    found = await ticket.one(root, viewer=colleague)
    known = {address.address: address.role for address in await ticket.addresses(found)}
    assert known == {"omar@example.org": "requester", "fatima@example.org": "requester"}
    into = await family.merged_into(one, viewer=desk.agent)
    assert into is not None
    assert (into.id, into.seen) == (root, False)
    assert not await roots.sees(stranger, one)


async def test_a_team_in_the_middle_of_a_chain_reads_what_came_to_it_and_nothing_above(
    db: Settings,
) -> None:
    desk = await counter()
    low, middle, root = await desk.asks("1"), await desk.asks("2"), await desk.asks("3")
    letters: list[int] = []
    files: list[int] = []
    for one in (low, middle, root):
        letters.append(await sql.value("SELECT id FROM messages WHERE ticket_id = $1", one))
        files.append(await make.attachment(letters[-1]))
    await sql.run("UPDATE messages SET html = '<p>As it came</p>'")
    await desk.merge(low, middle)
    await desk.merge(middle, root)
    own = await make.team()
    await sql.run("UPDATE tickets SET team_id = $2 WHERE id = $1", middle, own)
    colleague = await viewer_of(await make.user(agent_of=(own,)))
    assert colleague is not None
    found = await ticket.one(middle, viewer=colleague)
    assert texts(await thread.newest(found.id, kinds=[])) == ["1", "2"]
    for letter, file in zip(letters[:2], files[:2], strict=True):
        assert (await thread.file(file, viewer=colleague)).message_id == letter
        assert (await thread.html(letter, viewer=colleague))[0] == "<p>As it came</p>"
    with pytest.raises(NotFound):
        await thread.file(files[2], viewer=colleague)
    with pytest.raises(NotFound):
        await thread.html(letters[2], viewer=colleague)
    assert await roots.seen_at(colleague, low) == middle
    assert await roots.seen_at(desk.agent, low) == root
    assert await roots.seen_at(colleague, root) is None


async def test_lists_say_where_a_merged_ticket_goes_on(db: Settings) -> None:
    desk = await counter()
    one, two, root = await three(desk)
    number = await sql.value("SELECT number FROM tickets WHERE id = $1", root)

    async def listed(status: str | None) -> dict[int, int | None]:
        found = await lists.page(
            views.view("all", viewer=desk.agent, status=status), viewer=desk.agent, now=clock.now()
        )
        return {row.id: row.merged_into for row in found.rows}

    assert await listed("closed") == {one: number, two: number}
    assert await listed(None) == {root: None}
    found = await ticket.one(root, viewer=desk.agent)
    assert {
        other.id: other.merged_into for other in await ticket.others(found, viewer=desk.agent)
    } == {one: number}
    await desk.undo(two)
    assert set(await listed(None)) == {root, two}
    assert await listed("closed") == {
        one: await sql.value("SELECT number FROM tickets WHERE id = $1", two)
    }


async def test_a_merge_is_news_to_whoever_is_writing(db: Settings) -> None:
    desk = await counter()
    one, root = await desk.asks(), await desk.asks("2")
    colleague = await viewer_of(await make.user(administrator=True))
    assert colleague is not None
    seen = (await ticket.one(root, viewer=colleague)).last_seq
    await desk.merge(one, root)
    with pytest.raises(tickets.NewerThings):
        await tickets.reply(
            root, by=colleague, text="جوازك جاهز.", form_key="late", seen_seq=seen, now=clock.now()
        )
    assert (
        (await lists.page(views.view("all", viewer=colleague), viewer=colleague, now=clock.now()))
        .rows[0]
        .unread
    )


async def test_the_search_finds_what_was_merged_and_what_was_split_where_it_is(
    db: Settings,
) -> None:
    desk = await counter()
    one, root = await desk.asks("أين جوازي القديم"), await desk.asks("2")
    await desk.merge(one, root)

    async def found(words: str) -> list[tuple[int, int | None]]:
        asked = read(words)
        hits = (await search.find(asked, viewer=desk.agent, now=clock.now())).hits
        return [(hit.id, hit.merged_into) for hit in hits]

    async with searching():
        number = await sql.value("SELECT number FROM tickets WHERE id = $1", root)
        assert await found("القديم") == [(one, number)]
        message = await desk.adds(root, "تأشيرة لأبي")
        assert await found("تأشيرة") == [(root, None)]
        new = await desk.split(message)
        assert await found("تأشيرة") == [(new, None)]
