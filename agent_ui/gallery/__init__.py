"""Examples of every component and page in every state, for looking at and for tests.

The people, tickets and addresses are invented; the moment is fixed, so that two runs look alike.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from agent_ui.gallery import (
    alarms,
    composer,
    knowledge,
    mail,
    merging,
    portal,
    programs,
    report,
    rules,
    shifts,
    supervision,
    topics,
)
from agent_ui.gallery.assignment import ASKED, ASKED_FORM, SKILLS, TOPIC_FORM, TRY_OUT, WAY
from agent_ui.gallery.english import CLOSED, ENGLISH
from agent_ui.gallery.inbox import EMPTY_VIEWS, EVERY_CHANNEL, FOUND, LIST, RESULTS, ROWS
from agent_ui.gallery.letters import ENTRIES, MAIL, MAILS
from agent_ui.gallery.people import AGENT, CHROME, NOW, PASSPORTS, VIEWER, ahead
from agent_ui.gallery.ticket import CLOCKS, COMPOSER, CONTEXT, CONVERSATION, ITEMS, THREAD
from agent_ui.gallery.wall import HEALTH, QUIET_WALL, WALL
from agent_ui.models import (
    AccountList,
    AssignmentPage,
    Attachment,
    Call,
    ChannelsPage,
    Clock,
    ClockState,
    Desk,
    ErrorPage,
    EventLine,
    Message,
    Outgoing,
    OutgoingList,
    Quarantine,
    QuarantinePage,
    Reason,
    Search,
    SearchResults,
    SetUp,
    SignIn,
    Supervision,
)
from agent_ui.models.merging import MergeDone

__all__ = [
    "CHROME",
    "COMPONENTS",
    "COMPOSER",
    "CONVERSATION",
    "ENGLISH",
    "ITEMS",
    "LIST",
    "NOW",
    "PAGES",
    "VIEWER",
]

EVERY_ITEM = (*ITEMS, *ENGLISH.thread.items, *merging.TOOK.thread.items)
MERGED_ROW = replace(ROWS[0], status="closed", merged_into="1039", due_at=None, unread=False)
PAGES: Mapping[str, tuple[object, ...]] = {
    "assignment": (AssignmentPage(CHROME, (WAY,)), AssignmentPage(CHROME, ())),
    "search": (
        Search(CHROME, RESULTS),
        Search(CHROME, SearchResults("")),
        Search(CHROME, RESULTS, CONVERSATION),
    ),
    "desk": (
        Desk(CHROME, LIST, CONVERSATION),
        Desk(replace(CHROME, viewer=AGENT, here="all"), LIST, ENGLISH),
        Desk(CHROME, LIST),
        Desk(
            replace(CHROME, here="late", views=CHROME.views[:4], keeps_mail=False, failed=0),
            EMPTY_VIEWS[2],
        ),
        Desk(CHROME, LIST, CLOSED),
        *merging.pages(CHROME, LIST)["desk"],
    ),
    "supervision": (
        Supervision(replace(CHROME, here="supervision"), WALL, supervision.BULK),
        Supervision(replace(CHROME, here="supervision"), QUIET_WALL, supervision.NOTHING_TICKED),
    ),
    "outgoing": (
        Outgoing(replace(CHROME, here="outgoing"), MAILS, MAIL),
        Outgoing(replace(CHROME, here="outgoing"), OutgoingList(())),
    ),
    "quarantine": (
        QuarantinePage(replace(CHROME, here="quarantine"), ENTRIES),
        QuarantinePage(replace(CHROME, here="quarantine"), Quarantine(())),
    ),
    "channels": (
        ChannelsPage(replace(CHROME, here="channels"), AccountList(HEALTH)),
        ChannelsPage(replace(CHROME, here="channels"), AccountList(())),
    ),
    "sign_in": (
        SignIn(),
        SignIn("sara@passports.example", Reason("wrong_password"), next="/inbox/mine"),
    ),
    "set_up": (
        SetUp("once", expires_at=ahead(60)),
        SetUp(
            "once",
            "سارة",
            "sara@",
            errors=(
                ("email", Reason("not_an_address")),
                ("password", Reason("too_short", {"limit": 10})),
            ),
        ),
    ),
    "error": (
        *(ErrorPage(status) for status in (400, 403, 404, 405, 409, 413, 422, 500, 503)),
        ErrorPage(429, retry_after=240, signed_in=True, reference="8f3a-11"),
        ErrorPage(403, Reason("not_in_team", {"team": PASSPORTS}), signed_in=True),
        ErrorPage(418),
        ErrorPage(503, retry_after=5, public=True),
    ),
    **supervision.pages(CHROME),
    **alarms.pages(CHROME),
    **knowledge.pages(CHROME),
    **composer.pages(CHROME),
    **report.pages(CHROME),
    **mail.pages(CHROME),
    **programs.pages(CHROME),
    "merge": merging.pages(CHROME, LIST)["merge"],
    **portal.pages(CHROME),
    **shifts.pages(CHROME),
    **rules.pages(CHROME),
    **topics.pages(CHROME),
}


# Every component that takes a view model of its own, by name.
COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "found_ticket": (*FOUND, replace(FOUND[0], row=MERGED_ROW)),
    "question": ASKED,
    "question_form": (TRY_OUT, ASKED_FORM, TOPIC_FORM),
    "agent_skills": (SKILLS,),
    "team_way": (WAY, replace(WAY, waiting=0, because=None, agents=())),
    "search_results": (
        RESULTS,
        SearchResults(""),
        SearchResults("كلمة", notices=(Reason("search_no_such_status", {"said": "كلمة"}),)),
        SearchResults('"<b>"', older=True, notices=(Reason("search_cut_short"),)),
        replace(RESULTS, older=True, after="1x", next_after=None),
    ),
    "chrome": (CHROME, replace(CHROME, viewer=AGENT, keeps_mail=False)),
    "rail_view": CHROME.views,
    "viewer": (VIEWER, AGENT),
    "ticket_list": (
        LIST,
        replace(LIST, status="pending", after="x", name=PASSPORTS, total=2000),
        replace(LIST, rows=EVERY_CHANNEL, total=None),
        *EMPTY_VIEWS,
        replace(EMPTY_VIEWS[0], status="closed"),
    ),
    "ticket_row": (*ROWS, MERGED_ROW),
    "conversation": (
        CONVERSATION,
        ENGLISH,
        CLOSED,
        merging.WENT,
        replace(
            merging.TOOK, done=MergeDone(merging.MARK, merging.ROOT, open=1042, undo=merging.UNDO)
        ),
    ),
    "thread": (THREAD, ENGLISH.thread, CLOSED.thread),
    "clock": (
        *(Clock("resolution", state, ahead(90)) for state in get_args(ClockState)),
        *CLOCKS,
        *ENGLISH.thread.clocks,
    ),
    "message": tuple(item for item in EVERY_ITEM if isinstance(item, Message)),
    "event_line": tuple(item for item in EVERY_ITEM if isinstance(item, EventLine)),
    "call": (Call(True, waited=3, talked=61), Call(False), Call(True, outbound=True, talked=30)),
    "attachment": (
        Attachment(1, "a.pdf", "application/pdf", 12),
        Attachment(2, "صورة.jpg", "image/jpeg", 5_000_000_000),
        Attachment(3, "x", "", 0),
    ),
    "delivery": tuple(
        item.delivery
        for item in ENGLISH.thread.items
        if isinstance(item, Message) and item.delivery
    ),
    "composer": (
        COMPOSER,
        composer.REFUSED,
        ENGLISH.composer,
        CLOSED.composer,
        replace(COMPOSER, channel="hotline"),
        merging.MOVED,
    ),
    "context_panel": (CONTEXT, ENGLISH.context, merging.TOOK.context),
    "identity": CONTEXT.identities,
    "other_ticket": (*CONTEXT.tickets, replace(CONTEXT.tickets[0], linked=True)),
    "wall": (WALL, QUIET_WALL),
    "team_load": WALL.teams,
    "agent_load": WALL.agents,
    "account_health": HEALTH,
    "account_list": (AccountList(HEALTH), AccountList(())),
    "quarantine": (ENTRIES, Quarantine(())),
    "quarantine_entry": ENTRIES.entries,
    "unreadable_mail": ENTRIES.unreadable,
    "outgoing_list": (MAILS, OutgoingList(())),
    "outgoing_row": MAILS.rows,
    "outgoing_mail": (MAIL, replace(MAIL, has_html=False, message_id="", ticket_id=None)),
    "sign_in": PAGES["sign_in"],
    "set_up": PAGES["set_up"],
    "error_page": PAGES["error"],
    **supervision.COMPONENTS,
    **alarms.COMPONENTS,
    **knowledge.COMPONENTS,
    **composer.COMPONENTS,
    **report.COMPONENTS,
    **mail.COMPONENTS,
    **programs.COMPONENTS,
    **merging.COMPONENTS,
    **portal.COMPONENTS,
    **shifts.COMPONENTS,
    **rules.COMPONENTS,
    **topics.COMPONENTS,
}
