"""Try out a mailbox's two servers and its domain, for those who configure it."""

import asyncio
from dataclasses import dataclass

from channels.email import imap
from channels.email.client import connected
from channels.email.domain import RECORDS, troubles
from channels.email.senders import LookUp, NameServers, NobodyAnswers
from channels.email.settings import Settings
from channels.errors import ChannelError

DNS_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One plain line of `doctor`."""

    what: str
    good: bool
    said: str


async def check(settings: Settings, *, look_up: LookUp | None = None) -> list[Verdict]:
    """Connect and sign in to both servers, and ask the DNS; send and change nothing."""
    verdicts: list[Verdict] = []
    if settings.smtp_host and settings.outgoing == "smtp":
        verdicts.append(await _check_smtp(settings))
    if settings.imap_host:
        verdicts.extend(await asyncio.to_thread(_check_imap, settings))
    if verdicts:
        names = look_up or NameServers(seconds=DNS_SECONDS)
        verdicts.append(await asyncio.to_thread(_check_dns, settings.domain, names))
    return verdicts


async def _check_smtp(settings: Settings) -> Verdict:
    where = f"SMTP {settings.smtp_host}:{settings.smtp_port}"
    try:
        async with connected(settings) as smtp:
            await smtp.noop()
    except ChannelError as error:
        return Verdict(where, good=False, said=error.reason)
    signed_in = f"signed in as {settings.smtp_user}" if settings.smtp_user else "no sign-in"
    secured = {"tls": "TLS", "starttls": "STARTTLS", "none": "not encrypted"}[settings.smtp_tls]
    return Verdict(where, good=True, said=f"ready ({secured}, {signed_in})")


def _check_imap(settings: Settings) -> list[Verdict]:
    where = f"IMAP {settings.imap_host}:{settings.imap_port}"
    try:
        with imap.Mailbox(settings) as mailbox:
            names = set(mailbox.folders())
            verdicts = [Verdict(where, good=True, said=f"signed in as {settings.imap_user}")]
            for folder in settings.imap_folders:
                known = folder in names or folder.upper() == "INBOX"
                said = f"{mailbox.select(folder).exists} mails" if known else "no such folder"
                verdicts.append(Verdict(f"{where} folder {folder}", good=known, said=said))
            return verdicts
    except ChannelError as error:
        return [Verdict(where, good=False, said=error.reason)]


def _check_dns(domain: str, look_up: LookUp) -> Verdict:
    where = f"DNS {domain}"
    try:
        wrong = troubles(domain, look_up)
    except NobodyAnswers:
        return Verdict(where, good=True, said=f"cannot ask for its {RECORDS}")
    return Verdict(where, good=not wrong, said="; ".join(wrong) or f"{RECORDS} are there")
