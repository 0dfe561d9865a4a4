"""The desk over HTTP: what an agent sees of tickets and does to them."""

import re
from html import unescape
from typing import Any

import pytest
from litestar import Litestar

from agent_ui import urls
from server.app import create_app
from server.db import sql
from server.events.reactions import Event
from server.kit import blobs, clock, limits
from server.kit.work import transaction
from server.people.queries import Viewer
from server.service_levels.actions import run_clocks, save_calendar, save_policy
from tests.support import factories as make
from tests.support.desk import PARTIAL, Browser, signed_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def app(db: object) -> Litestar:
    assert db
    return create_app()


async def agent_with_ticket(app: Litestar, **values: Any) -> tuple[Browser, Viewer, int]:
    team = await make.team()
    viewer = await make.viewer(agent_of=(team,), locale="en", digits="latn", name="Noura")
    ticket_id = await make.ticket(team, **values)
    await make.message(ticket_id, text="Where is my passport?")
    return await signed_in(app, viewer), viewer, ticket_id


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


async def events(ticket_id: int) -> list[str]:
    rows = await sql.rows("SELECT kind FROM events WHERE ticket_id = $1 ORDER BY seq", ticket_id)
    return [row["kind"] for row in rows]


async def test_home_leads_to_ones_own_tickets(app: Litestar) -> None:
    browser, *_ = await agent_with_ticket(app)
    answer = await browser.page("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox/mine")


async def test_the_inbox_shows_a_ticket_to_its_team_and_to_nobody_else(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app, contact_name="Fatima <b>Ali</b>")
    other = await signed_in(app, await make.viewer(agent_of=(await make.team(),)))
    row = f'id="ticket-row-{ticket_id}"'
    page = await browser.page("/inbox/all")
    assert page.status_code == 200
    assert row in page.text
    assert "Fatima &lt;b&gt;Ali&lt;/b&gt;" in page.text
    assert row not in (await other.page("/inbox/all")).text
    assert (await other.page(f"/tickets/{ticket_id}")).status_code == 404
    assert (await other.send(f"/tickets/{ticket_id}/take", {"form_key": "k"})).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/inbox/nowhere",
        "/inbox/team-999999",
        "/inbox/all?status=lost",
        "/inbox/all?after=%F0%9F%92%A5",
        "/tickets/999999",
        "/tickets/99999999999999999999",
        "/attachments/1",
        "/messages/1/body",
        "/rail?here=%00",
    ],
)
async def test_a_wrong_address_is_answered_and_never_a_crash(app: Litestar, path: str) -> None:
    browser, *_ = await agent_with_ticket(app)
    assert (await browser.page(path)).status_code in {303, 400, 404, 422}


async def test_the_list_alone_is_what_a_live_refetch_gets(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    part = await browser.part("/inbox/unassigned?status=new")
    assert part.text.lstrip().startswith("<section")
    assert f"ticket-row-{ticket_id}" in part.text


async def test_opening_a_ticket_marks_it_read_and_is_written_down(app: Litestar) -> None:
    browser, viewer, ticket_id = await agent_with_ticket(app)
    page = await browser.page(f"/tickets/{ticket_id}?view=all")
    assert "Where is my passport?" in page.text
    assert await events(ticket_id) == ["ticket_opened"]
    assert "is-unread" not in (await browser.part("/inbox/all")).text
    actor = await sql.value("SELECT actor_id FROM events WHERE ticket_id = $1", ticket_id)
    assert actor == viewer.id


async def test_looking_again_at_an_open_ticket_is_not_opening_it(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    await browser.part(f"/tickets/{ticket_id}")
    await make.message(ticket_id, text="Hello?")
    part = await browser.part(f"/tickets/{ticket_id}", **{"HX-Source": "section#conversation"})
    assert "Hello?" in part.text
    assert await events(ticket_id) == ["ticket_opened"]
    assert "is-unread" not in (await browser.part("/inbox/all")).text


async def test_a_link_with_a_view_of_others_still_opens_the_ticket(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    page = await browser.page(f"/tickets/{ticket_id}?view=team-999999")
    assert page.status_code == 200


async def test_an_answer_is_shown_in_the_thread_and_held_for_the_undo_window(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    shown = (await browser.part(f"/tickets/{ticket_id}")).text
    form = {"form_key": hidden(shown, "form_key"), "seen_seq": hidden(shown, "seen_seq")}
    sent = await browser.send(f"/tickets/{ticket_id}/reply", form | {"text": "On its way."})
    assert sent.status_code == 200
    assert "On its way." in sent.text
    state = await sql.value("SELECT state FROM deliveries WHERE ticket_id = $1", ticket_id)
    assert state == "held"
    again = await browser.send(f"/tickets/{ticket_id}/reply", form | {"text": "On its way."})
    assert again.status_code == 200
    assert await sql.value("SELECT count(*) FROM deliveries") == 1


async def test_an_answer_taken_back_stands_in_the_composer_again(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    form = {"form_key": "k1", "seen_seq": "1", "text": "Too early"}
    await browser.send(f"/tickets/{ticket_id}/reply", form)
    delivery = await sql.value("SELECT id FROM deliveries")
    undone = await browser.send(f"/deliveries/{delivery}/undo")
    assert undone.status_code == 200
    assert re.search(r"<textarea[^>]*>Too early</textarea>", undone.text)
    assert f'id="delivery-{delivery}"' not in undone.text
    late = await browser.send(f"/deliveries/{delivery}/arrived")
    assert late.status_code == 409
    assert "cannot be undone" in late.text


async def test_newer_things_are_shown_before_an_answer_leaves(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    await make.message(ticket_id, text="Forget it, I have it")
    await make.event(ticket_id, "message_received", {"message": 1})
    form = {"form_key": "k1", "seen_seq": "1", "text": "On its way."}
    held = await browser.send(f"/tickets/{ticket_id}/reply", form)
    assert held.status_code == 409
    assert 'id="composer"' in held.text
    assert 'id="conflict"' in held.text
    assert ">On its way.</textarea>" in held.text
    assert hidden(held.text, "form_key") == "k1"
    assert await sql.value("SELECT count(*) FROM deliveries") == 0
    anyway = form | {"anyway": "1", "anyway_seq": hidden(held.text, "anyway_seq")}
    assert (await browser.send(f"/tickets/{ticket_id}/reply", anyway)).status_code == 200
    assert await sql.value("SELECT count(*) FROM deliveries") == 1


async def test_an_empty_answer_is_refused_beside_the_field(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    form = {"form_key": "k1", "seen_seq": "1", "text": "  \n "}
    refused = await browser.send(f"/tickets/{ticket_id}/reply", form)
    assert refused.status_code == 422
    assert 'id="composer-error"' in refused.text
    assert "Write something first" in refused.text
    whole = await browser.send(f"/tickets/{ticket_id}/reply", form, whole=True)
    assert whole.status_code == 422
    assert "<!doctype html>" in whole.text.lower()


async def test_nothing_leaves_from_a_closed_ticket_but_a_note_stays(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app, status="closed")
    form = {"form_key": "k1", "seen_seq": "1", "text": "One more thing"}
    refused = await browser.send(f"/tickets/{ticket_id}/reply", form)
    assert refused.status_code == 422
    assert "The ticket is closed" in refused.text
    assert ">One more thing</textarea>" in refused.text
    assert await sql.value("SELECT count(*) FROM deliveries") == 0
    assert (await browser.send(f"/tickets/{ticket_id}/note", form)).status_code == 200


async def test_too_long_a_text_comes_back_whole(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    text = "x" * (limits.REPLY_CHARACTERS + 1)
    refused = await browser.send(f"/tickets/{ticket_id}/note", {"form_key": "k", "text": text})
    assert refused.status_code == 422
    assert text in refused.text


async def test_a_note_never_leaves(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    form = {"form_key": "k1", "text": "Checked with the printer"}
    kept = await browser.send(f"/tickets/{ticket_id}/note", form)
    assert "Checked with the printer" in kept.text
    assert await sql.value("SELECT count(*) FROM deliveries") == 0


async def test_files_go_with_an_answer_and_come_back_as_downloads_of_their_type(
    app: Litestar,
) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    form = {"form_key": "k1", "seen_seq": "1", "text": "Here it is"}
    files = [
        ("files", ('../../نموذج "1".pdf', b"%PDF-1.7", "application/pdf")),
        ("files", ("page.html", b"<script>alert(1)</script>", "text/html")),
        ("files", ("", b"", "application/octet-stream")),
    ]
    sent = await browser.send(f"/tickets/{ticket_id}/reply", form, files=files)
    assert sent.status_code == 200
    rows = await sql.rows("SELECT id, filename FROM attachments ORDER BY position")
    assert [row["filename"] for row in rows] == ['نموذج "1".pdf', "page.html"]
    pdf = await browser.page(urls.attachment(rows[0]["id"]))
    assert (pdf.content, pdf.headers["content-type"]) == (b"%PDF-1.7", "application/pdf")
    assert pdf.headers["content-disposition"] == (
        'attachment; filename="_____ _1_.pdf"; '
        "filename*=UTF-8''%D9%86%D9%85%D9%88%D8%B0%D8%AC%20%221%22.pdf"
    )
    page = await browser.page(urls.attachment(rows[1]["id"]))
    assert page.headers["content-disposition"].startswith("attachment;")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in page.headers["content-security-policy"]


async def test_a_file_whose_bytes_are_gone_is_not_found(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    file = await make.attachment(await make.message(ticket_id))
    assert (await browser.page(urls.attachment(file))).status_code == 404


async def test_too_many_bytes_are_refused(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    files = [("files", ("big.bin", b"x" * (limits.FORM + 1), "application/octet-stream"))]
    form = {"form_key": "k1", "seen_seq": "1", "text": "Here"}
    answer = await browser.send(f"/tickets/{ticket_id}/reply", form, files=files)
    assert answer.status_code == 413


LETTER = """
<p onclick="steal()" style="color:red;position:fixed">Hello <img src="cid:pic@x"><img src="https://spy.example/1.png">
<script>steal()</script><a href="javascript:steal()">x</a><a href="https://moi.example/">y</a>
<form action="/tickets/1/take" method="post"><button>z</button></form><svg onload="steal()"></svg></p>
"""


async def test_a_strangers_letter_is_shut_in_its_frame(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    said = await make.message(ticket_id, html=LETTER)
    await blobs.store(b"\x89PNG")
    await make.attachment(
        said, content=b"\x89PNG", content_id="pic@x", content_type="image/png", inline=True
    )
    shown = await browser.page(urls.message_body(said))
    policy = shown.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-forms" not in policy
    assert "default-src 'none'" in policy
    assert 'src="data:image/png;base64,' in shown.text
    for forbidden in ("steal", "spy.example", "<form", "<svg", "position:fixed", "onclick"):
        assert forbidden not in shown.text
    assert 'href="https://moi.example/"' in shown.text
    page = await browser.part(f"/tickets/{ticket_id}")
    assert "steal" not in page.text
    assert re.search(r'<iframe[^>]* sandbox="(?![^"]*(?:scripts|forms|top-navigation))', page.text)


async def test_pictures_from_elsewhere_are_fetched_only_when_asked_for_and_nothing_else_is(
    app: Litestar,
) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    plain = (
        '<img src="http://spy.example/2.png"><img src="//spy.example/3.png"><img src="/tickets/1">'
    )
    said = await make.message(ticket_id, html=LETTER + plain)
    for unasked in (urls.message_body(said), f"{urls.message_body(said)}?images=all"):
        blocked = await browser.page(unasked)
        assert "spy.example" not in blocked.text
        assert "img-src data:;" in blocked.headers["content-security-policy"]
    shown = await browser.page(urls.message_body(said, images="remote"))
    assert re.findall(r'src="([^"]*)"', shown.text) == ["https://spy.example/1.png"]
    assert shown.text.count("<img") == shown.text.count('referrerpolicy="no-referrer"')
    policy = shown.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "img-src data: https:"} <= set(policy)
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert [rule for rule in policy if "https:" in rule] == ["img-src data: https:"]
    assert shown.headers["cross-origin-embedder-policy"] == "credentialless"
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in shown.headers
    for forbidden in ("steal", "<form", "<svg", "position:fixed", "onclick"):
        assert forbidden not in shown.text


async def test_fields_are_changed_once_however_often_the_form_arrives(app: Litestar) -> None:
    browser, viewer, ticket_id = await agent_with_ticket(app)
    for _ in range(2):
        taken = await browser.send(f"/tickets/{ticket_id}/take", {"form_key": "k1"})
        assert taken.status_code == 200
    for status in ("pending", "pending", "open"):
        # One page, its button pressed twice, then another of its buttons.
        await browser.send(f"/tickets/{ticket_id}/status", {"form_key": "k2", "status": status})
    row = await sql.row("SELECT assignee_id, status FROM tickets WHERE id = $1", ticket_id)
    assert row is not None
    assert (row["assignee_id"], row["status"]) == (viewer.id, "open")
    kinds = await events(ticket_id)
    assert kinds.count("assigned") == 1
    assert kinds.count("status_changed") == 3


async def test_every_field_can_be_changed_from_the_page(app: Litestar) -> None:
    browser, viewer, ticket_id = await agent_with_ticket(app)
    topic = await make.topic(en="Renewal")
    for verb, form in (
        ("assign", {"assignee": str(viewer.id)}),
        ("priority", {"priority": "urgent"}),
        ("topic", {"topic": str(topic)}),
        ("status", {"status": "on_hold"}),
        ("assign", {"assignee": ""}),
    ):
        changed = await browser.send(f"/tickets/{ticket_id}/{verb}", form | {"form_key": "k"})
        assert changed.status_code == 200, changed.text
    row = await sql.row("SELECT * FROM tickets WHERE id = $1", ticket_id)
    assert row is not None
    assert (row["priority"], row["topic_id"], row["status"]) == ("urgent", topic, "on_hold")
    assert row["assignee_id"] is None


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("status", {"status": "closed"}),
        ("status", {}),
        ("priority", {"priority": "highest"}),
        ("topic", {"topic": "999999"}),
        ("topic", {"topic": "-1"}),
        ("assign", {"assignee": "999999"}),
        ("assign", {"assignee": "٣"}),
        ("team", {"team": "0"}),
    ],
)
async def test_a_value_that_no_form_offers_is_refused_with_a_reason(
    app: Litestar, verb: str, form: dict[str, str]
) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    refused = await browser.send(f"/tickets/{ticket_id}/{verb}", form | {"form_key": "k"})
    assert refused.status_code == 422
    assert 'id="conversation"' in refused.text
    assert 'class="notice"' in refused.text


async def test_a_ticket_handed_to_a_team_out_of_sight_leads_back_to_the_list(
    app: Litestar,
) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    there = str(await make.team())
    moved = await browser.send(
        f"/tickets/{ticket_id}/team",
        {"form_key": "k", "team": there},
        headers={"HX-Current-URL": "http://desk.example/tickets/1?view=all"},
    )
    assert moved.headers["hx-redirect"] == "/inbox/all"
    assert (await browser.page(f"/tickets/{ticket_id}")).status_code == 404


async def test_without_script_every_form_leads_back_to_the_ticket(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    taken = await browser.send(f"/tickets/{ticket_id}/take", {"form_key": "k"}, whole=True)
    assert (taken.status_code, taken.headers["location"]) == (
        303,
        f"/tickets/{ticket_id}?view=mine",
    )


async def test_a_form_without_its_token_changes_nothing(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    refused = await browser.client.post(
        f"/tickets/{ticket_id}/take", data={"form_key": "k"}, headers=PARTIAL
    )
    assert refused.status_code == 403
    assert await events(ticket_id) == []


async def test_marking_read_needs_no_answer(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    marked = await browser.send(f"/tickets/{ticket_id}/read", {"seq": "1"})
    assert marked.status_code == 204
    assert "is-unread" not in (await browser.part("/inbox/all")).text


async def test_events_stand_between_messages_with_names_and_never_ids(app: Litestar) -> None:
    browser, viewer, ticket_id = await agent_with_ticket(app)
    khalid = await make.user(name="Khalid <i>M</i>")
    await make.event(ticket_id, "assigned", {"to": khalid}, actor_id=viewer.id)
    await make.event(ticket_id, "assigned", {"to": viewer.id}, actor_id=viewer.id)
    await make.event(ticket_id, "priority_changed", {"from": "low", "to": "high"})
    await make.event(ticket_id, "a_kind_of_tomorrow", {"x": 1})
    page = unescape(re.sub(r"<[^>]+>", "", (await browser.part(f"/tickets/{ticket_id}")).text))
    assert "Assigned to Khalid <i>M</i>" in page
    assert "Taken by Noura" in page
    assert "Priority: Low → High" in page
    assert "tomorrow" not in page


async def test_why_a_ticket_is_here_is_said_in_sentences(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    team = await sql.value("SELECT team_id FROM tickets WHERE id = $1", ticket_id)
    reasons = [{"code": "fallback_team", "team": team}, {"code": "unworded", "x": 1}]
    await make.event(ticket_id, "routed", {"team": team, "reasons": reasons})
    page = (await browser.part(f"/tickets/{ticket_id}")).text
    assert "No rule and no topic names a team, so it went to <bdi>Passports</bdi>" in page
    assert "unworded" not in page


async def test_running_promises_are_shown_with_the_time_that_is_left(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    now = clock.now()
    every_day = {str(day): [["00:00", "24:00"]] for day in range(7)}
    await save_calendar("always", zone="Asia/Riyadh", weekly=every_day, exceptions={}, now=now)
    minutes = {"first_response": 60, "resolution": 600}
    await save_policy("all", calendar="always", allowed_minutes=minutes, position=1, now=now)
    said = int(now.timestamp() * 1_000_000)
    received = Event(ticket_id, "message_received", {"message": 1, "said_us": said})
    async with transaction():
        await run_clocks([received], now)
    page = (await browser.part(f"/tickets/{ticket_id}")).text
    assert page.count('class="clock is-running"') == 2
    assert re.search(r"<span data-text>(59m|1h|1h 0m) left</span>", page)
    await browser.send(f"/tickets/{ticket_id}/status", {"form_key": "k", "status": "pending"})
    paused = (await browser.part(f"/tickets/{ticket_id}")).text
    assert "we are waiting for the contact" in paused


async def test_long_threads_page_back(app: Litestar) -> None:
    browser, _, ticket_id = await agent_with_ticket(app)
    for n in range(limits.THREAD_MESSAGES):
        await make.message(ticket_id, text=f"message number {n}.")
    newest = (await browser.part(f"/tickets/{ticket_id}?view=all")).text
    assert "Where is my passport?" not in newest
    before = re.search(rf'href="(/tickets/{ticket_id}\?[^"]*before=\d+)"', newest)
    assert before
    earlier = await browser.page(unescape(before[1]))
    assert "Where is my passport?" in earlier.text


async def test_the_rail_counts_and_shows_only_what_this_person_may_see(app: Litestar) -> None:
    browser, _, _ = await agent_with_ticket(app)
    rail = (await browser.part("/rail?here=unassigned")).text
    assert re.search(r'href="/inbox/unassigned" aria-current="page"', rail)
    assert rail.count('href="/inbox/team-') == 1
    assert urls.SUPERVISION not in rail
