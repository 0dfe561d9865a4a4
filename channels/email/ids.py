"""Message-IDs that carry a ticket and prove that we made them.

The id is `<tw.ticket.nonce.signature@domain>`, lower case only: relays may change case, fold
and pad, but a letter guessed wrong reads as nobody's id.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

MARK = "tw"
SIGNATURE_BYTES = 15
_SHAPE = re.compile(rf"{MARK}\.([a-z0-9-]{{1,64}})\.([a-z0-9]{{1,64}})\.([a-z2-7]{{24}})@[^@\s]+")
_PART = re.compile(r"[a-z0-9-]{1,64}")
_NONCE = re.compile(r"[a-z0-9]{1,64}")
_PADDING = re.compile(r"[\s<>\"\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def make(key: bytes, *, ticket: str, nonce: str, domain: str) -> str:
    """Name one outgoing mail; same ticket, nonce and key give the same id."""
    ticket, nonce, domain = ticket.lower(), nonce.lower(), domain.lower()
    if not _PART.fullmatch(ticket) or not _NONCE.fullmatch(nonce):
        raise ValueError("ticket and nonce must be 1 to 64 letters and digits")
    if not domain or not re.fullmatch(r"[a-z0-9.-]+", domain):
        raise ValueError(f"{domain!r} cannot stand in a Message-ID")
    return f"{MARK}.{ticket}.{nonce}.{_signature(key, ticket, nonce)}@{domain}"


def read(keys: Sequence[bytes], message_id: str) -> str | None:
    """Give the ticket an id stands for, or None if none of our keys signed it."""
    named = named_by(keys, message_id)
    return named and named[0]


def named_by(keys: Sequence[bytes], message_id: str) -> tuple[str, str] | None:
    """Give the ticket and the nonce that an id stands for, or None if none of our keys signed it."""
    if len(message_id) > 1000:
        return None
    found = _SHAPE.fullmatch(_PADDING.sub("", message_id).lower())
    if not found:
        return None
    ticket, nonce, claimed = found.groups()
    genuine = [hmac.compare_digest(_signature(key, ticket, nonce), claimed) for key in keys]
    return (ticket, nonce) if any(genuine) else None


def _signature(key: bytes, ticket: str, nonce: str) -> str:
    """Sign all but the domain, which relays and aliases rewrite; the key is ours alone."""
    said = f"{MARK}\0{ticket}\0{nonce}".encode()
    digest = hmac.new(key, said, hashlib.sha256).digest()[:SIGNATURE_BYTES]
    return base64.b32encode(digest).decode("ascii").lower()
