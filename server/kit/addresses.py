"""Addresses: of e-mail as people type them, of the network as one attacker has them."""

import re
from ipaddress import IPv6Address, ip_address

from server.kit.errors import Invalid
from server.kit.limits import ADDRESS_CHARACTERS

_ADDRESS = re.compile(r"[^\s@<>\"(),;:\\]+@[^\s@<>\"(),;:\\]+")


def email_address(text: str, *, field: str = "email") -> str:
    """Return the address in the one form it is stored in; raise :class:`Invalid` for anything else."""
    address = text.strip().lower()
    if not address:
        raise Invalid("required", field=field)
    if len(address) > ADDRESS_CHARACTERS or not _ADDRESS.fullmatch(address):
        raise Invalid("not_an_address", field=field)
    return address


def network(address: str) -> str:
    """Return what one attacker has of addresses: one of IPv4, 2**64 of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return parsed.exploded[:19]
    return str(parsed)
