"""A running demonstration: an office with a day's mail behind it, and a door for more."""

import smtplib
import socket
from pathlib import Path

from tests.support.up import Up


class Demo:
    """A running `tawasul up --demo`."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.smtp_port: int = probe.getsockname()[1]
        self.up = Up(data, "--demo", SMTP_PORT=str(self.smtp_port), **settings)
        self.address = self.up.ready()

    def send(self, raw: bytes, *, to: str = "help@passports.example") -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=20) as smtp:
            assert smtp.sendmail("citizen@example.org", [to], raw) == {}
