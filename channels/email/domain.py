"""Ask the DNS what other mail servers find there about a mailbox's domain."""

from channels.email.senders import LookUp, NobodyAnswers

RECORDS = "MX, SPF and DMARC records"
NOWHERE = frozenset({"", "."})


def troubles(domain: str, look_up: LookUp) -> list[str]:
    """Say which of its records are missing or void; raise :class:`NobodyAnswers` if that cannot be told."""
    if "." not in domain:
        raise NobodyAnswers(domain)
    found = (_mx(domain, look_up), _spf(domain, look_up), _dmarc(domain, look_up))
    return [trouble for trouble in found if trouble]


def _mx(domain: str, look_up: LookUp) -> str:
    servers = {name for _, name in look_up(domain, "MX")}
    if not servers:
        return "no MX record, so that mail to it may not find its server"
    return "" if servers - NOWHERE else "its MX record says that it takes no mail"


def _spf(domain: str, look_up: LookUp) -> str:
    found = _policies(domain, "v=spf1", look_up)
    if not found:
        return "no SPF record, so that answers may be taken for junk"
    return "" if found == 1 else f"{found} SPF records, which count as none"


def _dmarc(domain: str, look_up: LookUp) -> str:
    """Look where receivers do: at the domain itself, then at those above it."""
    labels = domain.split(".")
    for first in range(len(labels) - 1):
        found = _policies(f"_dmarc.{'.'.join(labels[first:])}", "v=dmarc1", look_up)
        if found:
            return "" if found == 1 else f"{found} DMARC records, which count as none"
    return "no DMARC record, so that anybody may write in its name"


def _policies(name: str, version: str, look_up: LookUp) -> int:
    texts = (b"".join(parts).decode("ascii", "replace").lower() for parts in look_up(name, "TXT"))
    return sum(text.replace(";", " ").split()[:1] == [version] for text in texts)
