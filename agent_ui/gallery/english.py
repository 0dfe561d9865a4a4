"""The open ticket in English, its answers in every state of delivery, and a closed one."""

from dataclasses import replace
from typing import get_args

from agent_ui.gallery.people import (
    KHALID,
    NOURA,
    ago,
    ahead,
)
from agent_ui.gallery.ticket import (
    COMPOSER,
    CONTEXT,
    CONVERSATION,
    FIXED,
    ITEMS,
    THREAD,
)
from agent_ui.models import (
    Attachment,
    Call,
    ChannelAccount,
    Clock,
    Conflict,
    Delivery,
    DeliveryState,
    EventLine,
    Item,
    Message,
    Reason,
)


def _deliveries() -> tuple[Item, ...]:
    made: list[Item] = []
    for number, state in enumerate(get_args(DeliveryState)):
        error = {
            "failed": Reason("recipient_gone"),
            "queued": Reason("cannot_connect"),
        }.get(state)
        delivery = Delivery(
            60 + number,
            state,
            until=ahead(0.2) if state == "held" else None,
            retry_at=ahead(5) if state == "queued" else None,
            error=error,
        )
        made.append(
            Message(
                id=600 + number,
                seq=20 + number,
                direction="out",
                at=ago(60 - number),
                author="Daniel Reyes",
                text="Yes, a copy is enough. Please bring it to counter 4, Sunday to Thursday.",
                delivery=delivery,
            )
        )
    return tuple(made)


ENGLISH = replace(
    CONVERSATION,
    thread=replace(
        THREAD,
        id=1037,
        number="1037",
        subject="Exit visa: original or copy?",
        contact="Maria Santos",
        account=ChannelAccount(2, "whatsapp", "WhatsApp", "+966 11 555 0100"),
        items=(
            Message(
                id=599,
                seq=10,
                direction="in",
                at=ago(95),
                author="Maria Santos",
                address="+63 917 555 0101",
                channel="whatsapp",
                verified=False,
                whole_bytes=61_000_000,
                text=(
                    "Thank you. Do I need to bring the original or is a copy enough?\n"
                    "https://passports.example/visa?step=2"
                ),
            ),
            Message(
                id=597,
                seq=11,
                direction="call",
                at=ago(90),
                author="Maria Santos",
                channel="hotline",
                text="",
                call=Call(answered=True, waited=48, talked=372),
            ),
            Message(
                id=596,
                seq=12,
                direction="call",
                at=ago(80),
                author="Maria Santos",
                channel="hotline",
                text="",
                call=Call(answered=False, waited=95),
            ),
            Message(
                id=595,
                seq=13,
                direction="in",
                at=ago(70),
                author="Mail Delivery System",
                text="I am out of the office until Sunday.",
                automatic=True,
            ),
            *_deliveries(),
            EventLine(40, "something_new", ago(2)),
            EventLine(
                41,
                "clock_breached",
                ago(1),
                {"clock": "resolution", "due_at": "2026-11-22T07:02:00+00:00"},
            ),
        ),
        clocks=(
            Clock("first_response", "met_late", ago(900)),
            Clock("next_response", "breached", ago(40), started_at=ago(300)),
            Clock("resolution", "paused", None, paused_because=Reason("status_pending")),
        ),
        watching=(KHALID, NOURA),
        notice=Reason("already_taken", {"actor": KHALID}),
        earlier_before=10,
    ),
    composer=replace(
        COMPOSER,
        ticket_id=1037,
        channel="whatsapp",
        to="+63 917 555 0101",
        text="A copy is enough.",
        attachments_allowed=True,
        copies=None,
        quotes=None,
        kept=(Attachment(7, "visa.pdf", "application/pdf", 90_112),),
        conflict=Conflict((ITEMS[-2], ITEMS[-1]), 11),
    ),
    context=replace(
        CONTEXT,
        contact="Maria Santos",
        tickets=(),
        followers=(),
        language="en",
        contact_class="ordinary",
    ),
)
CLOSED = replace(
    CONVERSATION,
    thread=replace(
        THREAD, controls=FIXED, subject="", topic=None, assignee=None, clocks=(), items=ITEMS[:2]
    ),
    composer=replace(
        COMPOSER,
        blocked=Reason("closed"),
        mode="note",
        error=Reason("empty"),
        attachments_allowed=False,
        copies=None,
        quotes=None,
        signature="",
    ),
)
