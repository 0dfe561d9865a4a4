"""Send one message: claim it, touch the wire, write down what became of it.

``sending`` is committed before the wire is touched. A worker that dies there leaves a claim that expires;
e-mail is then sent again with the same Message-ID and Date, which the citizen's mailbox can tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from agent_ui import urls
from agent_ui.mail import render_rating
from agent_ui.mail.answer import language_of, render_answer, signature
from channels.email.compose import compose, wire_address
from channels.errors import ChannelError, Refused, SignInFailed, TemporaryFailure
from channels.message import File, Outbound, Party
from server.channel_accounts.actions import report
from server.channel_accounts.queries import Account, one
from server.db import sql
from server.delivery.actions import lines
from server.delivery.actions.copies import COPY_FAILED, note_failed, openly_copied
from server.delivery.queries import Letter, files, letter
from server.events.actions import emit
from server.events.reactions import Event
from server.kit import blobs, clock
from server.kit.clock import microseconds
from server.kit.links import RATING, sign
from server.kit.settings import settings
from server.kit.work import transaction
from server.tickets.actions import invite, know_blobs, lock_with_root, recount_waiting

CLAIM = timedelta(seconds=90)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP = timedelta(days=2)
"""As long as relays usually try; then the agent must know."""
DOMAIN_MAILS = 120
DOMAIN_MINUTE = timedelta(minutes=1)
DOMAIN_PAUSE = timedelta(seconds=10)
PATIENT_TRIES = 2
"""So often is a whole answer put off because the server wants one of its copies later."""


@dataclass(frozen=True, slots=True)
class _Accepted:
    """What became of a mail; ``refused`` are copies that the server would not take, and why."""

    at: datetime
    kept: bytes | None
    refused: Mapping[str, str] = field(default_factory=dict)


async def deliver(delivery_id: int) -> None:
    """Send the message if it is due; a second run finds nothing to do."""
    if await _too_many(delivery_id, now=clock.now()):
        return
    if not await _claim(delivery_id, now=clock.now()):
        return
    writing = await letter(delivery_id)
    account = await one(writing.account_id)
    try:
        accepted = await _send(account, writing)
    except ChannelError as error:
        await _not_sent(account, writing, error, now=clock.now())
    except blobs.BlobMissing as error:
        await _not_sent(account, writing, Refused(str(error), code="file_missing"), now=clock.now())
    except OSError as error:
        # Our own disk; the wire's troubles come as errors of the channel.
        await _not_sent(account, writing, TemporaryFailure(str(error)), now=clock.now())
    else:
        await _sent(writing, accepted, now=clock.now())
        if account.state == "failing":
            await report(account.id, part="smtp", now=clock.now())


async def _too_many(delivery_id: int, *, now: datetime) -> bool:
    """Put the message off if its account has lately sent one of its domains as much as one bears."""
    row = await sql.row(
        """
        SELECT coalesce((a.settings->>'domain_mails_per_minute')::int, $3) AS most, (
            SELECT count(*) FROM deliveries o CROSS JOIN unnest(o.domains) AS one(domain)
            WHERE o.channel_account_id = d.channel_account_id AND o.accepted_at > $2
                AND one.domain = ANY(d.domains)
            GROUP BY one.domain ORDER BY 1 DESC LIMIT 1) AS lately
        FROM deliveries d JOIN channel_accounts a ON a.id = d.channel_account_id WHERE d.id = $1
        """,
        delivery_id,
        now - DOMAIN_MINUTE,
        DOMAIN_MAILS,
    )
    if row is None or (row["lately"] or 0) < row["most"]:
        return False
    return bool(
        await sql.run(
            """
            UPDATE deliveries SET next_try_at = $3 WHERE id = $1 AND state IN ('held', 'queued') AND next_try_at <= $2
            """,
            delivery_id,
            now,
            now + DOMAIN_PAUSE,
        )
    )


async def _claim(delivery_id: int, *, now: datetime) -> bool:
    async with transaction():
        # The ticket before what hangs on it: everywhere the same order.
        await sql.run(
            """
            SELECT 1 FROM tickets t JOIN deliveries d ON d.ticket_id = t.id WHERE d.id = $1 FOR UPDATE OF t
            """,
            delivery_id,
        )
        return bool(
            await sql.value(
                """
                UPDATE deliveries SET state = 'sending', attempts = attempts + 1, claimed_until = $3,
                                      changed_at = $2
                WHERE id = $1 AND next_try_at <= $2
                    AND (state IN ('held', 'queued') OR (state = 'sending' AND claimed_until <= $2))
                RETURNING true
                """,
                delivery_id,
                now,
                now + CLAIM,
            )
        )


async def _send(account: Account, writing: Letter) -> _Accepted:
    try:
        return await _hand_over(account, writing)
    except Refused as error:
        if not writing.copied:
            raise
        refused = {party.address: _code_of(error) for party in writing.copied}
    # Nobody has it yet. What stops a copy must not keep the answer from who asked.
    accepted = await _hand_over(account, replace(writing, copies=(), hidden=()))
    return replace(accepted, refused=refused)


async def _hand_over(account: Account, writing: Letter) -> _Accepted:
    outbound = _outbound(account, writing, await files(writing.message_id))
    try:
        wire = compose(outbound)
        # The wire spells addresses in its own way; what was refused is known by the party's.
        spelled = {wire_address(party.address): party.address for party in writing.copied}
    except ValueError as error:
        raise Refused(str(error), code="unsendable") from error
    if account.settings.outgoing == "keep":
        return _Accepted(clock.now(), await blobs.store(wire))
    taken = await lines.send(
        account,
        wire,
        recipients=[party.address for party in writing.recipients],
        copies=list(spelled),
        automatic=writing.automatic,
        patient=writing.attempts <= PATIENT_TRIES,
    )
    refused = {spelled[address]: _code_of(error) for address, error in taken.refused}
    return _Accepted(clock.now(), None, refused)


def _code_of(error: ChannelError) -> str:
    """Return the server's code, or what kind of error it was."""
    return getattr(error, "code", None) or type(error).__name__


def _outbound(account: Account, writing: Letter, attached: tuple[File, ...]) -> Outbound:
    by_person = not writing.automatic
    text, html = _body(account, writing, attached)
    subject = writing.subject
    if by_person and not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    return Outbound(
        sender=Party(account.settings.address, account.settings.sender_name or None),
        to=writing.recipients,
        cc=writing.copies,
        subject=subject,
        text=text,
        html=html,
        message_id=writing.provider_key,
        date=writing.written_at,
        in_reply_to=writing.in_reply_to,
        references=writing.references,
        files=attached,
        language=language_of(writing.language),
        automatic=writing.automatic,
    )


def _body(account: Account, writing: Letter, attached: tuple[File, ...]) -> tuple[str, str]:
    language = language_of(writing.language)
    signed = signature(
        writing.author,
        own=writing.signatures,
        account=account.settings.signature,
        language=language,
    )
    if writing.rating is not None:
        zone = ZoneInfo(settings().zone)
        return render_rating(
            writing.text,
            language=language,
            link=settings().base_url + urls.rating(sign(RATING, writing.rating)),
            until=writing.rating.until.astimezone(zone).date(),
            signature=signed,
            ticket_number=str(writing.ticket_number),
        )
    quotes = account.settings.quote_history == "on" if writing.quotes is None else writing.quotes
    return render_answer(
        writing.text,
        language=language,
        signature=signed,
        ticket_number=str(writing.ticket_number),
        quoted=writing.quoted if quotes and not writing.automatic else "",
        pictures={
            file.filename: file.content_id
            for file in attached
            if file.inline and file.content_id and file.filename
        },
    )


async def _sent(writing: Letter, accepted: _Accepted, *, now: datetime) -> None:
    async with transaction():
        copied = await openly_copied(writing, accepted.refused, now=now)
        if not await _leave_sending(writing, "sent", now=now):
            return
        await sql.run(
            "UPDATE deliveries SET accepted_at = $2, error_code = NULL, error_text = NULL WHERE id = $1",
            writing.delivery_id,
            accepted.at,
        )
        if accepted.kept is not None:
            size = blobs.path(accepted.kept).stat().st_size
            await know_blobs({accepted.kept: size}, now=now)
            await sql.run(
                """
                INSERT INTO kept_mails (delivery_id, blob_hash, kept_at) VALUES ($1, $2, $3)
                ON CONFLICT DO NOTHING
                """,
                writing.delivery_id,
                accepted.kept,
                now,
            )
        await _tell(writing, "sent", {"accepted_us": microseconds(accepted.at)}, now)
        if accepted.refused:
            await note_failed(writing.delivery_id, accepted.refused)
            code = next(iter(accepted.refused.values()))
            await _tell(writing, COPY_FAILED, {"code": code, "copies": len(accepted.refused)}, now)
        await invite(writing.ticket_id, copied, message_id=writing.message_id, now=now)


async def _not_sent(
    account: Account, writing: Letter, error: ChannelError, *, now: datetime
) -> None:
    """Try again later where that is sane; else the agent must know at once."""
    code = _code_of(error)
    retry = error.retry_after
    final = retry is None or now - writing.written_at > GIVE_UP
    async with transaction():
        if not await _leave_sending(writing, "failed" if final else "queued", now=now):
            return
        pause = min((retry or timedelta()) * 2 ** min(writing.attempts - 1, 10), LONGEST_PAUSE)
        await sql.run(
            "UPDATE deliveries SET next_try_at = $2, error_code = $3, error_text = $4 WHERE id = $1",
            writing.delivery_id,
            now + pause,
            code,
            error.reason[:500],
        )
        if final:
            await recount_waiting([writing.ticket_id])
            await _tell(writing, "failed", {"code": code}, now)
        else:
            await _tell(writing, "delayed", {"code": code, "attempt": writing.attempts}, now)
        if isinstance(error, SignInFailed | TemporaryFailure):
            await report(account.id, part="smtp", code=type(error).__name__, now=now)


async def _leave_sending(writing: Letter, state: str, *, now: datetime) -> bool:
    """Lock the ticket, and move the delivery on unless another worker took it over meanwhile."""
    await lock_with_root(writing.ticket_id)
    return bool(
        await sql.value(
            """
            UPDATE deliveries SET state = $2, changed_at = $3, claimed_until = NULL
            WHERE id = $1 AND state = 'sending' AND attempts = $4 RETURNING true
            """,
            writing.delivery_id,
            state,
            now,
            writing.attempts,
        )
    )


async def _tell(writing: Letter, state: str, data: dict[str, object], now: datetime) -> None:
    message_id = await sql.value(
        "SELECT message_id FROM deliveries WHERE id = $1", writing.delivery_id
    )
    await emit(
        [Event(writing.ticket_id, f"delivery_{state}", {"message": message_id} | data)], at=now
    )
