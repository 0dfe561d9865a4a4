"""Send mail over SMTP."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiosmtplib

from channels.email import imap
from channels.email.compose import wire_address
from channels.email.oauth import access_token
from channels.email.settings import Settings
from channels.errors import (
    ChannelError,
    RecipientGone,
    Refused,
    SignInFailed,
    TemporaryFailure,
    Unreachable,
)

RETRY_SOON = timedelta(minutes=2)
RETRY_GREYLISTED = timedelta(minutes=6)
GREYLIST = re.compile(r"gr[ae]y-?list|4\.7\.1|4\.2\.0|try again (?:later|in)", re.IGNORECASE)
GONE = re.compile(
    r"\b5\.1\.(?:1|2|10)\b|user unknown|unknown user|no such (?:user|mailbox|address)"
    r"|mailbox (?:unavailable|not found)|does not exist|recipient not found",
    re.IGNORECASE,
)
CONFIGURATION = (530, 535, 534, 538)


@dataclass(frozen=True, slots=True)
class Taken:
    """A server took a mail, with these words; `refused` are copies that it would not take."""

    said: str
    refused: tuple[tuple[str, ChannelError], ...] = ()


class Sender:
    """A connection that one mail after another can leave by; after an error it begins anew.

    For one event loop, and one mail at a time.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sent = 0
        self._smtp: aiosmtplib.SMTP | None = None

    async def send(
        self,
        wire: bytes,
        *,
        recipients: Sequence[str],
        copies: Sequence[str] = (),
        automatic: bool = False,
        patient: bool = True,
    ) -> Taken:
        """Hand one mail over.

        Nothing is sent unless every one of `recipients` is accepted, so that an error means "nobody has
        it"; one of `copies` that is refused keeps it from nobody else, and one that is only put off
        counts as refused unless we are `patient`. `automatic` mail names no sender, so that nothing can
        come back for it (RFC 3834).
        A broken wire is a `TemporaryFailure` even after the data: the same Message-ID goes out again.
        """
        sender, *addresses = _on_the_wire([self.settings.address, *recipients])
        if not addresses:
            raise Refused("no recipient")
        envelope = _Envelope(sender, addresses, _on_the_wire(copies), automatic, patient)
        try:
            async with _translated(self.settings):
                taken = await _hand_over(await self._open(), wire, envelope)
        except BaseException:
            self.drop()
            raise
        self.sent += 1
        return taken

    async def close(self) -> None:
        """Say goodbye; what was sent is decided already."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            await _close(smtp)

    def drop(self) -> None:
        """Hang up without a word."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    async def _open(self) -> aiosmtplib.SMTP:
        """Take the connection that is there if the other side still listens, else make one."""
        if self._smtp is not None and self._smtp.is_connected:
            try:
                await self._smtp.rset()
            except (aiosmtplib.SMTPException, OSError):
                self.drop()
            else:
                return self._smtp
        self._smtp = _client(self.settings)
        try:
            await self._smtp.connect()
        except aiosmtplib.SMTPAuthenticationError:
            if not self.settings.oauth_token_url:
                raise
            # The kept token may have been revoked before its time.
            token = await asyncio.to_thread(access_token, self.settings)
            await asyncio.to_thread(access_token, self.settings, refused=token)
            self.drop()
            self._smtp = _client(self.settings)
            await self._smtp.connect()
        return self._smtp


async def send(wire: bytes, settings: Settings, *, recipients: Sequence[str]) -> Taken:
    """Hand one mail over by a connection of its own, as :meth:`Sender.send` does."""
    sender = Sender(settings)
    try:
        return await sender.send(wire, recipients=recipients)
    finally:
        await sender.close()


@dataclass(frozen=True, slots=True)
class _Envelope:
    sender: str
    recipients: Sequence[str]
    copies: Sequence[str]
    automatic: bool
    patient: bool


async def _hand_over(smtp: aiosmtplib.SMTP, wire: bytes, envelope: _Envelope) -> Taken:
    everybody = (envelope.sender, *envelope.recipients, *envelope.copies)
    options = ["SMTPUTF8"] if not all(map(str.isascii, everybody)) else []
    if options and not smtp.supports_extension("smtputf8"):
        raise Refused("the server cannot deliver to addresses with letters outside ASCII")
    if smtp.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    await _name_sender(smtp, envelope, options)
    for address in envelope.recipients:
        await _name_recipient(smtp, address)
    refused: list[tuple[str, ChannelError]] = []
    for address in envelope.copies:
        try:
            await _name_recipient(smtp, address)
        except Refused as error:
            refused.append((address, error))
        except TemporaryFailure as error:
            if envelope.patient:
                raise
            refused.append((address, error))
    response = await smtp.data(wire)
    return Taken(f"{response.code} {response.message}", tuple(refused))


async def _name_sender(smtp: aiosmtplib.SMTP, envelope: _Envelope, options: Sequence[str]) -> None:
    if envelope.automatic:
        try:
            await smtp.mail("", options=options)
        except aiosmtplib.SMTPSenderRefused as error:
            # Some submission servers insist on the signed-in sender; then the mail's own headers must do.
            if error.code < 500:
                raise
        else:
            return
    await smtp.mail(envelope.sender, options=options, encoding="utf-8")


def _on_the_wire(addresses: Sequence[str]) -> list[str]:
    try:
        return [wire_address(address) for address in addresses]
    except ValueError as error:
        raise Refused(str(error)) from error


def _client(settings: Settings) -> aiosmtplib.SMTP:
    async def token() -> str:
        return await asyncio.to_thread(access_token, settings)

    return aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        use_tls=settings.smtp_tls == "tls",
        start_tls=settings.smtp_tls == "starttls",
        tls_context=tls_context(settings) if settings.smtp_tls != "none" else None,
        username=settings.smtp_user or None,
        password=settings.smtp_password or None,
        oauth_token_generator=token if settings.oauth_token_url else None,
        timeout=settings.timeout_seconds,
    )


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[aiosmtplib.SMTP]:
    """Open, secure and sign in, for one purpose."""
    smtp = _client(settings)
    try:
        async with _translated(settings):
            await smtp.connect()
            yield smtp
    finally:
        await _close(smtp)


@asynccontextmanager
async def _translated(settings: Settings) -> AsyncIterator[None]:
    """Turn whatever goes wrong inside into an error of ours."""
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        yield
    except aiosmtplib.SMTPAuthenticationError as error:
        if 400 <= error.code < 500:
            raise _temporary(error.code, error.message) from error
        raise SignInFailed(f"{where}: {error.code} {error.message}") from error
    except aiosmtplib.SMTPResponseException as error:
        raise _answer(error.code, error.message) from error
    except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPReadTimeoutError) as error:
        raise TemporaryFailure(f"{where}: connection lost: {error}") from error
    except aiosmtplib.SMTPNotSupported as error:
        raise SignInFailed(f"{where}: {error}") from error
    except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
        raise Unreachable(f"{where}: {_plain(error)}") from error


async def _close(smtp: aiosmtplib.SMTP) -> None:
    """Say goodbye if the other side still listens; the mail's fate is decided already."""
    if smtp.is_connected:
        try:
            await smtp.quit(timeout=5)
        except (aiosmtplib.SMTPException, OSError):
            smtp.close()


async def _name_recipient(smtp: aiosmtplib.SMTP, address: str) -> None:
    try:
        await smtp.rcpt(address, encoding="utf-8")
    except aiosmtplib.SMTPRecipientRefused as error:
        if error.code < 500:
            raise _temporary(error.code, error.message) from error
        said = f"{address}: {error.code} {error.message}"
        if GONE.search(error.message):
            raise RecipientGone(said, recipient=address, code=str(error.code)) from error
        raise Refused(said, code=str(error.code)) from error


def _answer(code: int, message: str) -> ChannelError:
    if code in CONFIGURATION:
        return SignInFailed(f"{code} {message}")
    if 400 <= code < 500:
        return _temporary(code, message)
    return Refused(f"{code} {message}", code=str(code))


def _temporary(code: int, message: str) -> TemporaryFailure:
    """Come back soon, but to a greylist not before it opens."""
    wait = RETRY_GREYLISTED if GREYLIST.search(message) else RETRY_SOON
    return TemporaryFailure(f"{code} {message}", code=str(code), retry_after=wait)


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Trust the machine's authorities; an office's own server may be exempted by setting."""
    return imap.tls_context(settings)


def _plain(error: BaseException) -> str:
    """Say what a person can act on: certificates and names before Python's own words."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"certificate not trusted: {cause.verify_message}"
        cause = cause.__cause__ or cause.__context__
    return str(error) or type(error).__name__
