"""Examples of merging and splitting: choosing where to, a ticket that went, one that took others in, the way back."""

from collections.abc import Mapping
from dataclasses import replace

from agent_ui.gallery.people import KHALID, SARA, ago
from agent_ui.gallery.ticket import COMPOSER, CONTEXT, CONVERSATION, ITEMS, THREAD
from agent_ui.models import Chrome, Copies, Desk, EventLine, Message, Reason, TicketList
from agent_ui.models.common import TicketMark
from agent_ui.models.merging import (
    MergeChoice,
    MergeChoices,
    MergedInto,
    MergeDone,
    MergedTicket,
    MergePage,
    MergePanel,
    UndoMerge,
)

MARK, ROOT = TicketMark(1040, "1040"), TicketMark(1042, "1042")
UNDO = UndoMerge(1040, show=1042, form_key="c1")
CHOSEN = MergeChoice(
    id=1042,
    number="1042",
    subject="تأخر تجديد جواز السفر وموعد الرحلة قريب",
    status="open",
    contact="فاطمة الزهراني",
    address="fatima.z@mail.example",
    last_words="السلام عليكم، رحلتي يوم الخميس ولم يصلني الجواز حتى الآن",
    last_message_at=ago(8),
    chosen=True,
)
ANOTHER = MergeChoice(
    id=1037,
    number="1037",
    subject="Exit visa",
    status="pending",
    contact="Maria Santos",
    address="maria.santos@mail.example",
    last_words="",
    last_message_at=ago(95),
    another=True,
)
CHOICES = MergeChoices(
    1040,
    "1040",
    "فاطمة الزهراني",
    form_key="d1",
    choices=(CHOSEN, replace(CHOSEN, id=871, number="871", subject="", chosen=False), ANOTHER),
)
MERGED = MergedInto(ROOT, ago(12), SARA, replace(UNDO, show=1040))
WENT = replace(
    CONVERSATION,
    thread=replace(
        THREAD,
        id=1040,
        number="1040",
        status="closed",
        subject="جواز السفر",
        items=(*ITEMS[:2], EventLine(3, "ticket_merged", ago(12), {"ticket": ROOT}, SARA)),
        merged=MERGED,
        clocks=(),
    ),
    composer=None,
)
TOOK = replace(
    CONVERSATION,
    thread=replace(
        THREAD,
        items=(
            ITEMS[0],
            replace(ITEMS[1], may_split=True) if isinstance(ITEMS[1], Message) else ITEMS[1],
            Message(
                id=490,
                seq=2,
                direction="in",
                at=ago(1400),
                author="Omar Al-Zahrani",
                address="omar.z@mail.example",
                text="Any news about my mother’s passport?",
                origin=MARK,
            ),
            EventLine(4, "taken", ago(1390), {"to": KHALID}, origin=MARK),
            EventLine(10, "ticket_took_over", ago(12), {"ticket": MARK}, SARA, undo=UNDO),
            EventLine(11, "message_split", ago(10), {"ticket": TicketMark(1050, "1050")}, SARA),
        ),
        merge=MergePanel(1042, "1042"),
    ),
    composer=replace(
        COMPOSER,
        copies=Copies(everybody="huda@embassy.example", unreached="omar.z@mail.example"),
    ),
    context=replace(
        CONTEXT,
        tickets=(replace(CONTEXT.tickets[0], merged_into="1042"), CONTEXT.tickets[1]),
        merged=(MergedTicket(MARK, "جواز السفر", "عمر الزهراني", UNDO),),
    ),
)
MOVED = replace(COMPOSER, ticket_id=1040, text="الجواز جاهز للاستلام.", merged_into=ROOT)

COMPONENTS: Mapping[str, tuple[object, ...]] = {
    "merge_panel": (
        MergePanel(1040, "1040"),
        MergePanel(1040, "1040", CHOICES),
    ),
    "merge_choices": (
        CHOICES,
        replace(CHOICES, asked="Exit visa", error=Reason("merged_into_itself")),
        replace(CHOICES, choices=(), asked="99"),
        replace(CHOICES, choices=()),
    ),
    "merge_choice": CHOICES.choices,
    "merged_into": (MERGED, MergedInto(TicketMark(0, "1042"), ago(90), KHALID)),
    "merged_ticket": (*TOOK.context.merged, MergedTicket(TicketMark(0, "977"), "", "Maria Santos")),
    "merge_done": (
        MergeDone(MARK, ROOT, open=1042, undo=UNDO),
        MergeDone(TicketMark(1050, "1050"), ROOT, open=1050, split=True, form_key="e1"),
        MergeDone(TicketMark(0, "1050"), ROOT, open=1042, split=True),
    ),
    "undo_merge": (UNDO,),
}


def pages(chrome: Chrome, tickets: TicketList) -> Mapping[str, tuple[object, ...]]:
    """Return examples of the pages, with the gallery's own rail and list around them."""
    return {
        "merge": (
            MergePage(chrome, CHOICES),
            MergePage(chrome, replace(CHOICES, choices=(), asked="99")),
        ),
        "desk": (Desk(chrome, tickets, TOOK), Desk(chrome, tickets, WENT)),
    }
