"""Links for people who do not sign in: signed, ending, and each good for one purpose about one thing."""

import base64
import binascii
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import datetime

from server.kit.clock import instant, microseconds
from server.kit.secrets import keys

_SAID = struct.Struct(">QQQ")
RATING = "rating"
SIGNATURE_BYTES = 16
LONGEST = 100
_BREAK = r"(?>[ \t]*(?:=?\r?\n|<br ?/?>(?:\r?\n)?)(?:[ \t>|]|&gt;)*)?"
"""Where a mail program may have broken a line, with the marks that make the next one a quotation."""
_SLASH = rf"{_BREAK}(?:/|_|[%-](?:25)*2F){_BREAK}"
_IN_TEXT = re.compile(
    rf"({_BREAK.join('portal')}{_SLASH}[a-z](?:{_BREAK}[a-z]){{,29}}{_SLASH})"
    rf"[\w-](?:{_BREAK}[\w-]){{39,53}}[\w-]*",
    re.ASCII | re.IGNORECASE,
)
"""An address that bears such a word, also inside others that mail servers have put around it.

A word has 54 characters, so that not more than these is looked for in the lines below; on its own line it ends
where it ends, for some servers spell ``-`` and ``_`` with three. What follows a part that
repeats begins otherwise or cannot fail, so that no text makes this slow.
"""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is about: the id of a thing, when the link was made, until when it holds."""

    about: int
    made_at: datetime
    until: datetime


def sign(purpose: str, link: Link) -> str:
    """Return the word that stands in the address; the same link gives the same word."""
    return _word(link, keys(_name(purpose))[0])


def read(purpose: str, word: str, *, now: datetime) -> Link | None:
    """Return what a word was signed for, if it was signed for this purpose and still holds; else nothing."""
    if len(word) > LONGEST or (link := _said(word)) is None:
        return None
    signed = any(
        hmac.compare_digest(word.encode(), _word(link, key).encode())
        for key in keys(_name(purpose))
    )
    return link if signed and now < link.until else None


def without_words(text: str) -> str:
    """Return a text whose links of this kind lead nowhere: citizens quote our mails, and their keys are theirs."""
    return _IN_TEXT.sub(r"\1…", text)


def _name(purpose: str) -> str:
    return f"public link: {purpose}"


def _word(link: Link, key: bytes) -> str:
    said = _SAID.pack(link.about, microseconds(link.made_at), microseconds(link.until))
    signature = hmac.digest(key, said, hashlib.sha256)[:SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(said + signature).decode().rstrip("=")


def _said(word: str) -> Link | None:
    try:
        whole = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        about, made, until = _SAID.unpack(whole[:-SIGNATURE_BYTES])
        return Link(about, instant(made), instant(until))
    except (binascii.Error, struct.error, ValueError, OverflowError):
        return None
