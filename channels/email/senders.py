"""Check whether a mail comes from where it says: DKIM and SPF by libraries, aligned as DMARC asks.

Whoever cannot be checked is not accused: no DNS, no record, a peer that is only our own relay.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from time import monotonic
from typing import Any

import dkim
import dns.exception
import dns.resolver
import spf
from publicsuffixlist import PublicSuffixList

from channels.email.parse import parse

SIGNATURES = 5
"""More of them no honest mail carries; each costs a hash of the whole mail."""
HEAD_BYTES = 256_000
LOOKUP_SECONDS = 3.0
HEADER_END = re.compile(rb"\r?\n\r?\n")
SIGNATURE = re.compile(rb"^dkim-signature[ \t]*:", re.IGNORECASE | re.MULTILINE)
FROM = re.compile(rb"^from[ \t]*:", re.IGNORECASE | re.MULTILINE)

LookUp = Callable[[str, str], Sequence[Any]]
"""Answers a DNS question (name, type): TXT as tuples of bytes, MX as (preference, name), addresses as
text; nothing where there is nothing. Raises :class:`NobodyAnswers`."""


class NobodyAnswers(Exception):
    """No name server answered in time."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the SMTP session said: the peer's address, its greeting, and whom errors go to."""

    peer: str
    helo: str
    mail_from: str


def judge(raw: bytes, arrival: Arrival, *, look_up: LookUp) -> bool | None:
    """Say whether the mail's author is who he claims to be; None where that cannot be told."""
    head = HEADER_END.split(raw[:HEAD_BYTES], maxsplit=1)[0] + b"\r\n\r\n"
    signatures = min(len(SIGNATURE.findall(head)), SIGNATURES)
    reachable = _is_global(arrival.peer)
    if not signatures and not reachable:
        return None
    sender = parse(head).sender
    domain = sender.key.rpartition("@")[2] if sender else ""
    if "." not in domain:
        return None
    if len(FROM.findall(head)) > 1:
        return False
    try:
        return _judged(raw, domain, arrival, signatures, reachable, look_up)
    except NobodyAnswers:
        return None


def _judged(
    raw: bytes,
    domain: str,
    arrival: Arrival,
    signatures: int,
    reachable: bool,
    look_up: LookUp,
) -> bool | None:
    """Acquit by one aligned pass; accuse only where all that could acquit was looked at."""
    record = _dmarc_record(domain, look_up)
    strict_signature = record.get("adkim") == "s"
    signed = [
        good
        for good, by in (_signature(raw, index, look_up) for index in range(signatures))
        if _aligned(domain, by, strict=strict_signature)
    ]
    if any(signed):
        return True
    said, by = _spf(arrival, look_up) if reachable else ("none", "")
    if said == "pass" and _aligned(domain, by, strict=record.get("aspf") == "s"):
        return True
    if said == "temperror":
        return None
    broken = bool(signed)
    if record:
        return False if reachable or broken else None
    refused = said == "fail" and _aligned(domain, by, strict=False)
    return False if broken or refused else None


def _signature(raw: bytes, index: int, look_up: LookUp) -> tuple[bool, str]:
    """Check one signature; one that leaves the end of the body open proves nothing about it."""

    def text(name: bytes | str, **_timeout: float) -> bytes | None:
        plain = name.decode("ascii") if isinstance(name, bytes) else name
        found = look_up(plain.rstrip("."), "TXT")
        return b"".join(found[0]) if found else None

    checked = dkim.DKIM(raw)
    try:
        good = bool(checked.verify(idx=index, dnsfunc=text))
    except NobodyAnswers:
        raise
    except Exception:  # noqa: BLE001 -- the mail is a stranger's, whatever the library makes of it
        good = False
    fields = checked.signature_fields
    by = fields.get(b"d", b"").decode("ascii", "replace").lower()
    return good and b"l" not in fields, by


class _Query(spf.query):  # type: ignore[misc]  # the library has no types
    """pyspf with our own way to ask."""

    look_up: LookUp

    def dns(self, name: str, qtype: str, *, ignore_void: bool = False) -> list[Any]:
        if qtype == "SPF" or not name:
            return []
        found = list(self.look_up(str(name).rstrip(".").lower(), qtype))
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("too many lookups without an answer")
        return found


def _spf(arrival: Arrival, look_up: LookUp) -> tuple[str, str]:
    """Give the verdict and the domain that it is about."""
    try:
        query = _Query(i=arrival.peer, s=arrival.mail_from, h=arrival.helo)
        query.look_up = look_up
        result = str(query.check()[0])
    except NobodyAnswers:
        raise
    except Exception:  # noqa: BLE001 -- records are strangers' too
        return "permerror", ""
    return result, str(query.d).lower()


def _dmarc_record(domain: str, look_up: LookUp) -> dict[str, str]:
    """Read the domain's policy, or that of the organisation it belongs to."""
    for name in dict.fromkeys((domain, _organisation(domain))):
        found = [b"".join(one) for one in look_up(f"_dmarc.{name}", "TXT")]
        policies = [one for one in found if one.lower().startswith(b"v=dmarc1")]
        if len(policies) == 1:
            tags = (tag.partition("=") for tag in policies[0].decode("ascii", "replace").split(";"))
            return {key.strip().lower(): value.strip().lower() for key, _, value in tags if value}
    return {}


def _aligned(domain: str, by: str, *, strict: bool) -> bool:
    if not by:
        return False
    return domain == by or (not strict and _organisation(domain) == _organisation(by))


def _organisation(domain: str) -> str:
    return str(_suffixes().privatesuffix(domain) or domain)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _is_global(peer: str) -> bool:
    with suppress(ValueError):
        return ip_address(peer).is_global
    return False


class NameServers:
    """Ask the machine's own name servers, all questions of one mail within one time limit."""

    def __init__(self, *, seconds: float) -> None:
        self._until = monotonic() + seconds
        self._answers: dict[tuple[str, str], list[Any]] = {}

    def __call__(self, name: str, kind: str) -> Sequence[Any]:
        if (name, kind) not in self._answers:
            self._answers[name, kind] = self._ask(name, kind)
        return self._answers[name, kind]

    def _ask(self, name: str, kind: str) -> list[Any]:
        left = min(self._until - monotonic(), LOOKUP_SECONDS)
        if left <= 0:
            raise NobodyAnswers(name)
        try:
            found = dns.resolver.resolve(name, kind, lifetime=left)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise NobodyAnswers(name) from error
        match kind:
            case "TXT":
                return [one.strings for one in found]
            case "MX":
                return [(one.preference, one.exchange.to_text(True)) for one in found]
            case "PTR":
                return [one.target.to_text(True) for one in found]
        return [one.address for one in found]
