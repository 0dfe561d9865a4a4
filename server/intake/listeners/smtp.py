"""Take mail over SMTP or LMTP's way of it: 250 is said only after the journal has committed."""

import asyncio
import ssl
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session

from channels.message import Party
from server.channel_accounts.queries import every
from server.intake.actions import Delivery, journal
from server.kit import clock, log
from server.kit.limits import MAIL
from server.kit.settings import Settings

RECIPIENTS = 50
"""More of ours than any honest mail names."""
_log = log.get(__name__)


@dataclass(slots=True)
class _Door:
    """aiosmtpd's handler: which addresses are ours, and where their mail goes."""

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

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        now = clock.now()
        raw = envelope.content
        if not isinstance(raw, bytes):
            return "554 5.6.0 no content"
        peer = session.peer[0] if isinstance(session.peer, tuple) else ""
        headers = {"x-smtp-from": envelope.mail_from or "", "x-smtp-peer": peer}
        try:
            ours = await _addresses()
            for account_id in sorted({ours[Party(to).key] for to in envelope.rcpt_tos}):
                await journal(account_id, [Delivery(raw, now, headers)], now=now)
        except Exception:  # noqa: BLE001 -- the sender must hear "later", whatever it is
            _log.exception("mail not taken")
            return "451 4.3.0 cannot store your mail now, try again later"
        return "250 2.0.0 kept"


async def _addresses() -> dict[str, int]:
    """Return which account every address of ours belongs to."""
    return {
        Party(address).key: account.id
        for account in await every("email")
        if account.enabled
        for address in account.settings.own_addresses
    }


async def listen(settings: Settings, *, tls: ssl.SSLContext | None = None) -> asyncio.Server:
    """Open the port; the caller closes the server."""
    door = _Door()

    def protocol() -> SMTP:
        return SMTP(
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
