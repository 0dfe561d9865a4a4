"""Call an address that somebody typed: never one of our own network unless that is allowed.

The name is looked up once and what is found is what is called, so that a name cannot point
somewhere else a moment later. Nothing redirects us, no proxy is asked, and no answer is read.
"""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from server.kit.errors import Invalid
from server.kit.settings import settings

SECONDS = 10.0
ADDRESSES = 4
"""So many addresses of a name are tried, one after the other, until one answers."""
URL_CHARACTERS = 2000
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotReached(Exception):
    """Nobody answered there, or nobody there may be asked; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def checked(url: str) -> str:
    """Return the host of an address that may be called; raise :class:`Invalid` for field ``url``."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid("url_unreadable", field="url") from error
    if not parts.hostname or not url.isprintable() or " " in url or len(url) > URL_CHARACTERS:
        raise Invalid("url_unreadable", field="url")
    if parts.scheme != "https" and not (settings().testing and parts.scheme == "http"):
        raise Invalid("url_not_https", field="url")
    if parts.username or parts.password or port == 0:
        raise Invalid("url_unreadable", field="url")
    return parts.hostname


async def post(url: str, content: bytes, *, headers: Mapping[str, str]) -> int:
    """Send ``content`` there; return the status of the answer, or raise :class:`NotReached`."""
    try:
        host = checked(url)
    except Invalid as error:
        raise NotReached(error.code) from error
    try:
        async with asyncio.timeout(SECONDS):
            *others, last = await _addresses(host)
            for address in others:
                with contextlib.suppress(httpx.ConnectError):
                    return await _call(url, host, address, content, headers)
            return await _call(url, host, last, content, headers)
    except TimeoutError as error:
        raise NotReached("timeout") from error
    except httpx.ConnectError as error:
        raise NotReached("no_connection") from error
    except httpx.HTTPError as error:
        raise NotReached("connection_broke") from error


async def _call(
    url: str, host: str, address: str, content: bytes, headers: Mapping[str, str]
) -> int:
    there = httpx.URL(url)
    asked = f"[{address}]" if ":" in address else address
    async with (
        # The machine's own store of authorities: an office may have one of its own.
        httpx.AsyncClient(
            verify=ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=SECONDS,
        ) as client,
        client.stream(
            "POST",
            there.copy_with(host=asked),
            content=content,
            headers={**headers, "Host": there.netloc.decode("ascii")},
            extensions={"sni_hostname": host},
        ) as answer,
    ):
        return answer.status_code


async def _addresses(host: str) -> list[str]:
    """Look the name up; one address of our own network among many is reason enough to refuse."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached("no_such_name") from error
    addresses = list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))[:ADDRESSES]
    if not addresses:
        raise NotReached("no_such_name")
    if not settings().webhooks_private and not all(map(_is_public, addresses)):
        raise NotReached("private_address")
    return addresses


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    return all(one.is_global and not one.is_multicast for one in (parsed, *_inner(parsed)))


def _inner(address: Address) -> list[ipaddress.IPv4Address]:
    """Return the addresses that an address of the new kind carries: it is they that are reached."""
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        carried.append(ipaddress.IPv4Address(address.packed[-4:]))
    return [one for one in carried if one is not None]
