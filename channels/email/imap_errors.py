"""Turn what goes wrong on an IMAP connection into our errors, which say when to try again."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    LoginError,
    ProtocolError,
)

from channels.errors import ChannelError, Refused, SignInFailed, TemporaryFailure, Unreachable

PASSING = ("[UNAVAILABLE]", "[INUSE]", "[SERVERBUG]", "[LIMIT]", "[CONTACTADMIN]", "TRY AGAIN")


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn the library's errors into ours, which say when to try again."""
    try:
        yield
    except LoginError as error:
        raise _sign_in_error(f"{where}: {error}") from error
    except (IMAPClientAbortError, ProtocolError) as error:
        raise Unreachable(f"{where}: connection lost: {error}") from error
    except IMAPClientError as error:
        said = str(error)
        if any(code in said.upper() for code in PASSING):
            raise TemporaryFailure(f"{where}: {said}") from error
        raise Refused(f"{where}: {said}") from error
    except ssl.SSLCertVerificationError as error:
        said = f"certificate not trusted: {error.verify_message}"
        raise Unreachable(f"{where}: {said}") from error
    except OSError as error:
        raise Unreachable(f"{where}: {str(error) or type(error).__name__}") from error
    except ValueError as error:
        raise TemporaryFailure(f"{where}: answer not understood: {error}") from error


def _sign_in_error(said: str) -> ChannelError:
    """Tell a wrong password from a server that is only busy."""
    if any(code in said.upper() for code in PASSING):
        return TemporaryFailure(said)
    return SignInFailed(said)
