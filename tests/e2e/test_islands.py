"""The small elements of the desk, in a real browser."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from agent_ui import gallery, stylesheet, urls
from agent_ui.models import Desk
from agent_ui.render import Ui
from tests.e2e.islands_server import IslandsServer, islands_server

ROWS = """<section id="list" hx-get="/list" hx-swap="outerMorph"
hx-trigger="inbox from:#live, resync from:#live"><ul>{}</ul></section>"""
ROW = '<li class="ticket-row" id="ticket-row-{0}"><a href="#{0}" id="link-{0}">{0}</a></li>'
THREAD = """<section id="thread" hx-get="/thread" hx-swap="outerMorph"
hx-trigger="ticket-42 from:#live throttle:300ms"><p>رسالة</p><p id="second">{}</p>
<form id="composer" class="composer" method="post" action="/reply">
<label><input type="radio" name="mode" value="reply" checked data-key="r">رد</label>
<label><input type="radio" name="mode" value="note" data-key="i">ملاحظة</label>
<draft-keeper key="ticket-42" hx-morph-skip><input type="hidden" name="form_key" value="k1">
<auto-grow><textarea id="text" name="text"></textarea></auto-grow></draft-keeper>
<button class="for-reply" hx-post="/reply" hx-target="#sent" data-send>إرسال</button>
<button class="for-note" hx-post="/note" hx-target="#sent" data-send>حفظ</button>
</form></section>"""
ARABIC_J = {"key": "ت", "code": "KeyJ", "bubbles": True, "cancelable": True}
ARABIC_R = {"key": "ق", "code": "KeyR", "bubbles": True, "cancelable": True}
LIVE = "live-stream[data-state=live]"
UI = Ui(locale="ar", now=gallery.NOW, zone=ZoneInfo("Asia/Riyadh"), digits="arab")
CONVERSATION = gallery.CONVERSATION
TICKET = urls.ticket(CONVERSATION.thread.id)
REPLY = urls.ticket_action(CONVERSATION.thread.id, "reply")


def rows(*ids: int) -> str:
    return ROWS.format("".join(ROW.format(n) for n in ids))


@pytest.fixture
def server() -> Iterator[IslandsServer]:
    with islands_server() as started:
        started.answers["/list"] = (200, rows(1, 2))
        started.answers["/thread"] = (200, THREAD.format("ثانية"))
        started.answers["/reply"] = (200, "وصلت")
        serve(started, urls.STYLESHEET, stylesheet.text())
        started.answers["/note"] = (200, "حفظت")
        yield started


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """A tab in which no script may fail and nothing may offend the content policy."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Policy" in said.text else None)
    yield page
    assert complaints == []


@pytest.fixture
def desk(quiet: Page, server: IslandsServer) -> Page:
    open_desk(quiet, server)
    return quiet


@pytest.fixture
def inbox(quiet: Page, server: IslandsServer) -> Page:
    """The desk's own page, with a ticket open."""
    serve(server, "/inbox", UI.page("desk", Desk(gallery.CHROME, gallery.LIST, CONVERSATION)))
    serve(server, urls.RAIL, UI.component("chrome", gallery.CHROME))
    serve(server, urls.inbox(gallery.LIST.view), UI.component("ticket_list", gallery.LIST))
    serve(server, TICKET, UI.component("conversation", CONVERSATION))
    quiet.goto(f"{server.url}/inbox")
    expect(quiet.locator(LIVE)).to_be_attached()
    return quiet


def serve(server: IslandsServer, path: str, text: str, status: int = 200) -> None:
    server.answers[path] = (status, str(text))


def open_desk(tab: Page, server: IslandsServer) -> None:
    tab.goto(f"{server.url}/desk.html")
    expect(tab.locator(LIVE)).to_be_attached()
    # What happened since the page was written is asked for.
    expect(tab.locator("#link-1")).to_have_text("1")


def file(name: str, size: int) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": b"x" * size}


def hear(tab: Page, *names: str) -> None:
    tab.evaluate(
        """names => { window.heard = []; for (const name of names)
        document.getElementById("live").addEventListener(name, () => heard.push(name)); }""",
        names,
    )


def wait_for_heard(tab: Page, *names: str) -> None:
    tab.wait_for_function("names => names.every(name => heard.includes(name))", arg=names)


def type_here(tab: Page, key: dict[str, object]) -> None:
    press = "key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', key))"
    tab.evaluate(press, key)


def focused(tab: Page) -> str:
    return str(tab.evaluate("document.activeElement.id"))


def test_ten_tabs_share_one_stream(context: BrowserContext, server: IslandsServer) -> None:
    tabs = [context.new_page() for _ in range(10)]
    for tab in tabs:
        open_desk(tab, server)
        hear(tab, "ticket-7", "inbox")
    server.tell("tickets", {"tickets": [7], "inbox": True})
    for tab in tabs:
        wait_for_heard(tab, "ticket-7", "inbox")
    assert server.opened == 1


def test_a_tab_that_closes_leaves_the_stream_to_the_others(
    context: BrowserContext,
    server: IslandsServer,
) -> None:
    first, second = context.new_page(), context.new_page()
    open_desk(first, server)
    open_desk(second, server)
    first.close()
    hear(second, "presence")
    server.tell("presence")
    wait_for_heard(second, "presence")
    assert server.opened == 1


def test_a_cut_stream_is_opened_again_and_says_resync(desk: Page, server: IslandsServer) -> None:
    hear(desk, "resync", "ticket-42")
    server.cut()
    wait_for_heard(desk, "resync")
    server.tell("tickets", {"tickets": [42]})
    wait_for_heard(desk, "ticket-42")
    assert server.opened == 2


def test_a_hidden_tab_listens_less_often_and_looks_again_when_it_is_seen(
    context: BrowserContext, server: IslandsServer
) -> None:
    other, page = context.new_page(), context.new_page()
    page.clock.install()
    for tab in (other, page):
        open_desk(tab, server)
        hear(tab, "ticket-7", "resync")
    see = """hidden => { Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
        document.dispatchEvent(new Event("visibilitychange")); }"""
    page.evaluate(see, True)
    for _ in range(3):
        server.tell("tickets", {"tickets": [7]})
    other.wait_for_function("() => heard.length === 3")
    assert page.evaluate("heard") == []
    page.clock.run_for(5_000)
    assert page.evaluate("heard") == ["ticket-7"]
    page.clock.run_for(56_000)
    page.evaluate(see, False)
    assert page.evaluate("heard") == ["ticket-7", "resync"]


def test_the_page_says_when_the_session_is_over(desk: Page, server: IslandsServer) -> None:
    server.live_status = 401
    server.cut()
    expect(desk.locator("[data-signed-out]")).to_be_visible()
    expect(desk.locator("live-stream[data-state=offline]")).to_be_attached()
    server.live_status = 200
    open_desk(desk.context.new_page(), server)  # signed in again, in another tab
    expect(desk.locator("[data-signed-out]")).to_be_hidden()


def test_a_browser_without_shared_workers_listens_all_the_same(
    page: Page, server: IslandsServer
) -> None:
    page.add_init_script("delete window.SharedWorker")
    open_desk(page, server)
    hear(page, "ticket-7")
    server.tell("tickets", {"tickets": [7]})
    wait_for_heard(page, "ticket-7")


def test_a_live_change_keeps_what_is_being_written(desk: Page, server: IslandsServer) -> None:
    text = desk.locator("#text")
    text.press_sequentially("السلام عليكم")
    text.press("ArrowRight")
    caret = text.evaluate("field => field.selectionStart")
    server.tell("tickets", {"tickets": [42]})
    expect(desk.locator("#second")).to_have_text("ثانية")
    assert focused(desk) == "text"
    assert text.evaluate("field => [field.value, field.selectionStart]") == ["السلام عليكم", caret]


def test_another_tickets_change_fetches_nothing(desk: Page, server: IslandsServer) -> None:
    hear(desk, "ticket-41")
    server.tell("tickets", {"tickets": [41]})
    wait_for_heard(desk, "ticket-41")
    assert "/thread" not in server.asked


def test_a_draft_outlives_the_page(desk: Page) -> None:
    desk.locator("#text").fill("مسودة")
    desk.reload()
    expect(desk.locator("#text")).to_have_value("مسودة")


def test_an_accepted_answer_takes_its_draft_and_key_away(desk: Page, server: IslandsServer) -> None:
    desk.locator("#text").fill("تم")
    desk.locator("#text").press("Control+Enter")
    expect(desk.locator("#sent")).to_have_text("وصلت")
    assert server.said == [{"mode": "reply", "form_key": "k1", "text": "تم"}]
    expect(desk.locator("[name=form_key]")).not_to_have_value("k1")
    expect(desk.locator("#text")).to_have_value("")
    desk.reload()
    expect(desk.locator("#text")).to_have_value("")


def test_a_note_comes_back_as_a_note(desk: Page, server: IslandsServer) -> None:
    desk.keyboard.press("i")
    desk.keyboard.type("للزملاء")
    desk.reload()
    expect(desk.locator("#text")).to_have_value("للزملاء")
    desk.locator("#text").press("Control+Enter")
    expect(desk.locator("#sent")).to_have_text("حفظت")
    assert [said["mode"] for said in server.said] == ["note"]


def test_what_is_typed_while_an_answer_is_on_its_way_is_kept(
    desk: Page, server: IslandsServer
) -> None:
    gate = server.held["/reply"] = threading.Event()
    desk.locator("#text").fill("أولًا")
    desk.locator("#text").press("Control+Enter")
    desk.locator("#text").press_sequentially(" وثانيًا")
    gate.set()
    expect(desk.locator("#sent")).to_have_text("وصلت")
    desk.reload()
    expect(desk.locator("#text")).to_have_value("أولًا وثانيًا")


def test_an_answer_that_fails_on_the_way_is_sent_again_with_its_key(
    desk: Page, server: IslandsServer
) -> None:
    server.answers["/reply"] = (0, "")
    desk.locator("#text").fill("مهم")
    desk.locator("#composer .for-reply").click()
    expect(desk.locator("#toasts")).to_contain_text("انقطع الاتصال")
    expect(desk.locator("#text")).to_have_value("مهم")
    server.answers["/reply"] = (200, "وصلت")
    desk.locator("#composer .for-reply").click()
    expect(desk.locator("#sent")).to_have_text("وصلت")
    assert {said["form_key"] for said in server.said} == {"k1"}


def test_the_servers_sentence_is_shown_when_it_refuses(desk: Page, server: IslandsServer) -> None:
    server.answers["/reply"] = (403, "<h1>ليست تذكرتك</h1>")
    desk.locator("#text").fill("مهم")
    desk.locator("#composer .for-reply").click()
    expect(desk.locator("#toasts")).to_have_text("ليست تذكرتك")
    desk.reload()
    expect(desk.locator("#text")).to_have_value("مهم")


def test_an_error_page_made_for_a_place_is_shown_in_it(desk: Page, server: IslandsServer) -> None:
    server.answers["/slow"] = (404, '<section id="sent"><h1>لا توجد</h1></section>')
    desk.locator("#slow").click()
    expect(desk.locator("#sent h1")).to_have_text("لا توجد")
    assert desk.url.endswith("/slow")


def test_a_failed_page_replaces_nothing_and_is_not_gone_to(
    desk: Page, server: IslandsServer
) -> None:
    server.answers["/slow"] = (500, "<h1>تعذر ذلك</h1><p>رقم ٧</p>")
    desk.locator("#slow").click()
    expect(desk.locator("#toasts")).to_have_text("تعذر ذلك. رقم ٧")
    expect(desk.locator("#sent")).to_be_empty()
    assert desk.url.endswith("/desk.html")


def test_keys_walk_the_list_on_either_keyboard(desk: Page) -> None:
    desk.keyboard.press("j")
    assert focused(desk) == "link-1"
    type_here(desk, ARABIC_J)
    assert focused(desk) == "link-2"
    desk.keyboard.press("k")
    assert focused(desk) == "link-1"
    desk.keyboard.press("Enter")
    assert desk.url.endswith("#1")


def test_a_key_reaches_its_element_unless_one_is_typing(desk: Page) -> None:
    desk.keyboard.press("j")
    type_here(desk, ARABIC_R)
    assert focused(desk) == "text"
    desk.keyboard.type("jrk")
    expect(desk.locator("#text")).to_have_value("jrk")
    desk.keyboard.press("Escape")
    assert focused(desk) == "link-1"
    desk.keyboard.type("gm")
    assert desk.url.endswith("#mine")


def test_a_menu_opens_by_its_key_and_is_walked_by_arrows(desk: Page) -> None:
    desk.keyboard.press("s")
    expect(desk.locator("#menu")).to_be_visible()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    assert focused(desk) == "pending"
    desk.keyboard.press("Escape")
    expect(desk.locator("#menu")).to_be_hidden()
    assert desk.url.endswith("desk.html")


def test_the_keys_are_explained_at_a_question_mark(desk: Page) -> None:
    desk.keyboard.press("?")
    expect(desk.locator("dialog")).to_be_visible()
    desk.keyboard.press("j")
    assert focused(desk) != "link-1"
    desk.keyboard.press("Escape")
    expect(desk.locator("dialog")).to_be_hidden()


def test_a_list_in_use_holds_its_new_rows(desk: Page, server: IslandsServer) -> None:
    desk.locator("#link-1").focus()
    serve(server, "/list", rows(3, 1, 2))
    server.tell("tickets", {"tickets": [3], "inbox": True})
    expect(desk.locator("[data-new]")).to_have_text("جديد ١")
    expect(desk.locator(".ticket-row")).to_have_count(2)
    desk.locator("[data-new]").click()
    expect(desk.locator(".ticket-row")).to_have_count(3)
    expect(desk.locator("[data-new]")).to_be_hidden()


def test_a_held_list_moves_once_it_is_left(desk: Page, server: IslandsServer) -> None:
    desk.locator("#link-1").focus()
    serve(server, "/list", rows(3, 1, 2))
    server.tell("tickets", {"tickets": [3], "inbox": True})
    expect(desk.locator("[data-new]")).to_be_visible()
    desk.locator("#text").focus()
    expect(desk.locator(".ticket-row")).to_have_count(3)


def test_a_list_that_fails_to_come_stays_as_it_is(desk: Page, server: IslandsServer) -> None:
    desk.locator("#link-1").focus()
    serve(server, "/list", "<h1>تعذر ذلك</h1>", status=500)
    with desk.expect_response("**/list"):
        server.tell("tickets", {"tickets": [3], "inbox": True})
    hear(desk, "presence")
    server.tell("presence")
    wait_for_heard(desk, "presence")
    expect(desk.locator(".ticket-row")).to_have_count(2)
    expect(desk.locator("[data-new]")).not_to_be_attached()
    expect(desk.locator("#toasts")).to_be_empty()


def test_a_list_that_nobody_uses_moves_at_once(desk: Page, server: IslandsServer) -> None:
    serve(server, "/list", rows(3, 1, 2))
    server.tell("tickets", {"tickets": [3], "inbox": True})
    expect(desk.locator(".ticket-row a").first).to_have_id("link-3")


def test_the_page_title_and_icon_tell_what_is_unread(desk: Page) -> None:
    expect(desk).to_have_title("\u2068(٣)\u2069 الوارد")
    assert desk.locator("link[rel=icon]").get_attribute("href") == "/unread.svg"
    desk.evaluate("document.title = 'تذكرة'")
    expect(desk).to_have_title("\u2068(٣)\u2069 تذكرة")
    desk.locator("page-signals").evaluate("one => one.setAttribute('late', '1')")
    expect(desk.locator("link[rel=icon]")).to_have_attribute("href", "/late.svg")


def test_the_bar_shows_only_for_what_takes_long(desk: Page, server: IslandsServer) -> None:
    gate = server.held["/slow"] = threading.Event()
    server.answers["/slow"] = (200, "بعد حين")
    desk.locator("#slow").click()
    expect(desk.locator("html[data-busy]")).to_be_attached()
    gate.set()
    expect(desk.locator("#sent")).to_have_text("بعد حين")
    expect(desk.locator("html[data-busy]")).not_to_be_attached()


def test_a_pane_is_sized_by_keys_in_the_direction_of_reading(desk: Page) -> None:
    pane = desk.locator("pane-size")
    desk.get_by_role("separator").press("ArrowLeft")
    expect(pane).to_have_css("inline-size", "316px")
    desk.get_by_role("separator").press("ArrowRight")
    desk.get_by_role("separator").press("ArrowRight")
    expect(pane).to_have_css("inline-size", "284px")
    desk.reload()
    expect(pane).to_have_css("inline-size", "284px")
    desk.get_by_role("separator").press("Home")
    expect(pane).to_have_css("inline-size", "300px")


def test_time_left_is_told_in_the_readers_words_and_digits(
    page: Page, server: IslandsServer
) -> None:
    page.clock.install()
    page.goto(f"{server.url}/pieces.html")
    expect(page.locator("#left-ar")).to_have_text("متبقٍ ١ س ٢٠ د")
    expect(page.locator("#left-en")).to_have_text("1h 20m left")
    expect(page.locator("#late-ar")).to_have_text("متأخرة ٤٠ د")
    expect(page.locator("#late-ar")).to_have_class("time-left is-late")
    expect(page.locator("#ago")).to_contain_text("٥ دقائق")
    page.clock.fast_forward("01:10:01")
    page.clock.run_for(30_000)
    expect(page.locator("#left-en")).to_have_text("9m left")
    expect(page.locator("#left-en")).to_have_class("time-left is-soon")
    expect(page.locator("#undo")).to_be_hidden()


def test_an_answer_can_be_taken_back_while_seconds_are_left(
    page: Page, server: IslandsServer
) -> None:
    page.clock.install()
    page.goto(f"{server.url}/pieces.html")
    expect(page.locator("#undo [data-seconds]")).to_have_text("١٠")
    page.clock.run_for(4_000)
    expect(page.locator("#undo [data-seconds]")).to_have_text("٦")
    page.clock.run_for(7_000)
    expect(page.locator("#undo")).to_be_hidden()


def test_files_gather_as_tiles_until_they_are_removed(page: Page, server: IslandsServer) -> None:
    page.goto(f"{server.url}/pieces.html")
    files = page.locator("[name=files]")
    files.set_input_files(file("a.txt", 1))
    expect(page.locator(".tiles bdi")).to_have_text(["a.txt"])
    files.set_input_files([file("b.txt", 1), file("big.txt", 101)])
    expect(page.locator(".tiles bdi")).to_have_text(["a.txt", "b.txt"])
    expect(page.locator("file-tiles .error")).to_have_text("أكبر من المسموح: big.txt")
    page.get_by_label("أزل a.txt").click()
    assert files.evaluate("one => [...one.files].map(file => file.name)") == ["b.txt"]


def test_a_mail_is_as_tall_as_its_text_and_runs_nothing(page: Page, server: IslandsServer) -> None:
    page.goto(f"{server.url}/pieces.html")
    page.wait_for_function("() => document.getElementById('mail').offsetHeight > 1000")
    expect(page).to_have_title("قطع")


def test_the_desks_own_page_is_worked_by_keys(inbox: Page) -> None:
    inbox.keyboard.press("j")  # from the open ticket, which is the first, to the next
    assert inbox.evaluate("document.activeElement.matches('.ticket-row:nth-child(2) a')")
    inbox.keyboard.press("r")
    assert focused(inbox) == "composer-text"
    inbox.keyboard.press("Escape")
    inbox.keyboard.press("i")
    assert focused(inbox) == "composer-text"
    expect(inbox.locator("[name=mode]:checked")).to_have_value("note")
    inbox.keyboard.press("Escape")
    inbox.keyboard.press("s")
    expect(inbox.locator("#menu-status")).to_be_visible()
    inbox.keyboard.press("Escape")
    inbox.keyboard.press("?")
    expect(inbox.locator("shortcuts-help dialog")).to_be_visible()
    inbox.keyboard.press("Escape")
    type_here(inbox, {"key": "ج", "code": "BracketLeft", "bubbles": True})
    expect(inbox.locator("#rail-small")).to_be_checked()
    inbox.reload()
    expect(inbox.locator("#rail-small")).to_be_checked()


def test_the_desks_own_composer_keeps_words_and_files_through_a_live_change(
    inbox: Page, server: IslandsServer
) -> None:
    later = replace(CONVERSATION.thread, subject="موضوع جديد")
    inbox.locator("#composer-text").fill("أرفقت الصورة")
    inbox.locator("[name=files]").set_input_files(file("a.txt", 1))
    serve(server, TICKET, UI.component("conversation", replace(CONVERSATION, thread=later)))
    server.tell("tickets", {"tickets": [CONVERSATION.thread.id]})
    expect(inbox.locator("h1", has_text="موضوع جديد")).to_be_visible()
    expect(inbox.locator("#composer-text")).to_have_value("أرفقت الصورة")
    expect(inbox.locator("file-tiles .tiles bdi")).to_have_text(["a.txt"])


def test_an_answer_that_met_news_is_shown_them_and_sent_anyway(
    inbox: Page, server: IslandsServer
) -> None:
    conflict = gallery.ENGLISH.composer.conflict
    composer = replace(CONVERSATION.composer, text="وعليكم السلام", conflict=conflict)
    serve(server, REPLY, UI.component("composer", composer), status=409)
    inbox.locator("#composer-text").fill("وعليكم السلام")
    inbox.locator("#composer-text").press("Control+Enter")
    expect(inbox.locator("#conflict")).to_be_visible()
    expect(inbox.locator("#composer-text")).to_have_value("وعليكم السلام")
    serve(server, REPLY, UI.component("conversation", CONVERSATION))
    inbox.locator("#composer-text").press("Alt+Enter")
    expect(inbox.locator("#conflict")).not_to_be_attached()
    expect(inbox.locator("#composer-text")).to_have_value("")
    assert [said.get("anyway") for said in server.said] == [None, "1"]
    assert all("files" not in said for said in server.said)


def test_no_page_of_the_desk_offends_the_content_policy(quiet: Page, server: IslandsServer) -> None:
    for name, views in gallery.PAGES.items():
        serve(server, f"/{name}", UI.page(name, views[0]))
        quiet.goto(f"{server.url}/{name}")
        expect(quiet.locator("main").first).to_be_visible()
