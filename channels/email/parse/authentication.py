"""What the mailbox's own server says about the sender (RFC 8601), and nobody else's word for it."""

import re

from channels.message import Party

VERDICT = re.compile(r"\b(dmarc|dkim|spf|compauth)\s*=\s*([a-z]+)", re.IGNORECASE)
PROPERTY = re.compile(
    r"\b(?:header\.(?:d|i|from)|smtp\.(?:mailfrom|helo))\s*=\s*\"?(?:[^\s;\"@]*@)?([^\s;\"()]+)",
    re.IGNORECASE,
)
COMMENT = re.compile(r"\([^()]*\)")
NO_NAME = "-"
FAILED = frozenset({"fail", "hardfail", "permerror"})


def verdict(headers: tuple[str, ...], *, believe: str, sender: Party | None) -> bool | None:
    """Say whether the sender is who he claims; None where our server said nothing.

    A sender can write such headers himself. Ours is the topmost one of the believed name, so
    only that one can acquit; every one of that name may accuse.
    """
    ours = [header for header in headers if believe and _is_named(header, believe)]
    if not ours:
        return None
    first = _judged(ours[0], sender)
    if first is not None:
        return first
    return False if any(_judged(header, sender) is False for header in ours[1:]) else None


def _is_named(header: str, believe: str) -> bool:
    name = COMMENT.sub(" ", header).partition(";")[0].split()
    if believe == NO_NAME:
        return bool(name) and "=" in name[0]
    return bool(name) and name[0].lower() == believe.lower()


def _judged(header: str, sender: Party | None) -> bool | None:
    """Let DMARC decide; without it, an aligned DKIM or SPF pass acquits and failures accuse."""
    results = [
        (found[1].lower(), found[2].lower(), part)
        for part in COMMENT.sub(" ", header).split(";")
        if (found := VERDICT.search(part))
    ]
    for method in ("dmarc", "compauth"):
        said = {result for name, result, _ in results if name == method}
        if "pass" in said or "bestguesspass" in said:
            return True
        if said & FAILED:
            return False
    ways = [(result, part) for name, result, part in results if name in ("dkim", "spf")]
    if any(result == "pass" and _aligned(part, sender) for result, part in ways):
        return True
    return False if any(result in FAILED for result, _ in ways) else None


def _aligned(part: str, sender: Party | None) -> bool:
    """Compare domains as DMARC does: equal, or one inside the other."""
    if sender is None:
        return False
    domain = sender.key.rpartition("@")[2]
    return any(
        domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}")
        for other in (found.lower().rstrip(".") for found in PROPERTY.findall(part))
        if "." in other
    )
