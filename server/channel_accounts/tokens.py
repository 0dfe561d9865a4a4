"""Write down the refresh tokens that providers put in the place of ours."""

import asyncio

from channels.email.oauth import tell_of_renewals
from server.channel_accounts.actions import renew_secret
from server.kit import log

SECONDS = 20
_log = log.get(__name__)


def write_down_renewals() -> None:
    """From now on write renewed tokens to their accounts; called on the loop that has the pool."""
    loop = asyncio.get_running_loop()

    def keep(old: str, new: str) -> None:
        work = renew_secret("email", "oauth_refresh_token", old=old, new=new)
        try:
            asyncio.run_coroutine_threadsafe(work, loop).result(timeout=SECONDS)
        except Exception:
            _log.exception("refresh token not written down")
            raise

    tell_of_renewals(keep)
