"""E-mail addresses as people type them."""

import re

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
