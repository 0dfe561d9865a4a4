"""The two ways out of the house: an e-mail by the chosen account, and a signed call to a webhook."""

import hashlib
import hmac

import msgspec

from agent_ui import urls
from agent_ui.mail import render_alarm
from channels.email.client import Sender
from channels.email.compose import compose
from channels.errors import ChannelError
from channels.message import Outbound, Party
from server.alarms import queries
from server.alarms.content import absolute, reader_of, said, worded
from server.alarms.queries.sending import Dispatch
from server.channel_accounts.queries import one as account_of
from server.kit import clock, outside
from server.kit.secrets import Undecryptable, decrypt, keys

SUCCESS = range(200, 300)


async def mail(message: Dispatch) -> str | None:
    """Send it as e-mail; return why it did not leave."""
    account_id = await queries.account_id()
    account = await account_of(account_id) if account_id is not None else None
    if account is None or not account.enabled:
        return "account_off"
    subject, text, html = render_alarm(
        await worded(message),
        reader_of(message),
        # An office has nothing to choose here.
        settings_link=None if message.office_id else absolute(urls.ALARMS),
    )
    own = account.settings.address
    proof = hmac.digest(keys("alarm ids")[0], str(message.id).encode(), hashlib.sha256).hex()[:16]
    wire = compose(
        Outbound(
            sender=Party(own, account.settings.sender_name or None),
            to=(Party(message.address or ""),),
            subject=subject,
            text=text,
            html=html,
            message_id=f"alarm.{message.id}.{proof}@{own.rpartition('@')[2]}",
            date=message.began_at,
            language=message.locale,
            automatic=True,
        )
    )
    sender = Sender(account.settings)
    try:
        await sender.send(wire, recipients=[message.address or ""], automatic=True)
    except ChannelError as error:
        return getattr(error, "code", None) or type(error).__name__
    finally:
        await sender.close()
    return None


async def call(message: Dispatch) -> str | None:
    """Send it to a webhook, signed; return why it was not taken."""
    try:
        url, secret = decrypt(message.url or ""), decrypt(message.secret or "")
    except Undecryptable:
        return "secret_unreadable"
    body = msgspec.json.encode(await said(message))
    stamp = str(int(clock.now().timestamp()))
    signed = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Tawasul",
        "Tawasul-Id": str(message.id),
        "Tawasul-Signature": f"t={stamp},v1={signed}",
    }
    try:
        status = await outside.post(url, body, headers=headers)
    except outside.NotReached as error:
        return error.code
    return None if status in SUCCESS else str(status)
