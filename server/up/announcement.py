"""Tell the person at the terminal when the desk can be opened, and where."""

import socket
import sys
import time

from server.kit.settings import Settings

PATIENCE = 120


def announce(settings: Settings, news: str) -> None:
    """Wait until the web process answers, then say where it is and whatever else is new."""
    if _answers(settings, until=time.monotonic() + PATIENCE):
        sys.stdout.write(f"\nTawasul is ready: {settings.base_url}/\n{news}\n")
        sys.stdout.flush()


def _answers(settings: Settings, *, until: float) -> bool:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not listened on
    address = (everywhere.get(settings.host, settings.host), settings.port)
    while time.monotonic() < until:
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
