"""Who a mail is from is checked where we take it ourselves; a failed check shows, and opens nothing."""

import asyncio
import smtplib
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from channels.email.senders import Arrival, NobodyAnswers, judge
from server.channel_accounts import actions as accounts
from server.db import sql
from server.intake import actions as intake
from server.intake.listeners import smtp
from server.kit import clock
from server.kit.settings import Settings
from tests.support.mails import mail

pytestmark = pytest.mark.anyio

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
PUBLIC = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
OUTSIDE = "9.9.9.9"
CITIZEN = "Fatima Ali <fatima@example.org>"


@dataclass(slots=True)
class Names:
    """A name server of the test's own: what is not written here does not exist."""

    texts: Mapping[str, str] = field(default_factory=dict)
    down: bool = False
    slow: float = 0
    asked: list[str] = field(default_factory=list)

    def __call__(self, name: str, kind: str) -> Sequence[Any]:
        self.asked.append(name)
        time.sleep(self.slow)
        if self.down:
            raise NobodyAnswers(name)
        found = self.texts.get(name) if kind == "TXT" else None
        return (
            [tuple(found[at : at + 200].encode() for at in range(0, len(found), 200))]
            if found
            else []
        )


def published(**more: str) -> dict[str, str]:
    import base64

    key = f"v=DKIM1; k=rsa; p={base64.b64encode(PUBLIC).decode()}"
    return {"post._domainkey.example.org": key} | {
        name.replace("__", "."): text for name, text in more.items()
    }


POLICY = {"_dmarc.example.org": "v=DMARC1; p=reject"}
SPF = {"example.org": "v=spf1 ip4:9.9.9.9 -all"}


def signed(raw: bytes, *, domain: str = "example.org") -> bytes:
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    signature: bytes = dkim.sign(
        raw, b"post", domain.encode(), PRIVATE, include_headers=[b"from", b"subject", b"to"]
    )
    return signature + raw


def verdict(
    raw: bytes, names: Names, *, peer: str = OUTSIDE, by: str = "x@example.org"
) -> bool | None:
    return judge(raw, Arrival(peer, "mx.example.org", by), look_up=names)


def test_a_good_signature_of_the_authors_domain_acquits() -> None:
    assert verdict(signed(mail()), Names(published() | POLICY)) is True


def test_a_changed_mail_is_accused() -> None:
    raw = signed(mail("the real text")).replace(b"the real text", b"another text!")
    assert verdict(raw, Names(published() | POLICY)) is False
    assert verdict(raw, Names(published())) is False


def test_a_good_signature_of_somebody_else_proves_nothing() -> None:
    names = Names(
        {"post._domainkey.evil.example": published()["post._domainkey.example.org"]} | POLICY
    )
    assert verdict(signed(mail(), domain="evil.example"), names, by="x@evil.example") is False


def test_the_address_it_comes_from_acquits_where_the_domain_says_so() -> None:
    assert verdict(mail(), Names(SPF | POLICY)) is True
    assert verdict(mail(), Names(SPF | POLICY), peer="8.8.8.8") is False
    assert verdict(mail(), Names(SPF), peer="8.8.8.8") is False
    assert verdict(mail(), Names(SPF | POLICY), by="x@evil.example") is False


def test_who_publishes_nothing_is_not_accused() -> None:
    assert verdict(mail(), Names()) is None


def test_a_subdomain_is_aligned_unless_its_owner_is_strict() -> None:
    raw = signed(mail(sender="f@post.example.org"))
    assert verdict(raw, Names(published() | POLICY)) is True
    strict = {"_dmarc.example.org": "v=DMARC1; p=reject; adkim=s"}
    assert verdict(raw, Names(published() | strict)) is False


def test_without_name_servers_nobody_was_checked() -> None:
    assert verdict(signed(mail()), Names(down=True)) is None
    assert verdict(mail(), Names(down=True)) is None


def test_our_own_relay_is_asked_nothing_about_unsigned_mail() -> None:
    names = Names(POLICY)
    assert verdict(mail(), names, peer="127.0.0.1") is None
    assert names.asked == []


def test_two_authors_are_none() -> None:
    twice = b"From: boss@bank.example\r\n" + signed(mail())
    assert verdict(twice, Names(published() | POLICY)) is False


@pytest.mark.parametrize(
    "record", ["v=DMARC1; p", "v=DMARC1;;;=", "v=spf1 include:" * 50, "v=DKIM1; p=!!!", "\x00"]
)
def test_ruined_records_break_nothing(record: str) -> None:
    names = Names(
        {"_dmarc.example.org": record, "example.org": record, "post._domainkey.example.org": record}
    )
    assert verdict(signed(mail()), names) is not True


@asynccontextmanager
async def door(db: Settings, names: Names) -> AsyncIterator[int]:
    server = await smtp.listen(replace(db, smtp_port=0), look_up=lambda: names)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def hand_over(port: int, raw: bytes) -> None:
    def send() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.sendmail("fatima@example.org", ["help@passports.example"], raw)

    await asyncio.to_thread(send)


async def mailbox() -> int:
    values = {"address": "help@passports.example", "outgoing": "keep"}
    return await accounts.add("email", name="help", values=values, now=clock.now())


async def heard() -> list[tuple[int, bool]]:
    found = await sql.rows(
        "SELECT ticket_id, verified FROM messages WHERE direction = 'in' ORDER BY id"
    )
    return [(row["ticket_id"], row["verified"]) for row in found]


async def test_signed_mail_is_believed_and_forged_mail_is_shown_as_unverified(db: Settings) -> None:
    account = await mailbox()
    async with door(db, Names(published() | POLICY)) as port:
        await hand_over(port, signed(mail("my passport", message_id="<one@example.org>")))
        await intake.drain(account)
        forged = signed(
            mail("send it to me", in_reply_to="<one@example.org>", cc="mallory@evil.example")
        )
        await hand_over(port, forged.replace(b"send it to me", b"send it to us"))
        await intake.drain(account)
    (first, believed), (second, doubted) = await heard()
    assert first == second
    assert (believed, doubted) == (True, False)
    assert await sql.value("SELECT count(*) FROM ticket_parties") == 1


async def test_mail_is_taken_unchecked_while_no_name_server_answers(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await mailbox()
    async with door(db, Names(down=True)) as port:
        await hand_over(port, signed(mail("one")))
    monkeypatch.setattr(smtp, "CHECK_SECONDS", 0.05)
    async with door(db, Names(published() | POLICY, slow=0.2)) as port:
        await hand_over(port, signed(mail("two", sender="x@example.org")))
    await intake.drain(account)
    assert [verified for _, verified in await heard()] == [True, True]
