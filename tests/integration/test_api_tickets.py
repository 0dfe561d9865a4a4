"""Tickets for programs: what they may read, what they may change, and what they get when they send nonsense."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar

from server.app import create_app
from server.db import sql
from server.events.reactions import Event
from server.kit import clock
from server.kit.limits import API_BODY, API_TEXT_CHARACTERS
from server.kit.work import transaction
from server.people.queries import Viewer, viewer_of
from server.service_levels.actions import run_clocks, save_calendar, save_policy
from server.tickets import actions
from server.tickets.actions.merge import merge
from tests.support import factories as make
from tests.support.programs import described, fields, program

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

TICKETS = "/api/v1/tickets"
ONE = "/api/v1/tickets/{ticket_id}"
NOW = make.NOW


NOT_MEANT: list[tuple[dict[str, str], str, str]] = [
    ({"limit": "101"}, "limit", "unfit"),
    ({"limit": "0"}, "limit", "unfit"),
    ({"limit": "9" * 30}, "limit", "unfit"),
    ({"limit": "many"}, "limit", "unfit"),
    ({"cursor": "💥"}, "cursor", "bad_cursor"),
    ({"cursor": "A" * 5000}, "cursor", "bad_cursor"),
    ({"cursor": "LTEuLTE"}, "cursor", "bad_cursor"),
    ({"cursor": "💥", "contact": "1"}, "cursor", "bad_cursor"),
    ({"view": "everything"}, "view", "not_possible"),
    ({"status": "lost"}, "status", "not_possible"),
    ({"team": "-1"}, "team", "not_possible"),
    ({"contact": "1 OR 1=1"}, "contact", "not_possible"),
    ({"assignee": "٣"}, "assignee", "not_possible"),
    ({"tag": "a\x00b"}, "tag", "not_possible"),
    ({"number": "1" * 30}, "number", "not_possible"),
    ({"view": "mine", "contact": "1"}, "contact", "not_together"),
    ({"assignee": "me", "contact": "1"}, "contact", "not_together"),
    ({"tag": "x", "assignee": "me"}, "tag", "not_together"),
]
NO_CHANGE: list[tuple[dict[str, Any], str, str]] = [
    ({}, "", "required"),
    ({"status": "closed"}, "status", "unfit"),
    ({"status": None}, "status", "unfit"),
    ({"priority": "extreme"}, "priority", "unfit"),
    ({"team": "x"}, "team", "unfit"),
    ({"team": "9" * 19}, "team", "not_possible"),
    ({"team": "999999"}, "team", "team"),
    ({"topic": "999999"}, "topic", "topic"),
    ({"assignee": 7}, "assignee", "unfit"),
    ({"mood": "good"}, "", "unfit"),
    ({"status": "open", "seen_seq": -1}, "seen_seq", "unfit"),
    ({"status": "open", "seen_seq": 10**30}, "seen_seq", "unfit"),
]
NONSENSE: list[tuple[bytes, dict[str, str], int, str]] = [
    (b'{"text": "x"}', {"Content-Type": "text/plain"}, 415, "not_json"),
    (b"text=x", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "not_json"),
    (b"", {}, 422, "invalid"),
    (b"{", {}, 400, "refused"),
    (b"\xff\xfe", {}, 400, "refused"),
    (b'{"text": "\xed\xa0\x80"}', {}, 400, "refused"),
    (b"[" * 100_000, {}, 400, "refused"),
    (b'{"text": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}", {}, 400, "refused"),
    (b'{"text": "' + b"x" * API_BODY + b'"}', {}, 413, "too_large"),
    (b'{"text": "' + b"x" * 100_001 + b'"}', {}, 422, "invalid"),
    (b'{"text": "  "}', {}, 422, "invalid"),
    (b'{"text": "\\u0000"}', {}, 422, "invalid"),
    (b'{"text": 7}', {}, 422, "invalid"),
    (b'{"text": null}', {}, 422, "invalid"),
    (b"null", {}, 422, "invalid"),
    (b"{}", {}, 422, "invalid"),
    (b'{"text": "x"}', {"Idempotency-Key": ""}, 422, "invalid"),
    (b'{"text": "x"}', {"Idempotency-Key": "k" * 65}, 422, "invalid"),
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def desk(app: Litestar, **values: Any) -> tuple[httpx.AsyncClient, Viewer, int]:
    """A program of an agent, the agent, and a ticket of their team with one message."""
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,), locale="en", name="Noura")
    ticket_id = await make.ticket(team, **values)
    await make.message(ticket_id, text="Where is my passport?")
    return await program(app, viewer.id, "tickets:read", "tickets:write"), viewer, ticket_id


async def ids(caller: httpx.AsyncClient, **query: str) -> list[int]:
    answer = await caller.get(TICKETS, params=query)
    assert answer.status_code == 200, answer.text
    return [int(one["id"]) for one in answer.json()["tickets"]]


async def test_a_ticket_is_seen_by_its_team_and_does_not_exist_for_others(app: Litestar) -> None:
    caller, _, ticket_id = await desk(app)
    stranger, _, theirs = await desk(app)
    assert await ids(caller) == [ticket_id]
    assert (await caller.get(f"{TICKETS}/{ticket_id}")).json()["subject"] == "تجديد الجواز"
    for path in ("", "/messages", "/events", "/clocks"):
        unseen = await stranger.get(f"{TICKETS}/{ticket_id}{path}")
        nothing = await stranger.get(f"{TICKETS}/999999{path}")
        assert unseen.status_code == nothing.status_code == 404
        assert unseen.json() == nothing.json()
    for method, path, body in (
        ("POST", "/replies", {"text": "x"}),
        ("POST", "/notes", {"text": "x"}),
        ("PATCH", "", {"status": "open"}),
    ):
        answer = await stranger.request(
            method, f"{TICKETS}/{ticket_id}{path}", json=body, headers={"Idempotency-Key": "k"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    number = (await caller.get(f"{TICKETS}/{ticket_id}")).json()["number"]
    assert await ids(caller, number=number) == [ticket_id]
    assert await ids(stranger, number=number) == []
    assert await ids(stranger) == [theirs]


async def test_a_program_sees_no_more_when_its_person_changes_teams(app: Litestar) -> None:
    caller, viewer, ticket_id = await desk(app)
    await sql.run("DELETE FROM memberships WHERE user_id = $1", viewer.id)
    assert (await caller.get(f"{TICKETS}/{ticket_id}")).status_code == 404
    assert await ids(caller) == []


async def test_lists_are_narrowed_as_the_inbox_is(app: Litestar) -> None:
    caller, viewer, first = await desk(app, status="open")
    (team,) = viewer.team_ids
    contact = await make.contact()
    late = await make.ticket(
        team, status="open", next_due_at=clock.now() - timedelta(hours=1), assignee_id=viewer.id
    )
    done = await make.ticket(team, status="resolved", contact_id=contact)
    known = await make.ticket(team, status="new", contact_id=contact)
    tagged = await make.ticket(team, status="open", tags=["urgent"])
    assert set(await ids(caller)) == {first, late, known, tagged}
    assert await ids(caller, view="mine") == [late]
    assert await ids(caller, view="late") == [late]
    assert await ids(caller, assignee="me") == [late]
    assert await ids(caller, assignee=str(viewer.id), team=str(team)) == [late]
    assert set(await ids(caller, view="unassigned")) == {first, known, tagged}
    assert await ids(caller, status="resolved") == [done]
    assert await ids(caller, contact=str(contact)) == [known]
    assert await ids(caller, contact=str(contact), status="resolved") == [done]
    assert await ids(caller, tag="urgent") == [tagged]
    other = await make.team()
    unseen = await make.ticket(other, contact_id=contact, assignee_id=viewer.id)
    assert unseen not in await ids(caller, contact=str(contact))
    assert unseen not in await ids(caller, assignee="me")
    assert (await caller.get(TICKETS, params={"team": str(other)})).status_code == 404


async def test_pages_hold_every_ticket_once(app: Litestar) -> None:
    caller, viewer, _ = await desk(app)
    contact = await make.contact()
    due = clock.now() - timedelta(hours=1)
    made = [
        await make.ticket(
            viewer.team_ids[0],
            contact_id=contact,
            assignee_id=viewer.id,
            status="open",
            next_due_at=due,
        )
        for _ in range(5)  # all in the same instant
    ]
    for query in ({}, {"assignee": "me"}, {"contact": str(contact)}, {"view": "late"}):
        found, cursor = [], ""
        for _ in range(4):
            asked = query | {"limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = (await caller.get(TICKETS, params=asked)).json()
            found += [int(one["id"]) for one in page["tickets"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert len(found) == len(set(found))
        assert set(made) <= set(found)
        assert cursor is None


async def test_what_cannot_be_meant_is_said_field_by_field(app: Litestar) -> None:
    caller, *_ = await desk(app)
    for query, field, code in NOT_MEANT:
        answer = await caller.get(TICKETS, params=query)
        assert (answer.status_code, set(fields(answer))) == (422, {(field, code)}), query
        assert described(app, "get", TICKETS, answer) == []


async def test_what_is_no_id_belongs_to_nothing(app: Litestar) -> None:
    caller, *_ = await desk(app)
    for path in ("x", "-1", "9" * 40, "%00", "٣", "1%2F2", "..%2F1"):
        answer = await caller.get(f"{TICKETS}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def test_what_was_said_and_done_is_read_on_from_where_one_stopped(app: Litestar) -> None:
    caller, viewer, ticket_id = await desk(app)
    await actions.note(ticket_id, by=viewer, text="Ask upstairs", form_key="n", now=clock.now())
    await make.attachment(await make.message(ticket_id, text="ص" * (API_TEXT_CHARACTERS + 1)))
    told = (await caller.get(f"{TICKETS}/{ticket_id}/messages")).json()
    assert [one["direction"] for one in told["messages"]] == ["in", "note", "in"]
    assert [one["cut"] for one in told["messages"]] == [False, False, True]
    assert told["messages"][1]["author"] == {"id": str(viewer.id), "name": "Noura"}
    assert told["messages"][2]["files"][0]["filename"] == "صورة الجواز.pdf"
    first = told["messages"][0]["seq"]
    rest = (await caller.get(f"{TICKETS}/{ticket_id}/messages", params={"since": first})).json()
    assert rest["messages"] == told["messages"][1:]
    one = (
        await caller.get(f"{TICKETS}/{ticket_id}/messages", params={"since": first, "limit": 1})
    ).json()
    assert (one["messages"], one["more"]) == (told["messages"][1:2], True)
    events = (await caller.get(f"{TICKETS}/{ticket_id}/events")).json()
    assert "note_written" in [one["kind"] for one in events["events"]]
    assert "ticket_opened" not in [one["kind"] for one in events["events"]]
    last = events["events"][-1]["seq"]
    after = await caller.get(f"{TICKETS}/{ticket_id}/events", params={"since": last})
    assert after.json() == {"events": [], "more": False}


async def test_reading_a_conversation_is_written_down_once_an_hour(app: Litestar) -> None:
    caller, viewer, ticket_id = await desk(app)
    for _ in range(3):
        assert (await caller.get(f"{TICKETS}/{ticket_id}/messages")).status_code == 200
    opened = "SELECT count(*) FROM events WHERE kind = 'ticket_opened' AND actor_id = $1"
    assert await sql.value(opened, viewer.id) == 1
    await sql.run("UPDATE events SET at = at - interval '2 hours'")
    await caller.get(f"{TICKETS}/{ticket_id}/messages", params={"since": 999})
    assert await sql.value(opened, viewer.id) == 2


async def test_promises_are_told_with_how_they_were_reckoned_in_both_languages(
    app: Litestar,
) -> None:
    caller, _, ticket_id = await desk(app)
    now = clock.now()
    every_day = {str(day): [["00:00", "00:00"]] for day in range(7)}
    await save_calendar("always", zone="Asia/Riyadh", weekly=every_day, exceptions={}, now=now)
    promised = {"first_response": 60}
    await save_policy("all", calendar="always", allowed_minutes=promised, position=1, now=now)
    said = int(now.timestamp() * 1_000_000)
    received = Event(ticket_id, "message_received", {"message": 1, "said_us": said})
    async with transaction():
        await run_clocks([received], now)
    english = (await caller.get(f"{TICKETS}/{ticket_id}/clocks")).json()
    arabic = (await caller.get(f"{TICKETS}/{ticket_id}/clocks", params={"language": "ar"})).json()
    assert english["clocks"][0]["target"] == "first_response"
    assert english["clocks"][0]["account"]
    assert "<" not in json.dumps(english)
    assert [one["code"] for one in english["clocks"][0]["account"]] == [
        one["code"] for one in arabic["clocks"][0]["account"]
    ]
    assert english["clocks"][0]["account"][0]["text"] != arabic["clocks"][0]["account"][0]["text"]


async def test_an_answer_is_written_once_for_a_key(app: Litestar) -> None:
    caller, viewer, ticket_id = await desk(app)
    other = await make.ticket(viewer.team_ids[0])
    path = f"{TICKETS}/{ticket_id}/replies"
    sent = {"json": {"text": "It is ready."}, "headers": {"Idempotency-Key": "a-key"}}
    first = await caller.post(path, **sent)  # type: ignore[arg-type]  # httpx has no type for it
    again = await caller.post(path, **sent)  # type: ignore[arg-type]  # httpx has no type for it
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    elsewhere = await caller.post(f"{TICKETS}/{other}/replies", **sent)  # type: ignore[arg-type]  # httpx has no type for it
    assert elsewhere.status_code == 201
    rows = await sql.rows("SELECT ticket_id, author_id FROM messages WHERE direction = 'out'")
    assert [(row["ticket_id"], row["author_id"]) for row in rows] == [
        (ticket_id, viewer.id),
        (other, viewer.id),
    ]
    held = await sql.value("SELECT state FROM deliveries WHERE ticket_id = $1", ticket_id)
    assert held == "held"


async def test_many_repeats_at_once_write_one_answer(app: Litestar) -> None:
    caller, _, ticket_id = await desk(app)
    path = f"{TICKETS}/{ticket_id}/replies"
    key = {"Idempotency-Key": "a-key"}
    answers = await asyncio.gather(
        *(caller.post(path, json={"text": "It is ready."}, headers=key) for _ in range(5))
    )
    assert [one.status_code for one in answers] == [201] * 5
    assert len({one.text for one in answers}) == 1
    assert await sql.value("SELECT count(*) FROM messages WHERE direction = 'out'") == 1


async def test_a_repeat_gets_the_first_answer_whatever_has_become_of_the_ticket(
    app: Litestar,
) -> None:
    caller, _, ticket_id = await desk(app)
    path = f"{TICKETS}/{ticket_id}/replies"
    key = {"Idempotency-Key": "a-key"}
    first = await caller.post(path, json={"text": "It is ready."}, headers=key)
    await sql.run("UPDATE tickets SET status = 'closed' WHERE id = $1", ticket_id)
    again = await caller.post(path, json={"text": "It is ready."}, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    other = await caller.post(path, json={"text": "x"}, headers={"Idempotency-Key": "b"})
    assert (other.status_code, set(fields(other))) == (422, {("text", "closed")})


async def test_a_merged_ticket_says_where_its_conversation_goes_on(app: Litestar) -> None:
    caller, viewer, root = await desk(app)
    ticket_id = await make.ticket(viewer.team_ids[0])
    await make.message(ticket_id)
    await merge(ticket_id, into=root, by=viewer, form_key="m", now=clock.now())
    assert (await caller.get(f"{TICKETS}/{ticket_id}")).json()["merged_into"] == str(root)
    assert (await caller.get(f"{TICKETS}/{root}")).json()["merged_into"] is None
    assert (await caller.get(f"{TICKETS}/{ticket_id}/messages")).status_code == 200
    key = {"Idempotency-Key": "k"}
    for method, tail, body in (
        ("POST", "/notes", {"text": "x"}),
        ("POST", "/replies", {"text": "x"}),
        ("PATCH", "", {"topic": None}),
    ):
        answer = await caller.request(
            method, f"{TICKETS}/{ticket_id}{tail}", json=body, headers=key
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "merged")
        assert answer.json()["merged_into"] == str(root)
        assert described(app, method, ONE + tail, answer) == []


async def test_a_program_hears_what_is_newer_than_what_it_saw(app: Litestar) -> None:
    caller, viewer, ticket_id = await desk(app)
    colleague = await viewer_of(await make.user(agent_of=viewer.team_ids))
    assert colleague is not None
    seen = (await caller.get(f"{TICKETS}/{ticket_id}")).json()["last_seq"]
    written = await actions.note(
        ticket_id, by=colleague, text="Wait!", form_key="n", now=clock.now()
    )
    for method, path, body in (
        ("POST", "/replies", {"text": "It is ready."}),
        ("PATCH", "", {"status": "resolved"}),
    ):
        answer = await caller.request(
            method,
            f"{TICKETS}/{ticket_id}{path}",
            json=body | {"seen_seq": seen},
            headers={"Idempotency-Key": "k"},
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "newer_things")
        assert written.seq in answer.json()["newer_seqs"]
        known = ONE + path
        assert described(app, method, known, answer) == []
    assert (
        await caller.post(
            f"{TICKETS}/{ticket_id}/replies",
            json={"text": "It is ready.", "seen_seq": written.seq},
            headers={"Idempotency-Key": "k"},
        )
    ).status_code == 201


async def test_several_things_change_at_once_or_none(app: Litestar) -> None:
    caller, viewer, ticket_id = await desk(app)
    topic = await make.topic()
    body: dict[str, Any] = {
        "status": "pending",
        "assignee": str(viewer.id),
        "topic": str(topic),
        "priority": "high",
    }
    for _ in range(2):
        answer = await caller.patch(
            f"{TICKETS}/{ticket_id}", json=body, headers={"Idempotency-Key": "k"}
        )
        assert answer.status_code == 200, answer.text
    told = (await caller.get(f"{TICKETS}/{ticket_id}")).json()
    assert (told["status"], told["priority"]) == ("pending", "high")
    assert (told["assignee"]["id"], told["topic"]["id"]) == (str(viewer.id), str(topic))
    assert told["last_seq"] == answer.json()["last_seq"]
    stranger = await make.user(agent_of=(await make.team(),))
    refused = await caller.patch(
        f"{TICKETS}/{ticket_id}",
        json={"status": "resolved", "topic": None, "assignee": str(stranger)},
        headers={"Idempotency-Key": "other"},
    )
    assert (refused.status_code, set(fields(refused))) == (422, {("assignee", "not_in_team")})
    assert (await caller.get(f"{TICKETS}/{ticket_id}")).json() == told
    cleared = await caller.patch(
        f"{TICKETS}/{ticket_id}",
        json={"topic": None, "assignee": None},
        headers={"Idempotency-Key": "third"},
    )
    assert cleared.status_code == 200
    told = (await caller.get(f"{TICKETS}/{ticket_id}")).json()
    assert (told["topic"], told["assignee"]) == (None, None)


async def test_a_ticket_may_be_handed_to_a_team_one_does_not_see(app: Litestar) -> None:
    caller, _, ticket_id = await desk(app)
    team = await make.team()
    for _ in range(2):
        answer = await caller.patch(
            f"{TICKETS}/{ticket_id}",
            json={"team": str(team), "priority": "low", "assignee": None},
            headers={"Idempotency-Key": "k"},
        )
        assert answer.status_code == 200, answer.text
    row = await sql.row("SELECT team_id, priority FROM tickets WHERE id = $1", ticket_id)
    assert row is not None
    assert (row["team_id"], row["priority"]) == (team, "low")
    assert (await caller.get(f"{TICKETS}/{ticket_id}")).status_code == 404


async def test_a_ticket_is_taken_from_its_assignee_in_the_team_it_is_in(app: Litestar) -> None:
    caller, viewer, ticket_id = await desk(app)
    await actions.assign(ticket_id, to=viewer.id, by=viewer, form_key="a", now=clock.now())
    answer = await caller.patch(
        f"{TICKETS}/{ticket_id}",
        json={"team": str(viewer.team_ids[0]), "assignee": None},
        headers={"Idempotency-Key": "k"},
    )
    assert answer.status_code == 200, answer.text
    assert (await caller.get(f"{TICKETS}/{ticket_id}")).json()["assignee"] is None


async def test_a_change_that_cannot_be_meant_is_said_field_by_field(app: Litestar) -> None:
    caller, _, ticket_id = await desk(app)
    for body, field, code in NO_CHANGE:
        answer = await caller.patch(
            f"{TICKETS}/{ticket_id}", json=body, headers={"Idempotency-Key": "k"}
        )
        assert (answer.status_code, set(fields(answer))) == (422, {(field, code)}), body
        assert described(app, "patch", ONE, answer) == []


async def test_nonsense_gets_an_answer_and_writes_nothing(app: Litestar) -> None:
    caller, _, ticket_id = await desk(app)
    for content, headers, status, code in NONSENSE:
        for verb in ("replies", "notes"):
            answer = await caller.post(
                f"{TICKETS}/{ticket_id}/{verb}",
                content=content,
                headers={"Content-Type": "application/json", "Idempotency-Key": "k"} | headers,
            )
            told = (answer.status_code, answer.json()["code"])
            assert told == (status, code), content[:40]
            assert described(app, "post", f"{ONE}/{verb}", answer) == []
    assert await sql.value("SELECT count(*) FROM messages") == 1


async def test_a_write_without_a_key_is_refused(app: Litestar) -> None:
    caller, _, ticket_id = await desk(app)
    answer = await caller.post(f"{TICKETS}/{ticket_id}/notes", json={"text": "x"})
    assert (answer.status_code, set(fields(answer))) == (422, {("Idempotency-Key", "required")})


async def test_answers_are_what_the_description_says(app: Litestar) -> None:
    caller, viewer, ticket_id = await desk(app)
    key = {"Idempotency-Key": "k"}
    for verb in ("replies", "notes"):
        written = await caller.post(
            f"{TICKETS}/{ticket_id}/{verb}", json={"text": "x"}, headers=key
        )
        assert described(app, "post", f"{ONE}/{verb}", written) == []
    changed = await caller.patch(
        f"{TICKETS}/{ticket_id}", json={"assignee": str(viewer.id)}, headers=key
    )
    assert described(app, "patch", ONE, changed) == []
    assert described(app, "get", TICKETS, await caller.get(TICKETS)) == []
    for path in ("", "/messages", "/events", "/clocks"):
        answer = await caller.get(f"{TICKETS}/{ticket_id}{path}")
        assert described(app, "get", ONE + path, answer) == []
