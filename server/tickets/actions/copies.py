"""Read whom an answer is to be copied to, as people type it."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from channels.email.compose import wire_address
from channels.message import Party
from server.kit.addresses import email_address
from server.kit.errors import Invalid
from server.kit.limits import TYPED_COPIES

QUOTED = re.compile(r'"[^"]*"')
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")
"""What comes along unseen when an address is copied out of Arabic text."""
BETWEEN = re.compile(r"[,;،؛\r\n]+")
NAMED = re.compile(r"<([^<>]*)>")


class WrongCopy(Invalid):
    """Nothing can be copied to this address; ``address`` is what was typed."""

    def __init__(self, code: str, *, field: str, address: str) -> None:
        super().__init__(code, field=field)
        self.address = address


@dataclass(frozen=True, slots=True)
class Copy:
    """Somebody else who gets the answer; of ``hidden`` ones no recipient learns."""

    address: str
    hidden: bool = False


def copies(*, cc: str, bcc: str, asked: str, ours: Collection[str]) -> tuple[Copy, ...]:
    """Return the copies of an answer to ``asked``, each once, and openly if it was typed in both fields.

    Raises :class:`Invalid` with the field that it is about.
    """
    found: dict[str, Copy] = {}
    for field, typed in (("cc", cc), ("bcc", bcc)):
        for address in _addresses(typed, field=field):
            if Party(address).key in ours:
                raise WrongCopy("own_address", field=field, address=address)
            if Party(address).key != Party(asked).key:
                found.setdefault(Party(address).key, Copy(address, hidden=field == "bcc"))
            if len(found) > TYPED_COPIES:
                raise Invalid("too_many_copies", field=field)
    return tuple(found.values())


def _addresses(typed: str, *, field: str) -> list[str]:
    typed = QUOTED.sub(" ", UNSEEN.sub("", typed))
    words = [
        word
        for part in BETWEEN.split(typed)
        for word in (NAMED.findall(part) or [part] if "<" in part else part.split())
    ]
    return [_address(word.strip(), field=field) for word in words]


def _address(word: str, *, field: str) -> str:
    try:
        address = email_address(word, field=field)
        wire_address(address)
    except (Invalid, ValueError) as error:
        raise WrongCopy("wrong_address", field=field, address=word[:100]) from error
    return address
