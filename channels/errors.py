"""The only errors a channel's client raises; each says whether, and when, trying again is sane."""

from datetime import timedelta


class ChannelError(Exception):
    """Something on the way out or in; `retry_after` is None where trying again is pointless."""

    retry_after: timedelta | None = None

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        if retry_after is not None:
            self.retry_after = retry_after


class TemporaryFailure(ChannelError):
    """The other side said "not now"."""

    retry_after = timedelta(minutes=1)

    def __init__(
        self, reason: str, *, code: str | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(reason, retry_after=retry_after)
        self.code = code


class Unreachable(TemporaryFailure):
    """Nobody answered: name lookup, connection, TLS handshake or timeout."""


class SignInFailed(ChannelError):
    """Our credentials are wrong; only an administrator can help, so tries must be rare."""

    retry_after = timedelta(minutes=15)


class Refused(ChannelError):
    """The other side said "never", with its code and words."""

    def __init__(self, reason: str, *, code: str | None = None) -> None:
        super().__init__(reason)
        self.code = code


class RecipientGone(Refused):
    """Refused because this address does not exist (any more)."""

    def __init__(self, reason: str, *, recipient: str, code: str | None = None) -> None:
        super().__init__(reason, code=code)
        self.recipient = recipient


class Uncertain(ChannelError):
    """The wire broke after the message was handed over: it may have arrived."""
