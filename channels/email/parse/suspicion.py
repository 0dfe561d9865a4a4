"""Small signs that a mail is not what it seems; people judge, this only points."""

import re

from channels.email.parse.head import Head
from channels.message import Party

ADDRESS = re.compile(r"[\w.+-]{1,100}@([\w-]{1,63}(?:\.[\w-]{1,63})+)")
LINK = re.compile(r"<a\s[^>]*href=\"https?:", re.IGNORECASE)
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
MANY_LINKS = 20


def flags(head: Head, html: str | None) -> set[str]:
    """Name what is suspicious about sender, subject and links."""
    found: set[str] = set()
    sender = head.sender
    if sender is None or not sender.address:
        found.add("no_from")
    elif _spoofs(sender):
        found.add("display_name_spoof")
    replies = [party for party in head.parties("reply-to") if party.address]
    if sender and replies and all(_domain(party) != _domain(sender) for party in replies):
        found.add("from_reply_to_mismatch")
    if html and len(LINK.findall(html)) > MANY_LINKS:
        found.add("many_links")
    if BIDI.search(head.subject or "") or (sender and BIDI.search(sender.name or "")):
        found.add("bidi_override_in_header")
    return found


def _spoofs(sender: Party) -> bool:
    """Notice a name that is somebody else's address."""
    claimed = ADDRESS.search(sender.name or "")
    return claimed is not None and claimed[0].lower() != sender.address.lower()


def _domain(party: Party) -> str:
    return party.key.rpartition("@")[2]
