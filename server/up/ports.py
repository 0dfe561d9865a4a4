"""Find out before anything starts whether the ports we need are free."""

import os
import socket


class PortTaken(OSError):
    """Somebody else listens there."""


def free_port(host: str, port: int) -> int:
    """Return ``port`` if we could listen on it, any free one for 0; raise :class:`PortTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise PortTaken(
                f"cannot listen on {host} port {port}: {os.strerror(error.errno or 0)}"
            ) from error
        return int(probe.getsockname()[1])
