"""Channel accounts and how they are doing."""

from collections.abc import Sequence
from typing import cast

from agent_ui.models import AccountHealth, Reason
from agent_ui.models.codes import ChannelKind
from agent_ui.models.intake import AccountState
from server.tickets.queries.accounts import Traffic, traffic

SAID_AS = {
    "SignInFailed": "sign_in_refused",
    "TimeoutError": "timeout",
    "SSLCertVerificationError": "certificate",
    "TemporaryFailure": "cannot_connect",
    "ConnectionRefusedError": "cannot_connect",
    "ConnectionResetError": "cannot_connect",
    "gaierror": "cannot_connect",
    "OSError": "cannot_connect",
    "smtp": "sign_in_refused",
}
"""What listeners and senders note, as the sentence for it; what has none stands for itself."""


async def healths(*, of_teams: Sequence[int] | None = None) -> tuple[AccountHealth, ...]:
    """Build the accounts, all or those of some teams."""
    return tuple(_health(account) for account in await traffic(of_teams=of_teams))


def _health(account: Traffic) -> AccountHealth:
    code = account.state_code if account.state == "failing" else None
    return AccountHealth(
        id=account.id,
        kind=cast("ChannelKind", account.kind),
        name=account.name,
        address=account.address,
        state=_state(account),
        since=account.since,
        last_in=account.last_in,
        last_out=account.last_out,
        waiting_in=account.waiting_in,
        waiting_out=account.waiting_out,
        failed=account.failed,
        error=Reason(SAID_AS.get(code, code)) if code else None,
        answers_stopped=account.answers_stopped,
    )


def _state(account: Traffic) -> AccountState:
    if not account.enabled:
        return "off"
    if account.state == "failing":
        return "failed"
    if account.keeps_mail:
        return "kept"
    return "connected" if account.state == "ok" else "connecting"
