"""Write down what other servers say became of mail of ours: about which message, whom and with which code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from channels.email import ids as mail_ids
from channels.message import BouncedRecipient, Inbound
from server.db import sql
from server.events.actions import emit
from server.events.reactions import Event
from server.intake.queries import known_keys, sent_messages
from server.kit.limits import NAME_CHARACTERS
from server.kit.secrets import keys

ARRIVED = frozenset({"delivered", "relayed", "expanded"})
WORDS_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class _Said:
    """One recipient's fate; ``address`` is ``None`` where the server named nobody."""

    outcome: str
    address: str | None
    code: str | None
    words: str | None


async def note_reports(messages: Sequence[Inbound], *, now: datetime) -> None:
    """Keep what the reports among stored messages say about mail that we signed, and tell the wiring."""
    signing = keys("mail ids")
    about = {
        message.content_key: named
        for message in messages
        if message.bounce and (named := _about(signing, message))
    }
    if not about:
        return
    ours = await sent_messages(set(about.values()))
    stored = await known_keys(list(about))
    records = []
    events = []
    for message in messages:
        ours_id = about.get(message.content_key)
        if ours_id is None or ours_id not in ours:
            continue
        report_id = stored[message.content_key]
        records += [
            (report_id, ours_id, said.outcome, said.address, said.code, said.words)
            for said in _said(message)
        ]
        data = {"message": ours_id, "report": report_id}
        events.append(Event(ours[ours_id], "delivery_reported", data))
    await sql.run(
        """
        INSERT INTO delivery_reports (message_id, about_id, outcome, address, code, words)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
        """,
        *sql.columns(records, 6),
    )
    await emit(events, at=now)


def pointers(message: Inbound) -> list[str]:
    """Return the ids that a message refers to, nearest first.

    A report's original is its nearest; our own mail that comes home refers to itself.
    """
    original = message.bounce.original_message_id if message.bounce else None
    itself = message.external_id if message.automatic else None
    nearest = [one for one in (original, *message.in_reply_to) if one]
    furthest = [itself] if itself else []
    return list(dict.fromkeys([*nearest, *reversed(message.references), *furthest]))[:100]


def _about(signing: Sequence[bytes], message: Inbound) -> int | None:
    """Return which message of ours a report names by an id that we signed."""
    for pointer in pointers(message):
        if (named := mail_ids.named_by(signing, pointer)) and named[1].isdigit():
            return int(named[1])
    return None


def _said(message: Inbound) -> list[_Said]:
    report = message.bounce
    if report is None:
        return []
    # A read notice names nobody: whoever sends it is the one that has it.
    sender = message.sender.key if message.sender and report.kind == "delivered" else None
    named = report.recipients or (BouncedRecipient(sender),)
    return [
        _Said(
            outcome=_outcome(one, report.kind),
            address=_clean(one.address, NAME_CHARACTERS),
            code=one.status or one.smtp_code,
            words=_clean(one.diagnostic, WORDS_CHARACTERS),
        )
        for one in named
    ]


def _outcome(one: BouncedRecipient, kind: str) -> str:
    if kind == "complaint":
        return "complained"
    if kind == "delivered" or one.action in ARRIVED:
        return "delivered"
    if one.action == "delayed" or (one.action is None and kind == "soft"):
        return "delayed"
    return "failed"


def _clean(text: str | None, characters: int) -> str | None:
    return text.replace("\x00", "")[:characters].strip() or None if text else None
