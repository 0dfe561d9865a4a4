"""Take mail over SMTP or LMTP: 250 is said only after the journal has committed."""

import asyncio
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from channels.email.parse import AUTHENTICATION_HEADER
from channels.email.senders import Arrival, LookUp, NameServers, judge
from channels.message import Party
from server.channel_accounts.queries import every
from server.intake.actions import Delivery, journal
from server.kit import clock, log
from server.kit.limits import MAIL, MEGABYTE
from server.kit.settings import Settings

RECIPIENTS = 50
"""More of ours than any honest mail names."""
LINE = 4 * MEGABYTE
CHECK_SECONDS = 8.0
CHECKS_AT_ONCE = 8
_log = log.get(__name__)


class _Mouth(SMTP):
    """Speaks SMTP, and LMTP (RFC 2033) to whoever says LHLO: then every recipient hears its own answer."""

    answers_each = False
    # The standard allows 998 bytes, programs write more, and refusing their mail would lose it.
    line_length_limit = LINE

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802 -- aiosmtpd's way of naming commands
        await super().smtp_EHLO(hostname)
        self.answers_each = True

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        await super().smtp_EHLO(hostname)
        self.answers_each = False


@dataclass(slots=True)
class _Door:
    """aiosmtpd's handler: which addresses are ours, where their mail goes, and who it is from."""

    look_up: Callable[[], LookUp]
    checkers: ThreadPoolExecutor

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        try:
            account = (await _addresses()).get(Party(address).key)
        except Exception:  # noqa: BLE001 -- the sender must hear "later", whatever it is
            _log.exception("recipient not checked")
            return "451 4.3.0 cannot look that up now, try again later"
        if account is None:
            return "550 5.1.1 no such address here"
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: _Mouth, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await self._take(session, envelope)
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if server.answers_each else answer

    async def _take(self, session: Session, envelope: Envelope) -> str:
        raw = envelope.content
        if not isinstance(raw, bytes):
            return "554 5.6.0 no content"
        peer = session.peer[0] if isinstance(session.peer, tuple) else ""
        headers = {"x-smtp-from": envelope.mail_from or "", "x-smtp-peer": peer}
        helo = session.host_name if isinstance(session.host_name, str) else ""
        verdict = await self._checked(raw, Arrival(peer, helo, envelope.mail_from or ""))
        if verdict is not None:
            headers[AUTHENTICATION_HEADER] = "pass" if verdict else "fail"
        now = clock.now()
        try:
            ours = await _addresses()
            for account_id in sorted({ours[Party(to).key] for to in envelope.rcpt_tos}):
                await journal(account_id, [Delivery(raw, now, headers)], now=now)
        except Exception:  # noqa: BLE001 -- the sender must hear "later", whatever it is
            _log.exception("mail not taken")
            return "451 4.3.0 cannot store your mail now, try again later"
        return "250 2.0.0 kept"

    async def _checked(self, raw: bytes, arrival: Arrival) -> bool | None:
        """Check the sender on a thread; whatever goes wrong there, nobody is accused and nothing refused."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                return await loop.run_in_executor(
                    self.checkers, lambda: judge(raw, arrival, look_up=self.look_up())
                )
        except TimeoutError:
            _log.warning("sender not checked in time")
        except Exception:  # noqa: BLE001 -- the mail matters more than its proof
            _log.exception("sender not checked")
        return None


async def _addresses() -> dict[str, int]:
    """Return which account every address of ours belongs to."""
    return {
        Party(address).key: account.id
        for account in await every("email")
        if account.enabled
        for address in account.settings.own_addresses
    }


def _name_servers() -> LookUp:
    return NameServers(seconds=CHECK_SECONDS)


async def listen(
    settings: Settings,
    *,
    tls: ssl.SSLContext | None = None,
    look_up: Callable[[], LookUp] = _name_servers,
) -> asyncio.Server:
    """Open the port; the caller closes the server. ``look_up`` gives each mail its way to ask the DNS."""
    door = _Door(look_up, ThreadPoolExecutor(CHECKS_AT_ONCE, thread_name_prefix="senders"))

    def protocol() -> SMTP:
        return _Mouth(
            door,
            data_size_limit=MAIL,
            enable_SMTPUTF8=True,
            hostname=settings.mail_domain,
            ident="Tawasul",
            tls_context=tls,
            timeout=120,
        )

    loop = asyncio.get_running_loop()
    return await loop.create_server(protocol, settings.smtp_host, settings.smtp_port)
